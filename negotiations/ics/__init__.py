"""What exact bytes does a calendar program get? (RFC 5545, RFC 7986)

Pure: rows' values in, bytes out. No database, clock, settings or request; the rules of a zone
come from zoneinfo. Used by the feeds and by the mails.

text         what may stand in a text or a link, and what becomes of the rest
transitions  when a zone changes its offset, and by which yearly rules (from zoneinfo)
timezones    one compact VTIMEZONE per zone and span of years, read alike by every program
reading      what written lines say: a strict reader of our own
properties   values as lines through icalendar, checked by reading them back
alarms       reminders that a subscriber asked for, put into an event
times        DTSTART and DTEND that every program reads as the same instants
identity     which item it is, and which revision of it
events       a session or a window of days as a VEVENT
entries      what to-dos and journals have in common
todos        something undertaken as a VTODO
journals     the minutes of a session as a VJOURNAL
calendars    the VCALENDAR around them
itip         one session as an invitation that is mailed, or as what takes it back (RFC 5546)
replies      what a program answers to one: a reader that trusts nothing

No tables, no events of its own.
"""
