"""What is written of a session: its summary and how that is agreed, and the closing of a session.

Tables: summary, summary_revision, circulation, summary_decision, summary_comment, note_draft.
Events: summary.saved, summary.circulated, summary.objected, summary.agreed, session.held.
`compile`, `template`, `differences` and `approval` (when a revision is agreed) are pure.
"""
