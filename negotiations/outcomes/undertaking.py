"""Entering what a party undertook, and what became of it."""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlmodel import col, select

from negotiations import audit
from negotiations.access.actor import Actor
from negotiations.access.policy import can, check_status, demand
from negotiations.db import Db
from negotiations.errors import Forbidden, Invalid
from negotiations.models import Commitment, Membership, NegotiationSession, Track
from negotiations.models.outcomes import CommitmentStatus
from negotiations.outbox import announce
from negotiations.outcomes.at_table import AtTable
from negotiations.outcomes.bodies import CommitmentChange, NewCommitment
from negotiations.outcomes.placing import issues_named, parties_in, parties_of, side_named
from negotiations.parties import going_on


async def commit(
    db: Db,
    actor: Actor,
    track: Track,
    body: NewCommitment,
    *,
    session: NegotiationSession | None,
    now: datetime,
) -> Commitment:
    """Enter what a party undertook. A party's members enter their own side's only."""
    [row] = await commit_all(
        db, actor, [(track, body)], session=session, now=now, pointer=lambda _: ""
    )
    return row


async def commit_all(
    db: Db,
    actor: Actor,
    bodies: Sequence[tuple[Track, NewCommitment]],
    *,
    session: NegotiationSession | None,
    now: datetime,
    pointer: Callable[[int], str] = "commitments/{}/".format,
    table: AtTable | None = None,
) -> list[Commitment]:
    """Enter what parties undertook in these tracks of the same talks, each as `commit`; `table` is
    the session's, where it is held."""
    if not bodies:
        return []
    negotiation_id = bodies[0][0].negotiation_id
    if table is None:
        await going_on.check_open(db, negotiation_id)
    else:
        check_status(table.where.negotiation.status)
    places = [pointer(place) for place in range(len(bodies))]
    codes = [body.issue or "" for _, body in bodies]
    known = table.issues if table else None
    issues = await issues_named(db, negotiation_id, codes, pointer, known)
    sides = parties_in(table.where) if table else await parties_of(db, negotiation_id)
    people = await _people_of_sides(db, actor, negotiation_id, [body.person for _, body in bodies])
    rows = []
    for at, (track, body) in zip(places, bodies, strict=True):
        demand(actor, "commitment.write", track)
        owner_id = side_named(sides, track, body.owner, f"{at}owner")
        seat = actor.seat_in(negotiation_id)
        if seat is not None and seat.party_id not in (None, owner_id):
            raise Forbidden("You can enter commitments of your own side only.")
        if body.person is not None and (body.person, owner_id) not in people:
            raise Invalid.field(f"{at}person", _NOT_THEIRS)
        to = body.beneficiary
        row = Commitment(
            created_at=now,
            track_id=track.id,
            session_id=session.id if session else None,
            issue_id=issues[body.issue].id if body.issue else None,
            owner_id=owner_id,
            person_id=body.person,
            beneficiary_id=side_named(sides, track, to, f"{at}beneficiary") if to else None,
            **body.model_dump(include={"text", "due_on", "status", "evidence"}),
        )
        db.add(row)
        rows.append((track, row))
    await db.flush()
    for track, row in rows:
        audit.record_row(db, actor, "commitment.created", row, at=now, track_id=track.id)
        _announce(db, actor, "commitment.created", track, row, row.person_id, now)
    return [row for _, row in rows]


_NOT_THEIRS = "Name somebody who now has a place on the owner's side."


async def _people_of_sides(
    db: Db, actor: Actor, negotiation_id: str, person_ids: Sequence[str | None]
) -> set[tuple[str, str | None]]:
    """Those of the people who have a place in the talks now, each with their side's id; out of a
    file, which tells of the past, who had one too."""
    wanted = {one for one in person_ids if one is not None}
    if not wanted:
        return set()
    query = select(Membership.person_id, Membership.party_id).where(
        col(Membership.person_id).in_(wanted),
        col(Membership.negotiation_id) == negotiation_id,
    )
    if actor.via != "import":
        query = query.where(col(Membership.ended_at).is_(None))
    return set((await db.exec(query)).all())


async def change_commitment(
    db: Db,
    actor: Actor,
    track: Track,
    row: Commitment,
    body: CommitmentChange,
    *,
    now: datetime,
) -> None:
    """Change text, person, due date, state or evidence of a commitment of one's own side."""
    demand_change(actor, track, row)
    await going_on.check_open(db, track.negotiation_id)
    was_done = row.status == CommitmentStatus.done
    given = body.model_dump(exclude_unset=True)
    before = row.person_id
    person = given.pop("person", before)
    if person not in (None, row.person_id):
        people = await _people_of_sides(db, actor, track.negotiation_id, [person])
        if (person, row.owner_id) not in people:
            raise Invalid.field("person", _NOT_THEIRS)
    row.person_id = person
    for name, value in given.items():
        if value is None and name in ("text", "status"):
            raise Invalid.field(name, f"{name} can't be empty. Give one, or leave it out.")
        setattr(row, name, value)
    if (row.status == CommitmentStatus.done) != was_done:
        row.done_at = None if was_done else now
    db.add(row)
    audit.record_row(db, actor, "commitment.changed", row, at=now, track_id=track.id)
    given_to = row.person_id if row.person_id != before else None
    done = row.status == CommitmentStatus.done and not was_done
    _announce(db, actor, "commitment.changed", track, row, given_to, now, done=done)


def may_change(actor: Actor, track: Track, row: Commitment) -> bool:
    """Whether the actor may change this commitment: the secretariat any, heads their own side's."""
    seat = actor.seat_in(track.negotiation_id)
    own = seat is None or seat.party_id in (None, row.owner_id)
    return own and can(actor, "commitment.write", track)


def demand_change(actor: Actor, track: Track, row: Commitment) -> None:
    """Forbidden unless the actor may change this commitment."""
    demand(actor, "commitment.write", track)
    if not may_change(actor, track, row):
        raise Forbidden("You can change commitments of your own side only.")


def _announce(
    db: Db,
    actor: Actor,
    event: str,
    track: Track,
    row: Commitment,
    given_to: str | None,
    now: datetime,
    *,
    done: bool = False,
) -> None:
    """`given_to` is the person whose it is from now on, if anybody's; `done`: it came to be so."""
    announce(
        db,
        event,
        by=actor,
        at=now,
        negotiation_id=track.negotiation_id,
        track_id=track.id,
        session_id=row.session_id,
        object_id=row.id,
        payload={
            **({"person": given_to} if given_to else {}),
            **({"status": CommitmentStatus.done.value} if done else {}),
        },
    )
