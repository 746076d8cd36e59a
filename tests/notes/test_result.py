"""Posting a session's result: everything in one request, or nothing at all."""

from typing import Any

import pytest
from factories import NEG, World, confirmed, in_days
from filling import counts
from problems import problem
from sqlmodel import col, select

from negotiations.models import (
    AuditEntry,
    Commitment,
    NegotiationSession,
    OutboxEvent,
    Outcome,
    SummaryRevision,
)

FIRST = {"If-None-Match": "*"}
DECLINED = {
    "issue": "1", "value": "declined", "text": "No.", "reason": "The law", "decided_by": "agency",
}  # fmt: skip
OPEN = {"issue": "2", "value": "not_reached", "text": ""}


async def held_yesterday(world: World) -> str:
    """The id of a confirmed session whose time is over."""
    return str((await confirmed(world, local_start=in_days(-1)))["id"])


async def post(world: World, session: str, **body: Any) -> Any:
    path = f"/api/v1/sessions/{session}/summary"
    return await world.note_taker.put(path, json={"body": "Text", **body}, headers=FIRST)


async def test_one_request_writes_revision_outcomes_audit_and_outbox_together(
    world: World,
) -> None:
    session = await held_yesterday(world)
    before = await counts(world)
    answer = await post(
        world,
        session,
        close="concluded",
        outcomes=[DECLINED, OPEN],
        commitments=[{"owner": "agency", "text": "Write", "due_on": "2030-01-31", "issue": "1"}],
        attendance=[{"person": world.people["head_x"], "actual": "present"}],
    )
    assert answer.status_code == 201, answer.text
    after = await counts(world)
    assert {name: after[name] - before[name] for name in after if after[name] != before[name]} == {
        "attendance": 1,
        "audit_entry": 6,  # summary, two outcomes, commitment, attendance, held
        "booking": -2,
        "commitment": 1,
        "event_bytes": 3,  # the commitment for two audiences, the minutes for one
        "outbox_event": 6,
        "outcome": 2,
        "search_entry": 4,  # summary, outcomes, commitment
        "session_change": 1,
        "standing_outcome": 2,
        "summary": 1,
        "summary_revision": 1,
    }
    async with world.database.read() as db:
        revision = (await db.exec(select(SummaryRevision))).one()
        outcomes = (await db.exec(select(Outcome))).all()
        row = await db.get(NegotiationSession, session)
        types = (
            await db.exec(
                select(OutboxEvent.type)
                .where(col(OutboxEvent.session_id) == session)
                .order_by(OutboxEvent.type)
            )
        ).all()
        commitment = (await db.exec(select(Commitment))).one()
    assert {one.revision_id for one in outcomes} == {revision.id}
    assert (row.status, row.close_kind) == ("held", "concluded")
    assert commitment.due_on.isoformat() == "2030-01-31"
    assert types == [
        "commitment.created",
        "outcome.recorded",
        "outcome.recorded",
        "session.accepted",
        "session.accepted",
        "session.changed",
        "session.confirmed",
        "session.held",
        "session.proposed",
        "summary.saved",
    ]


@pytest.mark.parametrize(
    ("part", "status", "pointer"),
    [
        ({"outcomes": [DECLINED, {**OPEN, "issue": "99"}]}, 422, "/outcomes/1/issue"),
        ({"outcomes": [DECLINED]}, 409, None),  # item 2 has no outcome
        ({"outcomes": [DECLINED, {**OPEN, "value": "maybe"}]}, 422, "/outcomes/1/value"),
        (
            {"outcomes": [{**DECLINED, "reason": None}, OPEN]},
            422,
            "/outcomes/0",
        ),
        (
            {"outcomes": [DECLINED, OPEN], "commitments": [{"owner": "y", "text": "Write"}]},
            422,
            "/commitments/0/owner",
        ),
        (
            {"outcomes": [DECLINED, OPEN], "attendance": [{"person": "0" * 20}]},
            422,
            "/attendance/0/person",
        ),
        (
            {"outcomes": [DECLINED, {**OPEN, "effective_on": "2999-01-01"}]},
            422,
            "/outcomes/1/effective_on",
        ),
        ({"outcomes": [DECLINED, {**OPEN, "supersedes": "0" * 20}]}, 409, None),
        ({"outcomes": [DECLINED, OPEN], "surprise": 1}, 422, "/surprise"),
    ],
    ids=lambda value: str(value)[:40],
)
async def test_one_wrong_part_and_nothing_at_all_is_kept(
    world: World, part: dict[str, Any], status: int, pointer: str | None
) -> None:
    session = await held_yesterday(world)
    before = await counts(world)
    answer = await post(world, session, close="concluded", **part)
    assert answer.status_code == status, answer.text
    if pointer:
        assert [one["pointer"] for one in answer.json()["errors"]] == [pointer]
    assert await counts(world) == before
    shown = (await world.note_taker.get(f"/api/v1/sessions/{session}")).json()
    assert shown["status"] == "confirmed"


