"""Who talks with whom about what: negotiations, parties, tracks, teams, people and issues.

Tables: negotiation, party, team, track, person, membership, issue.
Events: negotiation.changed.
`going_on` is asked by whoever writes in the talks, once the rows are held.
"""
