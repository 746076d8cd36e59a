"""Loading what the events of some tables are rendered from, by a constant number of queries.

It reads for all audiences at once and so asks no actor; `texts` decides who is told what.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from negotiations.db import Db
from negotiations.feeds import fact_queries
from negotiations.feeds.minutes import LONGEST_MINUTES
from negotiations.feeds.table_facts import Minutes, TableFacts
from negotiations.locks import is_held
from negotiations.models import (
    Commitment,
    Negotiation,
    NegotiationSession,
    Outcome,
    Party,
    Summary,
    Track,
)
from negotiations.models.sessions import SessionKind
from negotiations.notes import queries as notes
from negotiations.outbox import Announced
from negotiations.polls import queries as polls
from negotiations.scheduling import queries as scheduling
from negotiations.scheduling.seating import participants


@dataclass(frozen=True, slots=True)
class Scope:
    """What has to be rendered: whole negotiations, tracks, plenaries and caucuses, by their ids.

    A caucus never brings anything else with it: nobody else's bytes may tell of it.
    """

    whole: frozenset[str] = frozenset()
    tracks: frozenset[str] = frozenset()
    plenaries: frozenset[str] = frozenset()
    caucuses: frozenset[str] = frozenset()

    @classmethod
    def of(cls, events: Iterable[Announced]) -> "Scope":
        """What these events concern."""
        found = defaultdict(set)
        for event in events:
            if event.caucus_id is not None:
                found["caucuses"].add(event.caucus_id)
            elif event.track_id is not None:
                found["tracks"].add(event.track_id)
            elif event.session_id is not None:
                found["plenaries"].add(event.session_id)
            else:
                found["whole"].add(event.negotiation_id)
        return cls(**{name: frozenset(ids) for name, ids in found.items()})


async def held(db: Db, scope: Scope) -> tuple[list[str], list[str]]:
    """The ids of the tracks and of the caucuses concerned, held in one order.

    A plenary concerns the tracks of who takes part: it counts as a session in their windows.
    """
    talks = {"talks": list(scope.whole)}
    named = {"tracks": list(scope.tracks), "plenaries": list(scope.plenaries)}
    tracks: list[str] = []
    caucuses: list[str] = []
    if not (scope.whole or scope.plenaries) and is_held(db, Track, scope.tracks):
        tracks = sorted(scope.tracks)
    elif scope.whole or scope.tracks or scope.plenaries:
        tracks = list(await db.exec(fact_queries.tracks_held(), params=talks | named))
    if scope.whole or scope.caucuses:
        named = {"caucuses": list(scope.caucuses)}
        caucuses = list(await db.exec(fact_queries.caucuses_held(), params=talks | named))
    return tracks, caucuses


@dataclass(frozen=True, slots=True)
class _Loaded:
    """Rows of all tables together, grouped by what they hang on."""

    negotiations: Mapping[str, Negotiation]
    agencies: Mapping[str, Party]
    seated: Mapping[str, Sequence[Party]]
    shared: Mapping[str, Any]  # what TableFacts takes as it is
    commitments: Mapping[str, Sequence[Commitment]]


async def load(db: Db, scope: Scope) -> list[TableFacts]:
    """The facts of each table concerned: tracks, then plenaries and caucuses by who sits there."""
    track_ids, caucus_ids = await held(db, scope)
    placed = await db.exec(fact_queries.tracks(), params={"ids": track_ids})
    tracks: Sequence[tuple[Track, Party]] = placed.all()
    in_talks = {track.negotiation_id for track, _ in tracks} | scope.whole
    given = {"tracks": track_ids, "caucuses": caucus_ids}
    given |= {"talks": list(in_talks), "plenaries": list(scope.plenaries)}
    sessions = (await db.exec(fact_queries.sessions(), params=given)).all()
    loaded = await _load(db, sessions, track_ids, in_talks)
    tables = [_of_track(loaded, *place, sessions) for place in tracks if _has_agency(loaded, place)]
    return tables + _of_parties(loaded, sessions, scope)


def _has_agency(loaded: _Loaded, place: tuple[Track, Party]) -> bool:
    return place[0].negotiation_id in loaded.agencies


async def _load(
    db: Db,
    sessions: Sequence[NegotiationSession],
    track_ids: Sequence[str],
    negotiation_ids: Iterable[str],
) -> _Loaded:
    ids = [session.id for session in sessions]
    talks = {*negotiation_ids, *(session.negotiation_id for session in sessions)}
    of_talks, of_sessions = {"ids": list(talks)}, {"ids": ids}
    led: Sequence[tuple[Negotiation, Party | None]]
    led = (await db.exec(fact_queries.talks(), params=of_talks)).all()
    listed = await db.exec(fact_queries.issues(), params=of_talks)
    written = await db.exec(fact_queries.summaries(), params=of_sessions)
    summaries = {summary.session_id: summary for summary in written}
    return _Loaded(
        {negotiation.id: negotiation for negotiation, _ in led},
        {negotiation.id: agency for negotiation, agency in led if agency is not None},
        await participants(db, ids),
        {
            "issues": {issue.id: issue for issue in listed},
            "changes": await scheduling.changes(db, sessions),
            "agendas": await scheduling.agendas(db, sessions),
            "people": await _people(db, ids),
            "outcomes": await _outcomes(db, ids),
            "summaries": summaries,
            "minutes": await _minutes(db, summaries.values()),
            "asked": await polls.asked_about(db, ids),
        },
        await _commitments(db, track_ids),
    )


def _of_track(
    loaded: _Loaded, track: Track, jurisdiction: Party, sessions: Sequence[NegotiationSession]
) -> TableFacts:
    return TableFacts(
        negotiation=loaded.negotiations[track.negotiation_id],
        parties=(loaded.agencies[track.negotiation_id], jurisdiction),
        track_id=track.id,
        jurisdiction=jurisdiction,
        sessions=[session for session in sessions if session.track_id == track.id],
        commitments=loaded.commitments[track.id],
        plenaries=[
            session
            for session in sessions
            if session.kind is SessionKind.plenary
            and any(party.id == jurisdiction.id for party in loaded.seated[session.id])
        ],
        **loaded.shared,
    )


def _of_parties(
    loaded: _Loaded, sessions: Sequence[NegotiationSession], scope: Scope
) -> list[TableFacts]:
    """The plenaries and caucus sessions of the same parties are one table."""
    tables: dict[tuple[str, ...], list[NegotiationSession]] = defaultdict(list)
    for session in sessions:
        seated = [party.id for party in loaded.seated[session.id]]
        if session.track_id is None:
            tables[session.negotiation_id, session.caucus_id or "", *seated].append(session)
    return [
        TableFacts(
            negotiation=loaded.negotiations[table[0].negotiation_id],
            parties=loaded.seated[table[0].id],
            track_id=None,
            jurisdiction=None,
            sessions=table,
            commitments=(),
            **loaded.shared,
        )
        for table in tables.values()
        if _concerned(table, scope)
    ]


def _concerned(table: Sequence[NegotiationSession], scope: Scope) -> bool:
    """Other plenaries of the talks are loaded for the windows only, and are nobody's who holds a
    track."""
    return any(
        session.negotiation_id in scope.whole
        or session.id in scope.plenaries
        or session.caucus_id in scope.caucuses
        for session in table
    )


async def _minutes(db: Db, summaries: Iterable[Summary]) -> dict[str, Minutes]:
    """What each summary says to the secretariat and to the delegations, by session."""
    found = await notes.texts(db, summaries, LONGEST_MINUTES + 1)
    return {session_id: Minutes(*texts) for session_id, texts in found.items()}


async def _people(db: Db, session_ids: Sequence[str]) -> dict[str, list[str]]:
    """The names of who is expected or chairs, by session."""
    named = defaultdict(list)
    for session_id, name in await db.exec(fact_queries.people(), params={"ids": session_ids}):
        named[session_id].append(name)
    return named


async def _outcomes(db: Db, session_ids: Sequence[str]) -> dict[str, list[Outcome]]:
    grouped = defaultdict(list)
    for row in await db.exec(fact_queries.outcomes(), params={"ids": session_ids}):
        grouped[row.session_id].append(row)
    return grouped


async def _commitments(db: Db, track_ids: Sequence[str]) -> dict[str, list[Commitment]]:
    grouped = defaultdict(list)
    for row in await db.exec(fact_queries.commitments(), params={"ids": track_ids}):
        grouped[row.track_id].append(row)
    return grouped
