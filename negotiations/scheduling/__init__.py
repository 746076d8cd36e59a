"""When each session is and what state it is in.

Tables: session, session_team, session_change, agenda_item, booking, attendance, acknowledgement.
Events: session.proposed, accepted, declined, confirmed, moved, relocated, changed, postponed,
reinstated, cancelled, opened and published.
`seating` says where a session belongs and who sits there, `resources` what it takes, `table_locks`
hold its table for whoever writes.
`warnings` say what a time is warned of, and `acknowledged` what the secretariat noted of that.
`holds` are the times that a session's poll (`negotiations.polls`) holds beside its own: they are
booked with the session, and whatever settles its time lets them go.
`times`, `rules`, `pausing`, `holding`, `acceptance` and `publication` are pure. Closing
a session belongs to `notes`, since it needs outcomes.
"""
