"""Taking in how a summary went round and was agreed, once all its texts are there."""

from collections.abc import Sequence

from sqlmodel import col, select

from negotiations.errors import Invalid
from negotiations.exchange.entry import Entry
from negotiations.exchange.sections import lives
from negotiations.exchange.sections.lives import LifeItem, PublishedItem, RoundItem
from negotiations.exchange.sections.results import SummaryItem
from negotiations.exchange.sections.session_items import SessionItem
from negotiations.exchange.telling import telling_of
from negotiations.exchange.work import Work, at
from negotiations.models import (
    Circulation,
    NegotiationSession,
    PublishedSummary,
    Summary,
    SummaryComment,
    SummaryDecision,
    SummaryRevision,
)
from negotiations.models.summaries import SummaryState
from negotiations.notes import restoring

_LIFE = frozenset(LifeItem.model_fields)


async def take_in(
    work: Work, entry: Entry[SessionItem], session_id: str, given: SummaryItem
) -> None:
    """Write what the file says of it, if nobody here has seen the summary; else tell what stays."""
    if not _LIFE & given.model_fields_set or _is_a_draft(given):
        return
    session = await work.db.get_one(NegotiationSession, session_id)
    rows = await work.db.exec(
        select(Summary, SummaryRevision)
        .join(SummaryRevision, col(SummaryRevision.summary_id) == Summary.id)
        .where(col(Summary.session_id) == session_id)
        .order_by(col(SummaryRevision.number))
    )
    found = rows.all()
    if not found:
        return  # the session isn't begun: its texts were refused or left out
    if [text.body for _, text in found] != given.bodies:
        work.stays(
            entry, ("summary",), "Its texts are others here, so nothing was decided on them."
        )
        return
    if any(text.shared_at is not None for _, text in found):
        if not lives.says_the_same(given, await _stored(work, session_id)):
            why = "It stays as it went round here: what was decided is never rewritten."
            work.stays(entry, ("summary",), why)
        return
    with at("summary"):
        await _restore(work, session, found[-1][0], [text for _, text in found], given)
    work.change(entry)


def _is_a_draft(given: SummaryItem) -> bool:
    return given.state is SummaryState.draft and not given.rounds and given.symbol is None


async def _stored(work: Work, session_id: str) -> LifeItem:
    telling = await telling_of(work.db, work.actor, work.negotiation)
    telling.slugs = {row_id: slug for slug, row_id in work.ids["party"].items()}
    telling.keys["person"] = {row_id: key for key, row_id in work.ids["person"].items()}
    life = (await lives.lives_of(telling, [session_id]))[session_id]
    return LifeItem.model_construct(**life)


async def _restore(
    work: Work,
    session: NegotiationSession,
    summary: Summary,
    texts: Sequence[SummaryRevision],
    given: SummaryItem,
) -> None:
    by_number = {text.number: text for text in texts}
    numbers = [one.revision for one in given.rounds]
    if numbers != sorted(set(numbers)) or not set(numbers) <= set(by_number):
        raise Invalid.field("rounds", "Each names another text, by its number, in their order.")
    summary.symbol = given.symbol or summary.symbol
    summary.state, summary.rule, summary.due_on = given.state, given.rule, given.due_on
    summary.agreed_as, summary.agreed_at = given.agreed_as, given.agreed_at
    copies = 0
    rounds = []
    for one in given.rounds:
        text = by_number[one.revision]
        times = [row.at for row in one.sent if row.at]
        past = restoring.Past(text, one.shared_at or min(times, default=work.now))
        _fill(work, past, one)
        if one.published is not None:
            copies += 1
            past.published = _published(work, summary, text, one.published, copies)
        rounds.append(past)
    await restoring.restore(work.db, work.actor, session, summary, texts[-1], rounds, now=work.now)


def _fill(work: Work, past: restoring.Past, one: RoundItem) -> None:
    """The rows that this part of the file stands for; times that it doesn't give are now."""
    revision_id = past.revision.id
    past.circulations = [
        Circulation(
            created_at=row.at or work.now, revision_id=revision_id,
            party_id=work.id("party", row.party), delivered_at=row.reached_at,
        )
        for row in one.sent
    ]  # fmt: skip
    past.decisions = [
        SummaryDecision(
            created_at=row.at or work.now, revision_id=revision_id, number=place,
            party_id=work.id("party", row.party), person_id=_person(work, row.by),
            kind=row.decision, statement=row.statement, decided_at=row.at or work.now,
        )
        for place, row in enumerate(one.decisions, start=1)
    ]  # fmt: skip
    past.comments = [
        SummaryComment(
            created_at=row.at or work.now, revision_id=revision_id,
            party_id=work.id("party", row.party), person_id=_person(work, row.by), body=row.body,
            written_at=row.at or work.now,
        )
        for row in one.comments
    ]  # fmt: skip


def _published(
    work: Work, summary: Summary, text: SummaryRevision, one: PublishedItem, number: int
) -> PublishedSummary:
    at_ = one.at or work.now
    return PublishedSummary(
        created_at=at_, summary_id=summary.id, revision_id=text.id, number=number,
        frozen=one.text, sha256=one.sha256, published_at=at_,
        published_by_id=_person(work, one.by),
    )  # fmt: skip


def _person(work: Work, key: str | None) -> str | None:
    return work.id("person", key) if key else None
