"""When could a session be? Office hours, busy blocks, and the times that suit everybody asked.

`intervals`, `office_hours` and `slots` are PURE; `reading` brings the rows to them: what the planner
and the forms of sessions ask is `reading.free_of` and `suggesting`. Tables: Availability, BusyBlock
(`negotiations.busy` fills it from calendars).
"""
