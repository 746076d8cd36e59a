"""What the page of a summary shows: how far it is agreed, by whom, and what one may do with it."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from negotiations.access.actor import Actor
from negotiations.access.policy import can, check_status
from negotiations.civil import city_of, clock_time, local_date
from negotiations.db import Db
from negotiations.errors import NotFound, WrongState
from negotiations.models import (
    Circulation,
    NegotiationSession,
    SummaryComment,
    SummaryDecision,
    SummaryRevision,
)
from negotiations.models.parties import Approval
from negotiations.models.summaries import DecisionKind, SummaryState
from negotiations.notes import approval, circulating, deadlines, delivering, queries, rounds
from negotiations.notes.publication import BASIS
from negotiations.notes.rounds import Round
from negotiations.parties import queries as parties
from negotiations.scheduling import queries as scheduling
from negotiations.scheduling.seating import Setting
from negotiations.web.html import Page, version_of
from negotiations.web.showing import stamp

_OPEN = (SummaryState.draft, SummaryState.circulated)


@dataclass(frozen=True, slots=True)
class Life:
    """A summary as the reader sees it, with all that was decided and remarked on its revisions.

    `acts` are those that role and state leave to the reader, each with what is still missing for
    it, or nothing. `base` is the version that a form about it is made from; `names` are people's.
    """

    one: Round
    due_at: datetime | None
    decided: Sequence[tuple[SummaryDecision, SummaryRevision, bool]]
    circulations: Sequence[tuple[Circulation, SummaryRevision]]
    comments: Sequence[tuple[SummaryComment, SummaryRevision]]
    revisions: Sequence[SummaryRevision]
    names: Mapping[str, str]
    acts: Mapping[str, str]
    base: str
    would_be_due: date
    circulate_by: date | None
    publish_by: date | None

    @property
    def statements(self) -> list[SummaryDecision]:
        """What is annexed to the revision that is shown: of each side what counts."""
        here = self.one.revision.id
        return [row for row, _, counts in self.decided if row.revision_id == here and counts]

    @property
    def basis(self) -> str:
        """How it is agreed, as a sentence; empty while it isn't."""
        how = self.one.summary.agreed_as
        return BASIS.get(how, "") if how is not None and self.one.is_current else ""


async def life_of(
    db: Db, actor: Actor, session: NegotiationSession, where: Setting, *, now: datetime
) -> Life | None:
    """All of it, by a constant number of queries; None where there is no summary to see."""
    try:
        one = await rounds.round_of(db, actor, session)
    except NotFound:
        return None
    decided = await rounds.decided(db, actor, session.id)
    comments = await rounds.comments(db, actor, session.id)
    revisions = await queries.revisions(db, actor, session.id)
    counting = {
        row.id
        for revision in revisions
        for row in approval.standing((row for row, _ in decided), revision.id).values()
    }
    people = [row.person_id for row, _ in decided] + [row.person_id for row, _ in comments]
    talks = where.negotiation
    return Life(
        one,
        one.ended_at(where),
        [(row, revision, row.id in counting) for row, revision in decided],
        await rounds.sent_round(db, actor, session.id),
        comments,
        revisions,
        await parties.names(db, [*people, *(row.author_id for row in revisions)]),
        acts_of(actor, session, where, one, now=now),
        version_of(await rounds.view_in(db, actor, session, one, where)),
        local_date(now, talks.home_tz) + timedelta(days=talks.comment_days),
        deadlines.circulate_by(talks, session, went_round=one.went_round),
        deadlines.publish_by(talks, one.summary),
    )


def acts_of(
    actor: Actor, session: NegotiationSession, where: Setting, one: Round, *, now: datetime
) -> dict[str, str]:
    """What the reader may do now, each with why it can't be done yet (empty where it can)."""
    state = one.summary.state
    rule = one.summary.rule or where.negotiation.approval
    objected = approval.objected(one.decisions, one.revision.id)
    declares = rule is Approval.secretariat or objected
    offered: dict[str, tuple[str, bool, Callable[[], object]]] = {
        "decide": ("summary.decide", _decides(actor, session, where), _may_decide(
            actor, session, where, one, DecisionKind.objected, now)),
        "approve": ("summary.decide", _decides(actor, session, where), _may_decide(
            actor, session, where, one, DecisionKind.approved, now)),
        "comment": ("summary.comment", state is SummaryState.circulated and one.is_current, dict),
        "circulate": ("summary.circulate", state in _OPEN,
                      lambda: circulating.check_may_circulate(session, one)),
        "agree": ("summary.agree", state in _OPEN and declares,
                  lambda: circulating.check_may_agree(session, where, one)),
        "publish": ("summary.publish", state is SummaryState.agreed, dict),
        "correct": ("summary.correct", state is SummaryState.published, dict),
    }  # fmt: skip
    found = {}
    with suppress(WrongState):
        check_status(where.negotiation.status)
        for act, (right, there, check) in offered.items():
            if there and can(actor, right, session):
                found[act] = _missing(check)
    return found


def _missing(check: Callable[[], object]) -> str:
    try:
        check()
    except WrongState as error:
        return error.detail
    return ""


def _decides(actor: Actor, session: NegotiationSession, where: Setting) -> bool:
    seat = actor.seat_in(session.negotiation_id)
    return seat is not None and seat.party_id in where.sides


def _may_decide(
    actor: Actor,
    session: NegotiationSession,
    where: Setting,
    one: Round,
    kind: DecisionKind,
    now: datetime,
) -> Callable[[], None]:
    seat = actor.seat_in(session.negotiation_id)

    def check() -> None:
        circulating.check_current(one)
        approval.check_may_decide(
            one.summary.state, one.summary.rule, one.decisions, one.revision.id,
            (seat.party_id if seat else None) or "", kind, ended_at=one.ended_at(where), now=now,
        )  # fmt: skip

    return check


async def reaches(
    page: Page, db: Db, actor: Actor, session: NegotiationSession, life: Life
) -> bool:
    """Whether the text reaches a side by this look at it.

    What a browser fetches before anybody looks reaches nobody.
    """
    if page.request.method == "HEAD" or "prefetch" in page.request.headers.get("sec-purpose", ""):
        return False
    return await delivering.undelivered(db, actor, session, life.one) is not None


async def reached(page: Page) -> None:
    """Who decides for a side has the text before them: it has reached that side.

    In a transaction of its own; once the talks are over nothing is written any more.
    """
    with suppress(WrongState, NotFound):
        async with page.write() as (db, actor):
            session = await scheduling.session_for_change(db, actor, page.path["id"])
            await delivering.opened(db, actor, session, now=page.now)


def zones_of(instant: datetime, *zones: str) -> str:
    """`Tue 9 Nov 2010, 23:59 EST (New York) · 20:59 PST (Los Angeles)`: each reading once."""
    found: dict[str, str] = {}
    for tz in zones:
        found.setdefault(clock_time(instant, tz), f"{stamp(instant, tz)} ({city_of(tz)})")
    return " · ".join(found.values())
