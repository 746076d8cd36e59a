"""What is written of a session: its summary, and the closing that needs outcomes.

Tables: summary, summary_revision, note_draft. Events: summary.saved, session.held.
`compile` is pure.
"""
