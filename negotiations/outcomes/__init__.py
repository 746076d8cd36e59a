"""Who was told what: outcomes per issue and session, the matrix of them, and commitments.

Tables: outcome, outcome_source, source, commitment.
Events: outcome.recorded, outcome.superseded, commitment.created, commitment.changed.
`matrix` is pure.
"""
