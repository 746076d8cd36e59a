"""Where a session belongs and who sits there: both sides of a track, or the parties it names."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import bindparam
from sqlmodel import col, or_, select

from negotiations.db import Db, held, hold, locked
from negotiations.models import Caucus, Negotiation, NegotiationSession, Party, SessionParty, Track
from negotiations.models.parties import PartyKind
from negotiations.models.sessions import SessionKind
from negotiations.web.showing import listing


@dataclass(frozen=True, slots=True)
class Setting:
    """A session's negotiation and the `parties` that sit there, the agency first.

    `track` and `jurisdiction` are None for a plenary and for a caucus session, `caucus` for all but
    the latter; `agency` is that of the talks, whether or not it takes part.
    """

    negotiation: Negotiation
    agency: Party
    parties: tuple[Party, ...]
    track: Track | None = None
    jurisdiction: Party | None = None
    caucus: Caucus | None = None

    @property
    def is_caucus(self) -> bool:
        return self.caucus is not None

    @property
    def name(self) -> str:
        """What the table is called, as the titles of its sessions begin."""
        if self.jurisdiction is not None:
            return f"{self.jurisdiction.short_name} / {self.agency.short_name}"
        return self.caucus.name if self.caucus is not None else "Plenary"

    @property
    def sides(self) -> dict[str, str]:
        """The ids of the parties with their short names."""
        return {party.id: party.short_name for party in self.parties}

    @property
    def slugs(self) -> dict[str, str]:
        """The ids of the parties with their slugs."""
        return {party.id: party.slug for party in self.parties}

    @property
    def by_slug(self) -> dict[str, Party]:
        return {party.slug: party for party in self.parties}

    @property
    def consenting(self) -> dict[str, str]:
        """Whose yes the session needs, with their short names: nobody's for a caucus session."""
        return {} if self.is_caucus else self.sides

    @property
    def names(self) -> str:
        """`Agency and X`."""
        return listing(list(self.sides.values()))

    @property
    def with_whom(self) -> str:
        """`Agency and X County` of a track, `Agency, X and Y` of a plenary."""
        if self.jurisdiction is not None:
            return f"{self.agency.short_name} and {self.jurisdiction.name}"
        return self.names

    @property
    def readers(self) -> str:
        """Who reads what is written of the session, as the subject of a sentence."""
        if self.is_caucus:
            return f"Only members of {self.names}"
        if self.track is None:
            return f"All who take part ({self.names}) and the secretariat"
        return f"Both delegations ({self.names}) and the secretariat"

    @property
    def everyone(self) -> str:
        """Those who sit there, as the subject of a sentence."""
        if self.is_caucus:
            return f"Members of {self.names}"
        return "Both sides" if self.track is not None else "All who take part"

    def party(self, party_id: str) -> Party:
        return next(party for party in self.parties if party.id == party_id)


def agency_first(party: Party) -> tuple[bool, str, str]:
    """Sorts the parties of a table: the agency, then the jurisdictions by name."""
    return (party.kind is not PartyKind.agency, party.name, party.id)


async def hold_plenary(db: Db, negotiation_id: str, party_ids: Collection[str]) -> None:
    """Hold what a new plenary of these parties needs: the talks, then their tracks in order.

    Its acts are entered in the negotiation's chain, and its windows belong to the tracks; whoever
    changes the talks holds the row first too, then the tracks.
    """
    await hold(db, locked(select(Negotiation.id).where(col(Negotiation.id) == negotiation_id)))
    query = select(Track.id).where(col(Track.party_id).in_(party_ids)).order_by(col(Track.id))
    await hold(db, locked(query))


async def hold_tables(db: Db, sessions: Collection[NegotiationSession]) -> None:
    """Hold where these sessions belong until the commit, in the one order in which all do.

    That is the talks of plenaries, then every track, then the caucuses; for a caucus session alone
    nothing that anybody outside could wait for.
    """
    plenaries = [one for one in sessions if one.kind is SessionKind.plenary]
    talks = {one.negotiation_id for one in plenaries}
    tracks = {one.track_id for one in sessions if one.track_id is not None}
    caucuses = {one.caucus_id for one in sessions if one.caucus_id is not None}
    if plenaries:
        row = Negotiation
        await hold(db, locked(select(row.id).where(col(row.id).in_(talks)).order_by(col(row.id))))
    if plenaries or tracks:
        given = {"tracks": list(tracks), "plenaries": [one.id for one in plenaries]}
        await hold(db, _tracks_held(), given)
        held(db, Track, tracks)
    if caucuses:
        query = select(Caucus.id).where(col(Caucus.id).in_(caucuses)).order_by(col(Caucus.id))
        await hold(db, locked(query).execution_options(passage="setting"))


@cache
def _tracks_held() -> Any:
    at_plenaries = col(SessionParty.session_id).in_(bindparam("plenaries", expanding=True))
    seated = select(SessionParty.party_id).where(at_plenaries)
    named = col(Track.id).in_(bindparam("tracks", expanding=True))
    theirs = or_(named, col(Track.party_id).in_(seated))
    return locked(select(Track.id).where(theirs).order_by(col(Track.id)))


@cache
def _seated() -> Any:
    return (
        select(SessionParty.session_id, Party)
        .join(Party, col(Party.id) == SessionParty.party_id)
        .where(col(SessionParty.session_id).in_(bindparam("ids", expanding=True)))
    )


async def participants(db: Db, session_ids: Collection[str]) -> dict[str, list[Party]]:
    """Who takes part in plenaries and caucus sessions, by session id, the agency first."""
    seated: dict[str, list[Party]] = defaultdict(list)
    if not session_ids:
        return seated
    rows = await db.exec(_seated(), params={"ids": list(session_ids)})
    for session_id, party in sorted(rows.all(), key=lambda row: agency_first(row[1])):
        seated[session_id].append(party)
    return seated
