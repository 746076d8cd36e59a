"""When could a session be? Office hours, busy blocks, and the times that suit everybody asked.

`intervals`, `office_hours` and `slots` are PURE. `reading` brings the rows to them: a planner asks
`reading.free_of`, the forms of sessions `suggesting`. Tables: Availability, BusyBlock (which
`negotiations.busy` fills from calendars).
"""
