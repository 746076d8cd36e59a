"""Who is asking: a person with the seats they hold now, or nobody."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Literal

from sqlalchemy import bindparam
from sqlmodel import and_, col, select

from negotiations.access.secrets import fingerprint
from negotiations.db import Db
from negotiations.errors import Unauthenticated
from negotiations.models import ApiToken, Login, Membership, Party, Person, Track
from negotiations.models.access import TokenScope
from negotiations.models.parties import PartyKind, Role

Side = Literal["secretariat", "agency", "jurisdiction"]
Via = Literal["login", "token", "feed", "console", "import", "tick", "mail", "link"]


@dataclass(frozen=True, slots=True)
class Seat:
    """One place in one negotiation. `track_id` is set for a jurisdiction's members only."""

    negotiation_id: str
    role: Role
    side: Side
    party_id: str | None = None
    track_id: str | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """`person` is None for nobody and for the operator at the console.

    `may_write` is False for what only reads (a feed address).
    """

    person: Person | None
    seats: tuple[Seat, ...] = ()
    via: Via = "token"
    may_write: bool = True
    is_operator: bool = False

    @property
    def signature(self) -> str:
        """How the actor is named in the audit: the person's id, else where the act came from."""
        return self.person_id or self.via

    @property
    def person_id(self) -> str | None:
        return self.person.id if self.person else None

    @property
    def is_administrator(self) -> bool:
        return self.is_operator or bool(self.person and self.person.is_administrator)

    def seat_in(self, negotiation_id: str) -> Seat | None:
        """The actor's place in that negotiation, if any."""
        return next((seat for seat in self.seats if seat.negotiation_id == negotiation_id), None)

    @property
    def readers(self) -> list[str]:
        """Whose rows the actor may read at all, for `db.admit`: the person's own, those of their
        sides, and for the secretariat those of its talks."""
        own = [self.person_id] if self.person_id else []
        sides = [seat.party_id or seat.negotiation_id for seat in self.seats]
        return own + sides


NOBODY = Actor(person=None, may_write=False)


def operator(*negotiation_ids: str, via: Via = "console") -> Actor:
    """Whoever holds the machine: may found talks, and acts as the secretariat of these."""
    seats = tuple(Seat(one, Role.coordinator, "secretariat") for one in negotiation_ids)
    return Actor(person=None, seats=seats, via=via, is_operator=True)


async def load_actor(
    db: Db, person: Person, *, via: Via = "console", may_write: bool = True
) -> Actor:
    """The person with the seats held at this moment; ended memberships give none."""
    rows = await db.exec(_seats(), params={"person": person.id})
    return Actor(person=person, seats=seats_of(rows.all()), via=via, may_write=may_write)


@cache
def _seats() -> Any:
    return seats_query(bindparam("person"))


def seats_query(person_id: Any) -> Any:
    """Every membership of a person, also those that have ended, for seats_of().

    The talks are named for the index: by its party alone a track is looked for among all.
    """
    seats = select(Membership, Party, Track.id)
    return _placed(seats).where(col(Membership.person_id) == person_id)


def _placed(seats: Any) -> Any:
    """These memberships with their parties and tracks, in order."""
    own = and_(
        col(Track.negotiation_id) == Membership.negotiation_id,
        col(Track.party_id) == Membership.party_id,
    )
    return (
        seats.outerjoin(Party, col(Party.id) == Membership.party_id)
        .outerjoin(Track, own)
        .order_by(col(Membership.created_at), col(Membership.id))
    )


def seats_of(rows: Iterable[tuple[Membership, Party | None, str | None]]) -> tuple[Seat, ...]:
    """The seats held now."""
    return tuple(seat_of(*row) for row in rows if row[0].ended_at is None)


MOVED = "Your place in these talks has changed. Sign in again."


async def still_seated(db: Db, actor: Actor, negotiation_id: str) -> None:
    """Unauthenticated if the actor's seat ended or changed while a lock was waited for."""
    seat = actor.seat_in(negotiation_id)
    if actor.person is None or seat is None:
        return
    given = {"person": actor.person.id, "talks": negotiation_id, "role": seat.role}
    rows = await db.exec(_held(), params=given | {"party": seat.party_id})
    if rows.first() is None:
        raise Unauthenticated(MOVED)


def seat_of(membership: Membership, party: Party | None, track_id: str | None = None) -> Seat:
    """The seat that a membership is, with its party and, for a jurisdiction's, its track."""
    side: Side = "secretariat"
    if party is not None:
        side = "agency" if party.kind is PartyKind.agency else "jurisdiction"
    return Seat(
        negotiation_id=membership.negotiation_id,
        role=membership.role,
        side=side,
        party_id=membership.party_id,
        track_id=track_id if side == "jurisdiction" else None,
    )


async def actor_of_token(db: Db, token: str, now: datetime) -> Actor:
    """The owner of a bearer token; `Unauthenticated` when unknown, expired or revoked."""
    found = await _owner(db, _owned(ApiToken, "token_sha256"), token)
    if found is None or found[0].revoked_at is not None or found[0].expires_at <= now:
        raise Unauthenticated("This token is unknown, expired or revoked. Ask for a new one.")
    api_token, person, seats = found
    may_write = api_token.scope is TokenScope.write
    return Actor(person=person, seats=seats, via="token", may_write=may_write)


@cache
def _held() -> Any:
    in_talks = col(Membership.negotiation_id) == bindparam("talks")
    return select(Membership.id).where(in_talks, *held_seat())


def held_seat() -> tuple[Any, ...]:
    """What makes a membership the seat of `person` with this `role` and `party` still."""
    return (
        col(Membership.person_id) == bindparam("person"),
        col(Membership.role) == bindparam("role"),
        col(Membership.party_id).is_not_distinct_from(bindparam("party")),
        col(Membership.ended_at).is_(None),
    )


@cache
def _owned(table: Any, column: str) -> Any:
    """What lets somebody in, by the hash that stands in this column, with whose it is and their
    seats: a row for each, and one for who has none."""
    owned = (
        select(table, Person, Membership, Party)
        .add_columns(col(Track.id))
        .select_from(table)
        .join(Person, col(Person.id) == table.person_id)
        .outerjoin(Membership, col(Membership.person_id) == Person.id)
    )
    return _placed(owned).where(getattr(table, column) == bindparam("sha256"))


async def _owner(db: Db, query: Any, secret: str) -> tuple[Any, Person, tuple[Seat, ...]] | None:
    """What the secret is of, whose that is, and the seats they hold now."""
    rows = (await db.exec(query, params={"sha256": fingerprint(secret)})).all()
    if not rows:
        return None
    seats = seats_of(tuple(seat) for _, _, *seat in rows if seat[0] is not None)
    return rows[0][0], rows[0][1], seats


async def actor_of_cookie(db: Db, cookie: str, now: datetime) -> tuple[Actor, Login] | None:
    """The signed-in person and the login, or None when the cookie no longer holds."""
    found = await _owner(db, _owned(Login, "cookie_sha256"), cookie)
    if found is None:
        return None
    login, person, seats = found
    if login.ended_at is not None or login.expires_at is None or login.expires_at <= now:
        return None
    return Actor(person=person, seats=seats, via="login"), login
