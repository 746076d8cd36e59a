"""What an address stands for now: whose calendar, what they see, and what that hangs on."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlmodel import Session, col, select

from negotiations.access.actor import Seat, seats_of, seats_query
from negotiations.access.scope import capped, ends
from negotiations.feeds import sights
from negotiations.feeds.generations import party_key, person_key, talks_key
from negotiations.feeds.sights import Part, Sight
from negotiations.ics.calendars import CalendarHead, opening
from negotiations.models import (
    Feed,
    FormerAddress,
    Generation,
    Membership,
    Negotiation,
    NegotiationSession,
    Party,
    Person,
    SessionParty,
    Track,
)
from negotiations.models.parties import Role

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Subscription:
    """One address. Without a `sight` it has ended.

    `opening` is the calendar's own part of the body. `numbers` are the generations of what the
    rest hangs on, by key. `since`: when something last came into sight or left it other than by a
    change of its own. `expires_at` is in seconds since 1970.
    """

    opening: bytes
    sight: Sight
    numbers: tuple[tuple[str, int], ...]
    since: datetime = EPOCH
    feed_id: str | None = None
    expires_at: float = math.inf
    shows_links: bool = True


def of_secret(db: Session, token_sha256: str, base_url: str) -> Subscription | None:
    """A person's subscription; None for an address that never was."""
    found = _at(db, token_sha256)
    if found is None:
        return None
    feed, person, former = found
    rows = db.exec(seats_query(person.id)).all()
    seats = capped(feed, seats_of(rows), former)
    keys = {person_key(person.id), *(party_key(seat.party_id) for seat in seats if seat.party_id)}
    head = CalendarHead(
        name=feed.label,
        description="The sessions you take part in. Only you should have this address.",
        tz_hint=person.tz,
        url=f"{base_url}/",
    )
    return Subscription(
        opening(head),
        sight_of(db, seats) if feed.revoked_at is None else (),
        numbers(db, keys),
        _changed(row[0] for row in rows),
        feed.id,
        min((end.timestamp() for end in ends(feed, former)), default=math.inf),
        feed.shows_links,
    )


def _at(db: Session, token_sha256: str) -> tuple[Feed, Person, FormerAddress | None] | None:
    """The subscription, its owner, and the address itself if it is a former one."""
    owned = select(Feed, Person).join(Person, col(Person.id) == Feed.person_id)
    found = db.exec(owned.where(col(Feed.token_sha256) == token_sha256)).first()
    if found is not None:
        return found[0], found[1], None
    return db.exec(
        select(Feed, Person, FormerAddress)
        .join(Person, col(Person.id) == Feed.person_id)
        .join(FormerAddress, col(FormerAddress.feed_id) == Feed.id)
        .where(col(FormerAddress.token_sha256) == token_sha256)
    ).first()


def sight_of(db: Session, seats: Iterable[Seat]) -> Sight:
    """What these seats see together."""
    listed = list(seats)
    sessions = _sessions(db, [seat.party_id for seat in listed if seat.party_id])
    parts: dict[Part, None] = {}  # each once, in their order
    for seat in listed:
        if seat.side == "secretariat":
            parts[sights.of_secretariat(seat.negotiation_id)] = None
            continue
        own = sights.of_party(
            seat.negotiation_id,
            seat.track_id,
            sessions[str(seat.party_id)],
            is_agency=seat.side == "agency",
        )
        parts.update(dict.fromkeys(own))
    return tuple(parts)


def of_nobody(db: Session) -> Sight:
    """By the same statements, what a person sees whom there isn't: nothing."""
    seats_of(db.exec(seats_query("")).all())
    return sight_of(db, [Seat("", Role.delegate, "agency", party_id="")])


def _sessions(db: Session, party_ids: Iterable[str]) -> Mapping[str, Mapping[str, bool]]:
    """The plenary and caucus sessions that name each party, and whether it is a caucus's."""
    rows = db.exec(
        select(SessionParty.party_id, NegotiationSession.id, NegotiationSession.caucus_id)
        .join(NegotiationSession, col(NegotiationSession.id) == SessionParty.session_id)
        .where(col(SessionParty.party_id).in_(party_ids))
    )
    found: dict[str, dict[str, bool]] = defaultdict(dict)
    for party_id, session_id, caucus_id in rows:
        found[party_id][session_id] = caucus_id is not None
    return found


def _changed(memberships: Iterable[Membership]) -> datetime:
    """When a seat of this person last began or ended: events come into their feed, or leave it."""
    times = [at for one in memberships for at in (one.created_at, one.ended_at) if at is not None]
    return max(times, default=EPOCH).replace(microsecond=0)


def of_public(
    db: Session, slug: str, jurisdiction: str | None, base_url: str
) -> Subscription | None:
    """The public calendar of talks or of one jurisdiction; None when there is no such thing."""
    negotiation = db.exec(select(Negotiation).where(col(Negotiation.slug) == slug)).first()
    if negotiation is None:
        return None
    path, name = f"{base_url}/public/{negotiation.slug}", negotiation.title
    part, source, keys = (
        sights.of_public(negotiation.id),
        f"{path}.ics",
        {talks_key(negotiation.id)},
    )
    if jurisdiction is not None:
        found = db.exec(
            select(Track.id, Party)
            .join(Party, col(Party.id) == Track.party_id)
            .where(col(Track.negotiation_id) == negotiation.id, col(Party.slug) == jurisdiction)
        ).first()
        if found is None:
            return None
        track_id, party = found
        name, source = f"{party.name}: {name}", f"{path}/{jurisdiction}.ics"
        named = _sessions(db, [party.id])[party.id]
        part = sights.of_public_jurisdiction(negotiation.id, track_id, named)
        keys.add(party_key(party.id))
    head = CalendarHead(
        name=name,
        description=f"Published sessions. {negotiation.subject}".strip(),
        tz_hint=negotiation.home_tz,
        source=source,
        url=path,
    )
    return Subscription(opening(head), (part,), numbers(db, keys))


def numbers(db: Session, keys: Iterable[str]) -> tuple[tuple[str, int], ...]:
    """The generation of each; 0 for what hasn't changed since it is counted."""
    listed = list(keys)
    rows = db.exec(select(Generation.key, Generation.number).where(col(Generation.key).in_(listed)))
    counted = dict(rows.all())
    return tuple((one, counted.get(one, 0)) for one in listed)
