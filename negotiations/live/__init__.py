"""The page on which a session's notes are taken while it lasts, with all that is entered meanwhile.

No tables of its own: notes, outcomes, commitments and attendance are written by their own folders.
`suggested` is pure; `static/live.js` saves what is typed.
"""
