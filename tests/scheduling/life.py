"""A life of a few sessions, one random act after another; each is looked at by `invariants`."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from scheduling.choices import (
    BOTH,
    HEADS,
    ISSUES,
    ITEMS,
    MOSTLY,
    PLACES,
    SECRETARIAT,
    WHICH,
    WHO,
    slots,
    words,
)
from scheduling.watched import Watched

from negotiations.models.outcomes import OutcomeValue
from negotiations.models.sessions import CloseKind, ItemState, SessionStatus
from negotiations.notes import actions as notes
from negotiations.notes.bodies import Result
from negotiations.outcomes import actions as outcomes
from negotiations.outcomes import queries as recorded
from negotiations.outcomes.bodies import NewOutcome
from negotiations.outcomes.matrix import standing
from negotiations.scheduling import (
    actions,
    bodies,
    countering,
    details,
    opening,
    postponing,
    queries,
    seating,
)


class Life(Watched):
    """A few sessions of two tracks, and what may be tried with them."""

    @precondition(lambda self: len(self.made) < 6)
    @rule(
        slot=slots(), jurisdiction=st.sampled_from(("x", "x", "y")), place=PLACES, items=ITEMS,
        agreed=MOSTLY,
    )  # fmt: skip
    def propose(
        self, slot: dict[str, Any], jurisdiction: str, place: str | None, items: list[str],
        agreed: bool,
    ) -> None:  # fmt: skip
        consents = [{**one, "party": jurisdiction} if one["party"] == "x" else one for one in BOTH]
        body = {
            "jurisdiction": jurisdiction, **slot, "location": place,
            "agenda": [{"issue": one} for one in items],
            "conference_url": "https://SECRET.example/1",
            "consents": consents if agreed else [],
        }  # fmt: skip
        self.call("coordinator", actions.propose, body)

    @precondition(lambda self: 0 < len(self.made) < 6)
    @rule(slot=slots(), which=WHICH, who=HEADS)
    def counter(self, slot: dict[str, Any], which: int, who: str) -> None:
        session = self.one(which, SessionStatus.proposed, SessionStatus.postponed)
        body = {"jurisdiction": "x", "instead_of": session, **slot}
        if who == "coordinator":
            body["consents"] = BOTH
        self.call(who, countering.propose, body)

    @precondition(lambda self: self.made)
    @rule(which=WHICH, who=HEADS, yes=st.booleans())
    def answer(self, which: int, who: str, yes: bool) -> None:
        party = {"party": "x", "how": "by mail"} if who == "coordinator" else {}
        reason = {"reason": "SECRET", **({"party": "x"} if party else {})}
        session = self.one(which, SessionStatus.proposed)

        async def write(db: Any, actor: Any, row: Any) -> None:
            if yes:
                await actions.accept(db, actor, row, bodies.Accept(**party), now=self.now)
            else:
                await actions.decline(db, actor, row, bodies.Decline(**reason), now=self.now)

        self.act(who, session, write)

    @precondition(lambda self: self.made)
    @rule(which=WHICH, who=SECRETARIAT)
    def confirm(self, which: int, who: str) -> None:
        session = self.one(which, SessionStatus.proposed)
        self.do(who, session, actions.confirm)

    @precondition(lambda self: self.made)
    @rule(which=WHICH, place=st.sampled_from(("Library", "Court House")))
    def settle(self, which: int, place: str) -> None:
        """All that a proposal needs to be confirmed, and then it is."""
        session = self.one(which, SessionStatus.proposed)
        items = bodies.Agenda.model_validate({"items": [{"issue": "1"}, {"title": "Any"}]}).items
        where = bodies.Relocate.model_validate(
            {"location": place, "reason": "SECRET", "consents": BOTH}
        )

        async def write(db: Any, actor: Any, row: Any) -> None:
            if not self.seen.agendas.get(session):
                await details.set_agenda(db, actor, row, items, now=self.now)
            if row.location is None:
                await actions.relocate(db, actor, row, where, now=self.now)
            for party in BOTH:
                await actions.accept(db, actor, row, bodies.Accept(**party), now=self.now)

        self.act("coordinator", session, write)
        self.do("coordinator", session, actions.confirm)

    @precondition(lambda self: self.made)
    @rule(which=WHICH, who=HEADS, slot=slots(), agreed=st.booleans())
    def move(self, which: int, who: str, slot: dict[str, Any], agreed: bool) -> None:
        consents = BOTH if agreed and who == "coordinator" else []
        body = bodies.Move.model_validate({**slot, "reason": "SECRET", "consents": consents})
        session = self.one(which, SessionStatus.proposed, SessionStatus.confirmed)
        self.do(who, session, actions.move, body)

    @precondition(lambda self: self.made)
    @rule(which=WHICH, who=HEADS, place=PLACES, agreed=st.booleans())
    def relocate(self, which: int, who: str, place: str | None, agreed: bool) -> None:
        consents = BOTH if agreed and who == "coordinator" else []
        body = bodies.Relocate.model_validate(
            {"location": place, "reason": "SECRET", "consents": consents}
        )
        session = self.one(which, SessionStatus.proposed, SessionStatus.confirmed)
        self.do(who, session, actions.relocate, body)

    @precondition(lambda self: self.made)
    @rule(which=WHICH, who=SECRETARIAT, off=st.sampled_from(("postpone", "postpone", "cancel")))
    def call_off(self, which: int, who: str, off: str) -> None:
        act = {"postpone": postponing.postpone, "cancel": actions.cancel}[off]
        session = self.one(which)
        self.do(who, session, act, "SECRET")

    @precondition(lambda self: self.made)
    @rule(which=WHICH, who=SECRETARIAT, slot=slots(), place=PLACES, agreed=st.booleans())
    def reinstate(
        self, which: int, who: str, slot: dict[str, Any], place: str | None, agreed: bool
    ) -> None:
        elsewhere = {"location": place} if place else {}
        consents = BOTH if agreed else []
        body = bodies.Reinstate.model_validate({**slot, **elsewhere, "consents": consents})
        session = self.one(which, SessionStatus.postponed)
        self.do(who, session, postponing.reinstate, body)

    @precondition(lambda self: self.made)
    @rule(which=WHICH, who=SECRETARIAT, minutes=st.sampled_from((-61, -60, 5, 200)))
    def open(self, which: int, who: str, minutes: int) -> None:
        session = self.one(which, SessionStatus.confirmed)
        self.wait_for(session, minutes)
        self.do(who, session, opening.open_session)

    @precondition(lambda self: self.made)
    @rule(
        which=WHICH, who=SECRETARIAT, kind=st.sampled_from(CloseKind), slot=slots(),
        items=st.none() | st.lists(st.integers(0, 3), max_size=2),
    )  # fmt: skip
    def close(
        self, which: int, who: str, kind: CloseKind, slot: dict[str, Any], items: list[int] | None
    ) -> None:
        """Adjourned to a date it goes on; else it is closed only if all is settled."""
        session = self.one(which, SessionStatus.in_progress, SessionStatus.confirmed)
        self.wait_for(session, 90)
        body: dict[str, Any] = {"close_kind": kind}
        if kind is CloseKind.adjourned_to_date:
            agenda = [item.id for item in self.seen.agendas.get(session, [])]
            body["next"] = slot
            if items is not None and agenda:
                body["carried_over"] = list({agenda[place % len(agenda)] for place in items})
        self.do(who, session, notes.close, bodies.Close.model_validate(body))

    @precondition(lambda self: self.made)
    @rule(which=WHICH, who=SECRETARIAT, value=st.sampled_from(OutcomeValue))
    def report(self, which: int, who: str, value: OutcomeValue) -> None:
        """A whole result in one request."""
        session = self.one(which, SessionStatus.in_progress, SessionStatus.confirmed)
        self.wait_for(session, 90)

        async def write(db: Any, actor: Any, row: Any) -> None:
            items = (await queries.agendas(db, [row]))[row.id]
            codes = await queries.issue_codes(db, items)
            stands = standing((await recorded.outcomes_of(db, [row.id]))[row.id])
            said = [
                {**words(value), "issue": codes[item.issue_id]}
                for item in items
                if item.issue_id and item.issue_id not in stands
            ]
            body = {"body": "Text", "outcomes": said, "close": "concluded"}
            await notes.post_result(db, actor, row, Result.model_validate(body), now=self.now)

        self.act(who, session, write)

    @precondition(lambda self: self.made)
    @rule(
        which=WHICH, who=SECRETARIAT, issue=st.sampled_from(ISSUES),
        value=st.sampled_from(OutcomeValue), blind=st.booleans(),
    )  # fmt: skip
    def say(self, which: int, who: str, issue: str, value: OutcomeValue, blind: bool) -> None:
        """An outcome; `blind` doesn't say what it supersedes."""
        session = self.one(which, SessionStatus.in_progress, SessionStatus.held)

        async def write(db: Any, actor: Any, row: Any) -> None:
            where = await seating.setting(db, row)
            rows = standing((await recorded.outcomes_of(db, [row.id]))[row.id])
            current = [one.id for one in rows.values() if not blind]
            listed = await queries.issue_codes(db, rows.values())  # type: ignore[arg-type]
            code = {one: listed[rows[one].issue_id] for one in rows}
            before = next((rows[one].id for one in rows if code[one] == issue), None)
            body = NewOutcome.model_validate(
                {**words(value), "issue": issue, "supersedes": before if current else None}
            )
            await outcomes.record(db, actor, row, where, body, now=self.now)

        self.act(who, session, write)

    @precondition(lambda self: self.made)
    @rule(which=WHICH, who=SECRETARIAT)
    def publish(self, which: int, who: str) -> None:
        session = self.one(which, SessionStatus.confirmed)
        self.do(who, session, actions.publish)

    @precondition(lambda self: self.made)
    @rule(
        which=WHICH, who=SECRETARIAT,
        patch=st.sampled_from((
            {"title": "X: one"}, {"title": "X: two"}, {"access_note": "SECRET"},
            {"conference_url": "https://SECRET.example/2"}, {"conference_url": None},
        )),
    )  # fmt: skip
    def edit(self, which: int, who: str, patch: dict[str, Any]) -> None:
        session, public = self.one(which), self.seen.public()
        body = bodies.SessionPatch.model_validate(patch)
        self.do(who, session, details.change, body)
        if "title" not in patch:
            assert self.seen.public() == public

    @precondition(lambda self: self.made)
    @rule(
        which=WHICH, who=WHO,
        items=st.lists(st.tuples(st.sampled_from((*ISSUES, None)), st.sampled_from(ItemState)),
                       max_size=4),
    )  # fmt: skip
    def agenda(self, which: int, who: str, items: list[tuple[str | None, ItemState]]) -> None:
        rows = [
            {**({"issue": issue} if issue else {"title": f"Item {place}"}), "state": state}
            for place, (issue, state) in enumerate(items)
        ]
        body = bodies.Agenda.model_validate({"items": rows})
        session = self.one(which)
        self.do(who, session, details.set_agenda, body.items)
