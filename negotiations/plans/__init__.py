"""Which sessions of all tracks go where in a window: the secretariat's draft, until it is released.

Tables: plan, plan_track, plan_item. Events: those of the sessions that a release proposes, moves
and cancels; in the audit `plan.released`.
`posing` writes the rows down as the problem that the pure folder `planning` answers, `working` has
it answered in a child process, `releasing` makes sessions of the answer. `comparing` is pure.
"""
