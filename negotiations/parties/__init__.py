"""Who talks with whom about what: negotiations, parties, tracks, teams, people and issues.

Tables: negotiation, party, team, track, person, membership, issue.
Events: negotiation.changed.
"""
