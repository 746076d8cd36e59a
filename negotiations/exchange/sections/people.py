"""Who sits where: people or functions, each with their one seat in the talks."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta
from typing import Annotated, Any

from pydantic import Field
from sqlmodel import col, select

from negotiations.errors import Forbidden
from negotiations.exchange.entry import Entry, Key, Reference, as_body, differing
from negotiations.exchange.section import Gone, Section
from negotiations.exchange.telling import Telling, Told
from negotiations.exchange.work import Work
from negotiations.models import Membership, Person
from negotiations.models.parties import Role
from negotiations.parties import queries, seats
from negotiations.parties.bodies import NewMembership, NewPerson, PersonChange
from negotiations.web.fields import Body, Slug


class FormerSeat(Body):
    """A seat that somebody had on another side; `party` is left out for the secretariat."""

    role: Role
    party: Slug | None = None


class PersonItem(NewPerson):
    """`ended` takes the seat away once everything else is written; `before` it they sat there."""

    id: Key | None = None
    before: Annotated[list[FormerSeat], Field(max_length=20)] = []
    ended: bool = False

    @property
    def seats(self) -> list[FormerSeat]:
        """All, the last one at the end."""
        return [*self.before, FormerSeat.model_construct(role=self.role, party=self.party)]


class People(Section[PersonItem]):
    name, kind = "people", "person"
    item = PersonItem

    def key(self, item: PersonItem) -> str:
        return item.email or item.name

    def references(self, item: PersonItem) -> Iterable[Reference]:
        if item.party:
            yield Reference(("party",), "party", item.party)
        for place, one in enumerate(item.before):
            if one.party:
                yield Reference(("before", place, "party"), "party", one.party)

    def narrowed(self, item: PersonItem, jurisdiction: str, gone: Gone) -> PersonItem | None:
        """As they sit there, or sat: of other tables' sides a file of one track says nothing."""
        here = [one for one in item.seats if ("party", one.party) not in gone]
        if not here:
            return None
        *before, last = here
        ended = item.ended or ("party", item.party) in gone
        seat = {"role": last.role, "party": last.party, "before": before, "ended": ended}
        return item.model_copy(update=seat)

    def ordered(self, narrowed: list[PersonItem]) -> list[PersonItem]:
        return sorted(narrowed, key=_order)

    async def tell(self, telling: Telling) -> list[Told[PersonItem]]:
        """Each person with the seat they hold, or held last."""
        rows = await queries.members(telling.db, telling.actor, telling.negotiation.id, ended=True)
        last: dict[str, tuple[tuple[Any, ...], PersonItem]] = {}
        held: dict[str, Held] = defaultdict(list)
        for seat, person, party in rows:
            item = PersonItem.model_construct(
                name=person.name,
                title=person.title,
                email=person.email,
                tz=person.tz,
                role=seat.role,
                party=party.slug if party else None,
                ended=seat.ended_at is not None,
            )
            order = (seat.ended_at is None, seat.ended_at or seat.created_at, seat.id)
            sat = FormerSeat.model_construct(role=item.role, party=item.party)
            held[person.id].append((order, sat))
            if person.id not in last or last[person.id][0] < order:
                last[person.id] = order, item
        found = sorted(last.items(), key=lambda one: (_order(one[1][1]), one[0]))
        told = []
        for person_id, (_, item) in found:
            item.id = telling.name(self.kind, person_id, self.key(item))
            item.before = _elsewhere(held[person_id], item)
            told.append(Told(person_id, item))
        return told

    async def create(self, work: Work, entry: Entry[PersonItem]) -> str:
        """Each former seat a moment before the next, so that their order is told again."""
        first, *later = entry.item.seats
        at = work.now - timedelta(milliseconds=len(later))
        body = as_body(NewPerson, entry.item, role=first.role, party=first.party)
        seat = await seats.add_person(work.db, work.actor, work.negotiation, body, now=at)
        person = await work.db.get_one(Person, seat.person_id)
        for one in later:
            await seats.end_membership(work.db, work.actor, work.negotiation, seat, now=at)
            at += timedelta(milliseconds=1)
            again = NewMembership(person=person.id, role=one.role, party=one.party)
            seat = await seats.add_membership(work.db, work.actor, work.negotiation, again, now=at)
        if person.name != entry.item.name:
            why = f"{person.email} is known as {person.name} from other talks, and stays so."
            work.stays(entry, ("name",), why)
        return person.id

    async def update(
        self, work: Work, entry: Entry[PersonItem], row_id: str, stored: PersonItem
    ) -> None:
        fields = differing(entry.item, stored)
        if "party" in fields and not stored.ended and _has_left(entry.item, stored):
            row = await self._seat(work, row_id)
            await seats.end_membership(work.db, work.actor, work.negotiation, row, now=work.now)
            await self._seat_again(work, entry, row_id)
            work.change(entry)
            fields = {name: fields[name] for name in fields if name not in ("party", "role")}
        elif not fields.pop("ended", True):
            await self._seat_again(work, entry, row_id)
            work.change(entry)
        elif fields.pop("party", None):
            why = f"It stays {stored.party or 'the secretariat'}: a person stays on one side."
            work.stays(entry, ("party",), why)
        if "role" in fields:
            row = await self._seat(work, row_id)
            role = Role(fields.pop("role"))
            await seats.change_role(work.db, work.actor, work.negotiation, row, role, now=work.now)
            work.change(entry)
        await self._change_person(work, entry, row_id, fields)

    async def _change_person(
        self, work: Work, entry: Entry[PersonItem], row_id: str, fields: dict[str, Any]
    ) -> None:
        given = {name: fields[name] for name in fields if name in PersonChange.model_fields}
        if not given:
            return
        person = await work.db.get_one(Person, row_id)
        try:
            await seats.change_person(
                work.db, work.actor, person, given, negotiation=work.negotiation, now=work.now
            )
            work.change(entry)
        except Forbidden:
            work.stays(entry, (next(iter(given)),), "Other talks have this person too; it stays.")

    async def _seat_again(self, work: Work, entry: Entry[PersonItem], row_id: str) -> None:
        body = as_body(NewMembership, entry.item, person=row_id)
        await seats.add_membership(work.db, work.actor, work.negotiation, body, now=work.now)

    async def finish(self, work: Work, entry: Entry[PersonItem], row_id: str) -> None:
        row = await self._seat(work, row_id)
        if entry.item.ended and row.ended_at is None:
            await seats.end_membership(work.db, work.actor, work.negotiation, row, now=work.now)
            work.change(entry)

    async def _seat(self, work: Work, person_id: str) -> Membership:
        """The seat that the person holds, or held last."""
        rows = await work.db.exec(
            select(Membership)
            .where(
                col(Membership.negotiation_id) == work.negotiation.id,
                col(Membership.person_id) == person_id,
            )
            .order_by(col(Membership.ended_at).is_not(None), col(Membership.ended_at).desc())
            .limit(1)
        )
        return rows.one()


def _has_left(item: PersonItem, stored: PersonItem) -> bool:
    """Whether the file has them on another side by now, and knows of the seat that is stored."""
    return stored.party in {one.party for one in item.before}


Held = list[tuple[tuple[Any, ...], FormerSeat]]  # seats, each with what orders them


def _elsewhere(held: Held, item: PersonItem) -> list[FormerSeat]:
    """The last seat on each other side than theirs, in the order in which they ended."""
    sides: dict[str | None, FormerSeat] = {}
    for _, one in sorted(held, key=lambda row: row[0]):
        sides.pop(one.party, None)
        sides[one.party] = one
    return [one for one in sides.values() if one.party != item.party]


def _order(item: PersonItem) -> tuple[Any, ...]:
    """The secretariat first, then by side, heads before delegates."""
    roles = list(Role)
    return (item.party or "", roles.index(item.role), item.name, item.email or "", item.title or "")
