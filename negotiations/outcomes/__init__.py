"""Who was told what: outcomes per issue and session, the matrix of them, whether the answers agree,
what each side holds on an issue and was answered, and commitments.

Tables: outcome, outcome_source, source, position, position_source, commitment; derived from them
standing_outcome and matrix_change, by projections (`keeping`, `matrix_changes`).
Events: outcome.recorded, outcome.superseded, position.recorded, position.superseded,
position.changed, commitment.created, commitment.changed, and, when its day has ended,
commitment.overdue (`jobs`).
`matrix` and `consistency` are pure.
"""
