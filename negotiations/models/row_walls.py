"""The statements by which PostgreSQL itself keeps one side's rows from the others.

Row-level security, forced on the owner too: requests come as a role of their own, which sees and
writes only what the readers of its transaction may (`negotiations.wall`). The owner, as which
commands, ticks and migrations work, has a policy of its own. SQLite has nothing like it.

Every migration that makes a table with one side's words adds its policy to POLICIES and runs
`statements` for it.
"""

from collections.abc import Iterable

from negotiations.models.word_index import VECTOR

SCHEMA = "wall"  # what lies there is no table of the service, and closed to requests
FOUND = f"{SCHEMA}.found"  # which entries of search have some words
EVERYTHING = "*"  # the reader of projections, which work for all audiences at once

# An array, asked once for each statement and not for each row: hence the sub-select.
_READERS = f"((SELECT {SCHEMA}.readers())::text[])"
_JOINED, _ASKED = (f"((SELECT {SCHEMA}.caucuses({one}))::text[])" for one in ("true", "false"))
_ALL = f"'{EVERYTHING}' = ANY {_READERS}"
_OF_PARTY = f"substr(chain, 7) = ANY {_READERS}"
_OF_CAUCUS = f"substr(chain, 8) = ANY {_JOINED}"
_OF_SESSION = f"{_ALL} OR EXISTS (SELECT FROM session WHERE session.id = session_id)"

# Whose office hours and busy blocks make up the times that suit: of one's own side, and for the
# secretariat everybody's in its talks.
_SEATED = f"""EXISTS (SELECT FROM membership WHERE membership.person_id = {{table}}.person_id
    AND membership.ended_at IS NULL AND (membership.party_id = ANY {_READERS}
        OR membership.negotiation_id = ANY {_READERS}))"""
_OWN_PERSON = f"{_ALL} OR person_id = ANY {_READERS}"
_OFFICE = f"""{_OWN_PERSON} OR party_id = ANY {_READERS} OR EXISTS (SELECT FROM party
    WHERE party.id = party_id AND party.negotiation_id = ANY {_READERS})"""

# Both at once: each mention of the readers is worked out by itself in each statement.
_OF_TALKS = f"ARRAY['{EVERYTHING}', negotiation_id::text] && {_READERS}"
_OF_PLAN = "EXISTS (SELECT FROM plan WHERE plan.id = plan_id)"

# By table: whom a row is shown to, and what may be written where that is another question.
POLICIES: dict[str, tuple[str, str | None]] = {
    # A draft of minutes is the secretariat's; what the delegations have seen is all sides'.
    "summary_revision": (
        f"shared_at IS NOT NULL OR {_OF_TALKS}",
        _OF_TALKS,
    ),
    "caucus": (
        f"{_ALL} OR id = ANY {_ASKED} OR founded_by_id = ANY {_READERS}",
        None,
    ),
    # Of all sessions of a caucus, also those before one joined it: they are numbered together.
    "session": (f"kind <> 'caucus' OR {_ALL} OR caucus_id = ANY {_JOINED}", None),
    "agenda_item": (_OF_SESSION, None),
    "session_change": (_OF_SESSION, None),
    "note": (
        f"{_ALL} OR owner_id = ANY {_READERS} OR audience = 'caucus' AND owner_id = ANY {_JOINED}",
        None,
    ),
    "note_revision": (f"{_ALL} OR EXISTS (SELECT FROM note WHERE note.id = note_id)", None),
    "kept_note": (f"{_ALL} OR person_id = ANY {_READERS}", None),
    "note_draft": (f"{_ALL} OR person_id = ANY {_READERS}", None),
    # What is rendered for the secretariat has its drafts of minutes in it.
    "event_bytes": (
        f"""audience NOT IN ('caucus', 'secretariat') OR {_ALL}
            OR audience = 'secretariat' AND negotiation_id = ANY {_READERS}
            OR audience = 'caucus' AND EXISTS (SELECT FROM session WHERE session.id = object_id)""",
        None,
    ),
    # Else it is of one person, one side or the secretariat, and says of which.
    "search_entry": (
        f"audience IN ('public', 'negotiation', 'track') OR {_ALL} OR reader_id = ANY {_READERS}",
        None,
    ),
    "audit_entry": (
        f"chain !~ '^(caucus|party):' OR {_ALL} OR {_OF_PARTY} OR {_OF_CAUCUS}",
        None,
    ),
    "outbox_event": (
        f"caucus_id IS NULL OR {_ALL} OR caucus_id = ANY {_ASKED}",
        f"caucus_id IS NULL OR {_ALL} OR EXISTS (SELECT FROM caucus WHERE caucus.id = caucus_id)",
    ),
    # Who is told of changes, and so that a caucus met, no request needs to know.
    "mail": (f"kind IN ('invitation', 'sign_in', 'address_changed') OR {_ALL}", None),
    # That somebody was invited may tell that a caucus meets.
    "invitation": (_ALL, None),
    "mail_event": (_ALL, None),
    "reminder": (_ALL, None),
    "notice": (f"{_ALL} OR asked_by_id = ANY {_READERS}", None),
    # Of a side's, that they are there; and what a caucus did, by what they were told.
    "webhook_endpoint": (f"{_ALL} OR owner_id = ANY {_READERS}", None),
    "webhook_delivery": (
        f"{_ALL} OR EXISTS (SELECT FROM webhook_endpoint WHERE webhook_endpoint.id = endpoint_id)",
        None,
    ),
    "availability": (f"{_OFFICE} OR {_SEATED.format(table='availability')}", _OFFICE),
    "busy_block": (f"{_OWN_PERSON} OR {_SEATED.format(table='busy_block')}", _OWN_PERSON),
    # A draft of the secretariat's.
    "plan": (f"{_ALL} OR negotiation_id = ANY {_READERS}", None),
    "plan_track": (f"{_ALL} OR {_OF_PLAN}", None),
    "plan_item": (f"{_ALL} OR {_OF_PLAN}", None),
    # Where somebody's own calendar is concerns nobody else.
    "busy_calendar": (_OWN_PERSON, None),
}

