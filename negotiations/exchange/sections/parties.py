"""Who takes part or is named, and the further teams of those at the table."""

from collections.abc import Iterable

from negotiations.exchange.entry import Entry, Key, Reference, as_body, differing
from negotiations.exchange.section import Gone, Section
from negotiations.exchange.telling import Telling, Told
from negotiations.exchange.work import Work
from negotiations.models import Party, Team
from negotiations.models.parties import PartyKind
from negotiations.parties import actions, queries
from negotiations.parties.bodies import NewParty, NewTeam, PartyChange


class PartyItem(NewParty):
    id: Key | None = None


class Parties(Section[PartyItem]):
    name, kind, named = "parties", "party", True
    item = PartyItem

    def key(self, item: PartyItem) -> str:
        return item.slug

    def narrowed(self, item: PartyItem, jurisdiction: str, gone: Gone) -> PartyItem | None:
        other = item.kind is PartyKind.jurisdiction and item.slug != jurisdiction
        return None if other else item

    async def tell(self, telling: Telling) -> list[Told[PartyItem]]:
        told = []
        for row in await queries.parties(telling.db, telling.actor, telling.negotiation.id):
            fields = {name: getattr(row, name) for name in NewParty.model_fields}
            key = telling.name(self.kind, row.id, row.slug)
            telling.slugs[row.id] = row.slug
            told.append(Told(row.id, PartyItem.model_construct(id=key, **fields)))
        return sorted(told, key=lambda one: (one.item.kind != PartyKind.agency, one.item.slug))

    async def create(self, work: Work, entry: Entry[PartyItem]) -> str:
        row = await actions.add_party(
            work.db, work.actor, work.negotiation, as_body(NewParty, entry.item), now=work.now
        )
        return row.id

    async def update(
        self, work: Work, entry: Entry[PartyItem], row_id: str, stored: PartyItem
    ) -> None:
        fields = differing(entry.item, stored)
        for name in [one for one in fields if one not in PartyChange.model_fields]:
            del fields[name]
            work.stays(
                entry, (name,), f"It stays {getattr(stored, name)}: a party keeps its {name}."
            )
        if fields:
            row = await work.db.get_one(Party, row_id)
            await actions.change(
                work.db, work.actor, row, fields, negotiation_id=work.negotiation.id, now=work.now
            )
            work.change(entry)


class TeamItem(NewTeam):
    """Each side has a `default` team from the start, called Delegation unless it says otherwise."""

    id: Key | None = None
    default: bool = False


FIRST = "Delegation"


class Teams(Section[TeamItem]):
    name, kind, named = "teams", "team", True
    item = TeamItem

    def key(self, item: TeamItem) -> str:
        return f"{item.party}/{item.name}"

    def references(self, item: TeamItem) -> Iterable[Reference]:
        yield Reference(("party",), "party", item.party)

    def narrowed(self, item: TeamItem, jurisdiction: str, gone: Gone) -> TeamItem | None:
        return None if ("party", item.party) in gone else item

    def is_usual(self, item: TeamItem) -> bool:
        return item.default and item.name == FIRST

    async def tell(self, telling: Telling) -> list[Told[TeamItem]]:
        rows = await queries.teams(telling.db, telling.actor, telling.negotiation.id)
        told = []
        for row, party in sorted(rows, key=lambda one: (one[1].slug, one[0].name)):
            item = TeamItem.model_construct(party=party.slug, name=row.name, default=row.is_default)
            item.id = telling.name(self.kind, row.id, self.key(item))
            told.append(Told(row.id, item))
        return told

    async def create(self, work: Work, entry: Entry[TeamItem]) -> str:
        item, negotiation = entry.item, work.negotiation
        party = await queries.party_named(work.db, negotiation.id, item.party)
        if item.default and party.kind in actions.ON_THE_TABLE:
            row = await queries.default_team(work.db, party.id)
            if row.name != item.name:
                await self._rename(work, row, item.name)
        else:
            body = as_body(NewTeam, item)
            row = await actions.add_team(work.db, work.actor, negotiation, body, now=work.now)
        return row.id

    async def update(
        self, work: Work, entry: Entry[TeamItem], row_id: str, stored: TeamItem
    ) -> None:
        fields = differing(entry.item, stored)
        for name in fields.keys() & {"party", "default"}:
            work.stays(entry, (name,), f"It stays {getattr(stored, name)}: make another team.")
        if "name" in fields:
            await self._rename(work, await work.db.get_one(Team, row_id), fields["name"])
            work.change(entry)

    async def _rename(self, work: Work, row: Team, name: str) -> None:
        await actions.change(
            work.db, work.actor, row, {"name": name}, negotiation_id=work.negotiation.id,
            now=work.now,
        )  # fmt: skip
