"""What notes and summaries share: their texts are compared, and those that come too late are kept.

Tables: none of its own; the two of kept texts, kept_note and note_draft, are of one shape.
`comparing` is pure.
"""
