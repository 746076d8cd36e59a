"""What came of a session: who came, what was said on each issue, and its summary."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Annotated, Any

from pydantic import AfterValidator, Field
from sqlmodel import col, select

from negotiations.errors import Invalid
from negotiations.exchange.entry import Key, as_body
from negotiations.exchange.sections.lives import LifeItem
from negotiations.exchange.work import Work, at
from negotiations.models import Issue, NegotiationSession, Outcome
from negotiations.notes import actions as notes
from negotiations.notes import queries as summaries
from negotiations.notes.bodies import Result
from negotiations.outcomes import actions as outcomes
from negotiations.outcomes import queries as recorded
from negotiations.outcomes.bodies import NewOutcome
from negotiations.outcomes.matrix import in_succession, standing
from negotiations.scheduling import details, seating
from negotiations.scheduling.bodies import Attendee
from negotiations.web.fields import Body, Markdown


def by_order(value: str | None) -> str | None:
    """Refuse a `supersedes`: the order of the list says it."""
    if value is not None:
        raise ValueError("isn't given: of several on one issue the later supersedes; take it out")
    return value


class AttendeeItem(Attendee):
    person: Key


class OutcomeItem(NewOutcome):
    """Of several on one issue each supersedes the one before.

    `revision` counts the texts of the summary: from which it was read, 0 for none. Where it is left
    out, that is the first text, and for what supersedes the last.
    """

    supersedes: Annotated[str | None, AfterValidator(by_order)] = None
    revision: Annotated[int, Field(ge=0, le=1000)] | None = None


class SummaryItem(LifeItem):
    """`body` is the text that stands, `earlier` those before it, the oldest first."""

    body: Markdown
    earlier: Annotated[list[Markdown], Field(max_length=100)] = []

    @property
    def bodies(self) -> list[str]:
        """Every text, in order."""
        return [*self.earlier, self.body]


class Results(Body):
    """The part of a session's item that tells what came of it."""

    attendance: Annotated[list[AttendeeItem], Field(max_length=500)] = []
    outcomes: Annotated[list[OutcomeItem], Field(max_length=500)] = []
    summary: SummaryItem | None = None


async def set_attendance(
    work: Work, session: NegotiationSession, item: Results, indispensable: Iterable[str]
) -> None:
    """Who is expected and who came; who must be there stays on the list."""
    listed = [
        Attendee.model_construct(
            person=work.id("person", one.person), rsvp=one.rsvp, actual=one.actual, mode=one.mode
        )
        for one in item.attendance
    ]
    named = {one.person for one in listed}
    listed += [Attendee(person=one) for one in indispensable if one not in named]
    with at("attendance"):
        await details.set_attendance(work.db, work.actor, session, listed, now=work.now, pointer="")


async def record(
    work: Work,
    session: NegotiationSession,
    item: Results,
    places: Sequence[int],
    *,
    closing: bool = False,
) -> None:
    """Record these outcomes of the item, each superseding what stands on its issue."""
    if not places:
        return
    where = await seating.setting(work.db, session)
    text = await summaries.summary(work.db, work.actor, session.id)
    for place in places:
        one = item.outcomes[place]
        current = await _standing(work, session, one.issue)
        body = as_body(NewOutcome, one, supersedes=current.id if current else None)
        with at("outcomes", place):
            row = await outcomes.record(
                work.db, work.actor, session, where, body, now=work.now, closing=closing,
                revision_id=text[1].id if text else None,
            )  # fmt: skip
        if row is not None:
            work.report.count("outcome", "updated" if current else "created")


async def _standing(work: Work, session: NegotiationSession, code: str) -> Outcome | None:
    """The outcome that stands on an issue in this session."""
    found = await work.db.exec(
        select(Outcome)
        .join(Issue, col(Issue.id) == Outcome.issue_id)
        .where(col(Outcome.session_id) == session.id, col(Issue.code) == code)
    )
    return next(iter(standing(found).values()), None)


async def add_texts(work: Work, session: NegotiationSession, texts: Sequence[str]) -> None:
    """Further revisions of the summary."""
    for text in texts:
        with at("summary"):
            await notes.post_result(work.db, work.actor, session, Result(body=text), now=work.now)
        work.report.count("summary", "updated")


def new_outcomes(item: Results, stored: Results) -> list[int]:
    """The places of the outcomes that the file has and the record hasn't.

    On each issue: what follows on what is recorded; else the last, unless it is recorded.
    """
    before, places = defaultdict(list), defaultdict(list)
    for one in stored.outcomes:
        before[one.issue].append(one)
    for place, one in enumerate(item.outcomes):
        places[one.issue].append(place)
    found: list[int] = []
    for issue, listed in places.items():
        there, given = before[issue], [item.outcomes[place] for place in listed]
        follows = len(given) >= len(there) and all(map(_same, given, there))
        if follows:
            found += listed[len(there) :]
        elif not any(_same(given[-1], one) for one in there):
            found.append(listed[-1])
    return sorted(found)


_SAID = ("value", "partial", "text", "reason", "decided_by", "basis", "certainty")


def _same(given: NewOutcome, there: NewOutcome) -> bool:
    """Whether the record says what the file says; its day and sources count where given."""
    return (
        all(getattr(given, name) == getattr(there, name) for name in _SAID)
        and given.effective_on in (None, there.effective_on)
        and (not given.sources or _cited(given) == _cited(there))
    )


def _cited(one: NewOutcome) -> set[tuple[str, str | None, str]]:
    return {(each.citation, each.url, each.certainty.value) for each in one.sources}


def new_texts(item: Results, stored: Results) -> list[str]:
    """The texts of the summary that the file has and the record hasn't."""
    if item.summary is None:
        return []
    there = stored.summary.bodies if stored.summary else []
    return [text for text in item.summary.bodies if text not in there]


def same_attendance(item: Results, stored: Results, needed: Iterable[str]) -> bool:
    """Whether the same people are listed alike; those who must be there are listed anyway."""
    usual = dict.fromkeys(needed, _came(AttendeeItem(person="x")))
    return usual | _list_of(item) == usual | _list_of(stored)


def _list_of(item: Results) -> dict[str, tuple[Any, ...]]:
    return {one.person: _came(one) for one in item.attendance}


def _came(one: Attendee) -> tuple[Any, ...]:
    return (one.rsvp, one.actual, one.mode)


async def pin(work: Work, session: NegotiationSession, item: Results) -> None:
    """Bind the outcomes of a session just made to the texts that the file says."""
    wanted = defaultdict(list)
    for place, one in enumerate(item.outcomes):
        wanted[one.issue].append((place, one.revision))
    rows = (await recorded.outcomes_of(work.db, [session.id]))[session.id]
    issues = await work.db.exec(
        select(Issue).where(col(Issue.id).in_({row.issue_id for row in rows}))
    )
    codes = {issue.id: issue.code for issue in issues}
    texts = await summaries.numbers(work.db, session.id)
    made = defaultdict(list)
    for row in in_succession(rows, codes):
        made[codes[row.issue_id]].append(row)
    for code, listed in wanted.items():
        for (place, number), row in zip(listed, made[code], strict=False):
            if number is None:
                continue
            if number and number not in texts:
                raise Invalid.field(
                    f"outcomes/{place}/revision", f"There is no text {number} of its summary."
                )
            outcomes.pin(work.db, work.actor, session, row, texts.get(number), now=work.now)
    await work.db.flush()
