"""When each session is and what state it is in.

Tables: session, session_team, session_change, agenda_item, booking, attendance.
Events: session.proposed, accepted, declined, confirmed, moved, relocated, changed, postponed,
reinstated, cancelled, opened and published.
`times`, `rules`, `pausing`, `holding`, `acceptance` and `publication` are pure. Closing
a session belongs to `notes`, since it needs outcomes.
"""
