"""What people write down of a session: for themselves, for their side, or for the secretariat.

Tables: note, note_revision, kept_note. No events: nobody else may learn that something was written.
`suggestions` is pure.
"""
