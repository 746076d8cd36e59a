"""The shared list of issues."""

from collections.abc import Iterable

from negotiations.exchange.entry import Entry, Key, Reference, as_body, differing
from negotiations.exchange.section import Gone, Section
from negotiations.exchange.telling import Telling, Told
from negotiations.exchange.work import Work
from negotiations.models import Issue
from negotiations.parties import actions, queries
from negotiations.parties.bodies import IssueChange, NewIssue


class IssueItem(NewIssue):
    id: Key | None = None


class Issues(Section[IssueItem]):
    name, kind, named = "issues", "issue", True
    item = IssueItem

    def key(self, item: IssueItem) -> str:
        return item.code

    def references(self, item: IssueItem) -> Iterable[Reference]:
        if item.raised_by:
            yield Reference(("raised_by",), "party", item.raised_by)

    def narrowed(self, item: IssueItem, jurisdiction: str, gone: Gone) -> IssueItem | None:
        other = ("party", item.raised_by) in gone
        return item.model_copy(update={"raised_by": None}) if other else item

    async def tell(self, telling: Telling) -> list[Told[IssueItem]]:
        rows = await queries.issues(telling.db, telling.actor, telling.negotiation.id)
        telling.codes.update({row.id: row.code for row in rows})
        return [
            Told(
                row.id,
                IssueItem.model_construct(
                    id=telling.name(self.kind, row.id, row.code),
                    code=row.code,
                    title=row.title,
                    description=row.description,
                    raised_by=telling.slugs.get(row.raised_by_id or ""),
                ),
            )
            for row in rows
        ]

    async def create(self, work: Work, entry: Entry[IssueItem]) -> str:
        row = await actions.add_issue(
            work.db, work.actor, work.negotiation, as_body(NewIssue, entry.item), now=work.now
        )
        return row.id

    async def update(
        self, work: Work, entry: Entry[IssueItem], row_id: str, stored: IssueItem
    ) -> None:
        fields = differing(entry.item, stored)
        for name in [one for one in fields if one not in IssueChange.model_fields]:
            del fields[name]
            old = getattr(stored, name) or "empty"
            work.stays(entry, (name,), f"It stays {old}: an issue keeps its {name}.")
        if fields:
            row = await work.db.get_one(Issue, row_id)
            await actions.change(
                work.db, work.actor, row, fields, negotiation_id=work.negotiation.id, now=work.now
            )
            work.change(entry)
