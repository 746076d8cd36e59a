"""How talks come in as one file, how they are handed over, and one's own notes as a whole.

Tables: external_id. Events: none of its own; an import goes through the actions of every domain.
`tree`, `yaml_reading` and `json_reading` are pure.
`sections` holds one module for each part of a file: its fields, how it is written, how it is told.
FORMAT.md is the file as people write it.
"""
