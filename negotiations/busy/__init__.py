"""People's own calendars, of which nothing is kept but when they are busy.

Tables: BusyCalendar, BusyBlock (those with a calendar).
"""
