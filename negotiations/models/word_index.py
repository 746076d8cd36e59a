"""The statements by which each database keeps an index of the words of `search_entry`.

SQLite: an FTS5 table, which triggers keep. A migration that recreates `search_entry` in a batch
drops those triggers without a word: it takes the index away first and makes it anew afterwards.
Neither database divides or folds anything: that is done in search.words, the same for both.
"""

NAME = "search_words"  # all that belongs to it begins so
# Of the words, without places; what is no word has been left out before.
VECTOR = "array_to_tsvector(array_remove(string_to_array(search_entry.words, ' '), ''))"

_POSTGRESQL = f"CREATE INDEX {NAME} ON search_entry USING gin ({VECTOR})".replace(
    "search_entry.words", "words"
)
# Its tokenizer takes whatever isn't ASCII for a letter. `detail=none`: which words, not where.
_TABLE = f"""
CREATE VIRTUAL TABLE {NAME} USING fts5(
    words, content='search_entry', content_rowid='number', tokenize='ascii', detail='none'
)
"""
_IN = f"INSERT INTO {NAME} (rowid, words) VALUES (NEW.number, NEW.words);"  # noqa: S608 (ours)
_OUT = f"INSERT INTO {NAME} ({NAME}, rowid, words) VALUES ('delete', OLD.number, OLD.words);"  # noqa: S608
_TRIGGER = f"CREATE TRIGGER {NAME}_{{event}} AFTER {{event}} ON search_entry BEGIN {{acts}} END"
_TRIGGERS = {"insert": _IN, "delete": _OUT, "update": f"{_OUT} {_IN}"}


def statements(dialect: str) -> list[str]:
    """What makes the index, for `postgresql` or `sqlite`, of the rows that are there."""
    if dialect == "postgresql":
        return [_POSTGRESQL]
    triggers = [_TRIGGER.format(event=event, acts=acts) for event, acts in _TRIGGERS.items()]
    rebuild = f"INSERT INTO {NAME} ({NAME}) VALUES ('rebuild')"  # noqa: S608
    return [_TABLE, *triggers, rebuild]


def removal(dialect: str) -> list[str]:
    """What takes it away."""
    if dialect == "postgresql":
        return [f"DROP INDEX {NAME}"]
    return [*(f"DROP TRIGGER {NAME}_{event}" for event in _TRIGGERS), f"DROP TABLE {NAME}"]