# In plpgsql, which keeps its plans: policies ask them in each statement, and to plan them anew each
# time took two thirds of what they cost.
_ASKED_BY_POLICIES = (
    # Whoever may write any SQL in a request can set the readers, but can't sign them. Twice with
    # the key, since of one hash alone a longer text's could be worked out.
    f"""
CREATE OR REPLACE FUNCTION {SCHEMA}.readers() RETURNS text[] LANGUAGE plpgsql STABLE
SECURITY DEFINER SET search_path = pg_catalog AS $$ BEGIN
    RETURN CASE WHEN current_setting('negotiations.signature', true) = (
        SELECT encode(sha256(key || sha256(
            key || convert_to(current_setting('negotiations.readers', true), 'UTF8'))), 'hex')
        FROM {SCHEMA}.key
    ) THEN string_to_array(current_setting('negotiations.readers', true), ' ') ELSE '{{}}' END;
END $$
""",
    # The ids of the caucuses that the readers were asked into, or have joined. (A policy that reads
    # caucus_party would do so once for each row.)
    f"""
CREATE OR REPLACE FUNCTION {SCHEMA}.caucuses(joined boolean) RETURNS text[] LANGUAGE plpgsql STABLE
SECURITY DEFINER SET search_path = pg_catalog AS $$ BEGIN
    RETURN (SELECT coalesce(array_agg(caucus_id), '{{}}') FROM public.caucus_party
        WHERE party_id = ANY ((SELECT {SCHEMA}.readers())::text[])
        AND (joined_at IS NOT NULL OR NOT joined));
END $$
""",
)
_FIRST = (
    f"CREATE SCHEMA {SCHEMA}",
    # Known to the owner alone: with it the service signs for whom a transaction reads.
    f"CREATE TABLE {SCHEMA}.key (key bytea NOT NULL)",
    f"""
INSERT INTO {SCHEMA}.key SELECT sha256(convert_to(string_agg(gen_random_uuid()::text, ''), 'UTF8'))
FROM generate_series(1, 4)
""",
    *_ASKED_BY_POLICIES,
)
# PostgreSQL asks a policy before an operator that might tell what it is shown, as `@@` might: then
# the index of words is of no use. Here that is asked first, as the owner, and what the readers may
# not find is left out of the answer.
_FOUND = f"""
CREATE FUNCTION {FOUND}(asked tsquery) RETURNS bigint[] LANGUAGE plpgsql STABLE
SECURITY DEFINER SET search_path = pg_catalog AS $$ BEGIN
    RETURN (SELECT coalesce(array_agg(number), '{{}}') FROM public.search_entry
        WHERE {VECTOR} @@ asked AND ({POLICIES["search_entry"][0]}));
END $$
"""


def word_search(dialect: str) -> list[str]:
    """For `postgresql` what finds entries by their words behind the wall: their numbers."""
    return [_FOUND] if dialect == "postgresql" else []


def word_search_removal(dialect: str) -> list[str]:
    """What takes it out again."""
    return [f"DROP FUNCTION {FOUND}(tsquery)"] if dialect == "postgresql" else []


def statements(dialect: str, tables: Iterable[str], *, first: bool = False) -> list[str]:
    """For `postgresql` what puts these tables behind the wall, `first` with what it stands on."""
    if dialect != "postgresql":
        return []
    made = list(_FIRST) if first else []
    for table in tables:
        using, check = POLICIES[table]
        made += [
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
            f"CREATE POLICY owner ON {table} TO CURRENT_USER USING (true)",
            f"CREATE POLICY readers ON {table} USING ({using}) WITH CHECK ({check or using})",
        ]
    return made


def removal(dialect: str, tables: Iterable[str], *, last: bool = False) -> list[str]:
    """What takes them out again, `last` with what all of it stood on."""
    if dialect != "postgresql":
        return []
    made = []
    for table in tables:
        made += [
            f"DROP POLICY readers ON {table}",
            f"DROP POLICY owner ON {table}",
            f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
        ]
    return [*made, *([f"DROP SCHEMA {SCHEMA} CASCADE"] if last else [])]


def renewed_functions(dialect: str) -> list[str]:
    """For `postgresql` what makes the functions that policies ask as they stand here."""
    return list(_ASKED_BY_POLICIES) if dialect == "postgresql" else []


def renewal(dialect: str, tables: Iterable[str]) -> list[str]:
    """For `postgresql` what gives these tables their policies as they stand here."""
    listed = list(tables)
    return [*removal(dialect, listed), *statements(dialect, listed)]


def grants(role: str, tables: Iterable[str]) -> list[str]:
    """What lets the role of requests work at all; `role` is quoted as an identifier already."""
    listed = ", ".join(sorted(tables))
    return [
        f"GRANT USAGE ON SCHEMA public, {SCHEMA} TO {role}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON {listed} TO {role}",
        f"GRANT SELECT ON alembic_version TO {role}",
        f"GRANT USAGE ON SEQUENCE search_entry_number_seq TO {role}",
    ]
