"""What is written of a session: its summary and how that is agreed, and the closing of a session.

Tables: summary, summary_revision, circulation, summary_decision, summary_comment,
published_summary, note_draft.
Events: summary.saved, summary.circulated, summary.objected, summary.agreed, summary.published,
summary.corrected, session.held.
`compile` and `layouts` (the drafts), `template`, `approval` (when a revision is agreed),
`deadlines` and `publication` (what becomes public of it) are pure.
"""
