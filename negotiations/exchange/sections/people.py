"""Who sits where: people or functions, each with their one seat in the talks."""

from collections.abc import Iterable
from typing import Any

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


class PersonItem(NewPerson):
    """`ended` takes the seat away once everything else is written."""

    id: Key | None = None
    ended: bool = False


class People(Section[PersonItem]):
    name, kind = "people", "person"
    item = PersonItem

    def key(self, item: PersonItem) -> str:
        return item.email or item.name

    def references(self, item: PersonItem) -> Iterable[Reference]:
        if item.party:
            yield Reference(("party",), "party", item.party)

    def narrowed(self, item: PersonItem, jurisdiction: str, gone: Gone) -> PersonItem | None:
        return None if ("party", item.party) in gone else item

    async def tell(self, telling: Telling) -> list[Told[PersonItem]]:
        """Each person with the seat they hold, or held last."""
        rows = await queries.members(telling.db, telling.actor, telling.negotiation.id, ended=True)
        last: dict[str, tuple[tuple[Any, ...], PersonItem]] = {}
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
            if person.id not in last or last[person.id][0] < order:
                last[person.id] = order, item
        found = sorted(last.items(), key=lambda one: (_order(one[1][1]), one[0]))
        told = []
        for person_id, (_, item) in found:
            item.id = telling.name(self.kind, person_id, self.key(item))
            told.append(Told(person_id, item))
        return told

    async def create(self, work: Work, entry: Entry[PersonItem]) -> str:
        seat = await seats.add_person(
            work.db, work.actor, work.negotiation, as_body(NewPerson, entry.item), now=work.now
        )
        person = await work.db.get_one(Person, seat.person_id)
        if person.name != entry.item.name:
            why = f"{person.email} is known as {person.name} from other talks, and stays so."
            work.stays(entry, ("name",), why)
        return person.id

    async def update(
        self, work: Work, entry: Entry[PersonItem], row_id: str, stored: PersonItem
    ) -> None:
        fields = differing(entry.item, stored)
        if not fields.pop("ended", True):
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


def _order(item: PersonItem) -> tuple[Any, ...]:
    """The secretariat first, then by side, heads before delegates."""
    roles = list(Role)
    return (item.party or "", roles.index(item.role), item.name, item.email or "", item.title or "")
