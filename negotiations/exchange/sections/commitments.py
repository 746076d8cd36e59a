"""What each side undertook."""

import hashlib
from collections.abc import Iterable

from negotiations.exchange.entry import Entry, Key, Reference, as_body, differing
from negotiations.exchange.section import Gone, Section
from negotiations.exchange.telling import Telling, Told
from negotiations.exchange.work import Work
from negotiations.models import Commitment, Track
from negotiations.outcomes import queries, undertaking
from negotiations.outcomes.bodies import CommitmentChange, NewCommitment
from negotiations.outcomes.placing import track_named
from negotiations.web.fields import Slug


class CommitmentItem(NewCommitment):
    """`session` and `person` are their ids in this file."""

    id: Key | None = None
    jurisdiction: Slug
    session: Key | None = None
    person: Key | None = None


class Commitments(Section[CommitmentItem]):
    name, kind = "commitments", "commitment"
    item = CommitmentItem

    def key(self, item: CommitmentItem) -> str:
        """Its text has no name of its own: eight characters of a digest stand for it."""
        digest = hashlib.sha256(f"{item.owner}\n{item.text}".encode()).hexdigest()[:8]
        return f"{(item.session or item.jurisdiction)[:180]}/{digest}"

    def references(self, item: CommitmentItem) -> Iterable[Reference]:
        yield Reference(("jurisdiction",), "jurisdiction", item.jurisdiction)
        yield Reference(("owner",), "side", item.owner, (item.jurisdiction,))
        if item.beneficiary:
            yield Reference(("beneficiary",), "side", item.beneficiary, (item.jurisdiction,))
        if item.person:
            yield Reference(("person",), "person", item.person)
        if item.session:
            yield Reference(("session",), "session", item.session)
        if item.issue:
            yield Reference(("issue",), "issue", item.issue)

    def narrowed(
        self, item: CommitmentItem, jurisdiction: str, gone: Gone
    ) -> CommitmentItem | None:
        if item.jurisdiction != jurisdiction:
            return None
        if ("session", item.session) in gone:  # a plenary, which is no session of this table
            return item.model_copy(update={"session": None})
        return item

    async def tell(self, telling: Telling) -> list[Told[CommitmentItem]]:
        told = []
        rows = await queries.commitments(telling.db, telling.actor, telling.negotiation.id)
        for one in sorted(rows, key=lambda row: _order(telling, row)):
            row = one.row
            item = CommitmentItem.model_construct(
                jurisdiction=one.jurisdiction.slug,
                session=telling.key("session", row.session_id),
                issue=one.issue,
                text=row.text,
                owner=one.owner.slug,
                person=telling.key("person", row.person_id),
                beneficiary=one.beneficiary.slug if one.beneficiary else None,
                due_on=row.due_on,
                status=row.status,
                evidence=row.evidence,
            )
            item.id = telling.name(self.kind, row.id, self.key(item))
            told.append(Told(row.id, item))
        return told

    async def create(self, work: Work, entry: Entry[CommitmentItem]) -> str:
        item = entry.item
        session = await work.session(item.session)
        track = await track_named(work.db, work.actor, work.negotiation, item.jurisdiction, session)
        body = as_body(NewCommitment, item, session=session.id if session else None)
        if item.person is not None:
            body.person = work.id("person", item.person)
        row = await undertaking.commit(
            work.db, work.actor, track, body, session=session, now=work.now
        )
        return row.id

    async def update(
        self, work: Work, entry: Entry[CommitmentItem], row_id: str, stored: CommitmentItem
    ) -> None:
        fields = differing(entry.item, stored)
        for name in [one for one in fields if one not in CommitmentChange.model_fields]:
            del fields[name]
            old = getattr(stored, name) or "empty"
            work.stays(entry, (name,), f"It stays {old}: make another commitment of it.")
        if fields:
            row = await work.db.get_one(Commitment, row_id)
            track = await work.db.get_one(Track, row.track_id)
            if fields.get("person"):
                fields["person"] = work.id("person", fields["person"])
            body = CommitmentChange(**fields)
            await undertaking.change_commitment(work.db, work.actor, track, row, body, now=work.now)
            work.change(entry)


def _order(telling: Telling, one: queries.Promise) -> tuple[str, ...]:
    """By table, session and issue: nothing of it is different where it is imported."""
    row = one.row
    return (
        one.jurisdiction.slug, telling.key("session", row.session_id) or "", one.issue or "",
        one.owner.slug, row.text, str(row.due_on or ""), row.status, row.evidence or "",
    )  # fmt: skip
