"""Where a session belongs and who sits there: both sides of a track, or the parties it names."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import bindparam
from sqlalchemy.orm import aliased
from sqlmodel import and_, col, select

from negotiations.db import Db
from negotiations.models import Caucus, Negotiation, NegotiationSession, Party, SessionParty, Track
from negotiations.models.parties import PartyKind
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


Placed = tuple[str, Track | None, Party | None, Caucus | None]


async def settings_of(db: Db, sessions_: Sequence[NegotiationSession]) -> dict[str, Setting]:
    """The setting of each of these sessions, by session id."""
    if not sessions_:
        return {}
    of = {one.id: one for one in sessions_}
    placed = await db.exec(_placed(), params={"ids": list(of)})
    rows: Sequence[Placed] = placed.all()
    talks = await db.exec(_talks(), params={"ids": list({one.negotiation_id for one in sessions_})})
    talks_of = {negotiation.id: (negotiation, agency) for negotiation, agency in talks}
    named = [id_ for id_, _, jurisdiction, _ in rows if jurisdiction is None]
    seated = await participants(db, named)
    found = {}
    for id_, track, jurisdiction, caucus in rows:
        negotiation, agency = talks_of[of[id_].negotiation_id]
        sides = (agency, jurisdiction) if jurisdiction else tuple(seated[id_])
        found[id_] = Setting(negotiation, agency, sides, track, jurisdiction, caucus)
    return found


@cache
def _placed() -> Any:
    return (
        select(NegotiationSession.id, Track, Party, Caucus)
        .select_from(NegotiationSession)
        .outerjoin(Track, col(Track.id) == NegotiationSession.track_id)
        .outerjoin(Party, col(Party.id) == Track.party_id)
        .outerjoin(Caucus, col(Caucus.id) == NegotiationSession.caucus_id)
        .where(col(NegotiationSession.id).in_(bindparam("ids", expanding=True)))
        .execution_options(passage="setting")
    )


@cache
def _talks() -> Any:
    return (
        select(Negotiation, Party)
        .join(Party, col(Party.negotiation_id) == Negotiation.id)
        .where(
            col(Negotiation.id).in_(bindparam("ids", expanding=True)),
            col(Party.kind) == PartyKind.agency,
        )
    )


async def setting(db: Db, session_: NegotiationSession) -> Setting:
    """The setting of one session, by one statement."""
    found = await db.exec(_setting(), params={"session": session_.id})
    track, jurisdiction, caucus, negotiation, agency = found.one()
    sides: tuple[Party, ...]
    if jurisdiction is not None:
        sides = (agency, jurisdiction)
    else:
        sides = tuple((await participants(db, [session_.id]))[session_.id])
    return Setting(negotiation, agency, sides, track, jurisdiction, caucus)


@cache
def _setting() -> Any:
    session_, agency = NegotiationSession, aliased(Party)
    led = and_(col(agency.negotiation_id) == Negotiation.id, col(agency.kind) == PartyKind.agency)
    return (
        select(Track, Party, Caucus, Negotiation)
        .add_columns(agency)
        .select_from(session_)
        .join(Negotiation, col(Negotiation.id) == session_.negotiation_id)
        .join(agency, led)
        .outerjoin(Track, col(Track.id) == session_.track_id)
        .outerjoin(Party, col(Party.id) == Track.party_id)
        .outerjoin(Caucus, col(Caucus.id) == session_.caucus_id)
        .where(col(session_.id) == bindparam("session"))
        .execution_options(passage="setting")
    )
