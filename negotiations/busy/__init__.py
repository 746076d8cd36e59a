"""People's own calendars elsewhere, of which nothing is kept but when they are busy.

`lines`, `values`, `zones`, `rules` and `reading` are PURE and import little: they run in `child`, a
process with little time and memory, started by `parsing`. `jobs` asks for all calendars that are
due, `verdicts` (PURE) says what follows. Addresses and passwords are sealed (`sealing`). Tables:
BusyCalendar, BusyBlock (those with a calendar).
"""