async def test_a_failing_commit_is_never_a_success(world: World) -> None:
    """2xx only after COMMIT: here the very last step before it fails."""
    session = await held_yesterday(world)
    before = await counts(world)

    async def broken(db: Any) -> None:
        raise RuntimeError("the last step fails")

    database = world.database.requests
    projections, database._projections = database._projections, (*database._projections, broken)
    answer = await post(world, session, close="concluded", outcomes=[DECLINED, OPEN])
    assert problem(answer, 500) == (
        "Something went wrong here, and nothing was changed. "
        f"Request {answer.headers['x-request-id']}."
    )
    database._projections = projections
    assert await counts(world) == before


async def test_a_result_is_not_taken_before_the_session_is_held(world: World) -> None:
    early = (await confirmed(world))["id"]
    assert (await post(world, early)).status_code == 409
    answer = await post(world, early, close="concluded", outcomes=[DECLINED, OPEN])
    assert answer.status_code == 409
    assert answer.json()["detail"] == (
        "This session hasn't begun yet. Close it after its start, or cancel it."
    )


async def test_later_summaries_need_the_version_seen_and_unchanged_text_makes_no_revision(
    world: World,
) -> None:
    session = await held_yesterday(world)
    path = f"/api/v1/sessions/{session}/summary"
    first = await post(world, session, close="concluded", outcomes=[DECLINED, OPEN])
    again = await world.note_taker.put(path, json={"body": "Other"}, headers=FIRST)
    assert (again.status_code, again.headers["etag"]) == (412, first.headers["etag"])
    none = await world.note_taker.put(path, json={"body": "Other"})
    assert none.status_code == 428
    same = await world.note_taker.put(
        path,
        json={"body": "Text", "outcomes": [DECLINED]},
        headers={"If-Match": first.headers["etag"]},
    )
    assert (same.status_code, same.json()["revision"]) == (200, 1)
    other = await world.note_taker.put(
        path, json={"body": "Other"}, headers={"If-Match": same.headers["etag"]}
    )
    assert (other.status_code, other.json()["revision"]) == (200, 2)
    revisions = (await world.coordinator.get(f"{path}/revisions")).json()["items"]
    assert [one["number"] for one in revisions] == [2, 1]
    assert (await world.coordinator.get(f"{path}/revisions/1")).json()["body"] == "Text"
    async with world.database.read() as db:
        assert len((await db.exec(select(Outcome))).all()) == 2
        assert (await db.exec(select(AuditEntry))).first() is not None


async def test_closing_without_a_summary_compiles_a_draft(world: World) -> None:
    session = await held_yesterday(world)
    path = f"/api/v1/sessions/{session}"
    tag = (await world.note_taker.get(path)).headers["etag"]
    refused = await world.note_taker.post(
        f"{path}/close", json={"close_kind": "concluded"}, headers={"If-Match": tag}
    )
    assert refused.json()["detail"] == (
        "No outcome is recorded for agenda item 1, 2. Record one for each, or not_reached."
    )
    empty = [{"title": "Greetings", "kind": "procedural"}]
    agenda = await world.note_taker.get(f"{path}/agenda")
    changed = await world.note_taker.put(
        f"{path}/agenda", json={"items": empty}, headers={"If-Match": agenda.headers["etag"]}
    )
    assert changed.status_code == 200, changed.text
    tag = (await world.note_taker.get(path)).headers["etag"]
    closed = await world.note_taker.post(
        f"{path}/close", json={"close_kind": "broken_off"}, headers={"If-Match": tag}
    )
    assert (closed.status_code, closed.json()["status"]) == (200, "held")
    summary = (await world.note_taker.get(f"{path}/summary")).json()
    assert (summary["symbol"], summary["state"]) == ("WT-X/S1/SUM", "draft")
    assert summary["body"].startswith("# WT-X/S1/SUM  X / Agency: session 1\n")
    assert "## 1. Greetings\n\nNo outcome recorded." in summary["body"]
    matrix = (await world.coordinator.get(f"{NEG}/outcomes?jurisdiction=x")).json()
    assert {one["value"] for one in matrix["cells"]} == {"not_recorded"}


async def test_the_version_of_a_result_covers_all_that_is_written_with_it(world: World) -> None:
    """The same result sent twice enters its commitments once, even with the same words."""
    session = await held_yesterday(world)
    path = f"/api/v1/sessions/{session}/summary"
    first = await post(world, session, close="concluded", outcomes=[DECLINED, OPEN])
    body = {
        "body": "Text",
        "commitments": [{"owner": "agency", "text": "Write"}],
        "attendance": [{"person": world.people["head_x"], "actual": "present"}],
    }
    seen = {"If-Match": first.headers["etag"]}
    once = await world.note_taker.put(path, json=body, headers=seen)
    again = await world.note_taker.put(path, json={**body, "attendance": []}, headers=seen)
    assert (once.status_code, again.status_code) == (200, 412)
    assert again.headers["etag"] == once.headers["etag"]
    async with world.database.read() as db:
        assert len((await db.exec(select(Commitment))).all()) == 1
