"""Holding the table a session belongs to, so that its writers come one after another."""

from collections.abc import Collection
from functools import cache
from typing import Any

from sqlalchemy import bindparam
from sqlmodel import col, or_, select

from negotiations.db import Db
from negotiations.locks import held, hold, locked
from negotiations.models import Caucus, Negotiation, NegotiationSession, SessionParty, Track
from negotiations.models.sessions import SessionKind


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
