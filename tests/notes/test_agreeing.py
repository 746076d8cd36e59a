"""A summary goes round and is agreed: by all, by silence, or as the secretariat declares."""

from factories import World
from notes.rounds import (
    TEXT,
    act,
    circulate,
    decide,
    held,
    rewrite,
    set_rule,
    sha,
    state,
)
from problems import problem
from sqlmodel import col, select

from negotiations.models import AuditEntry, OutboxEvent

COMPILED = "Compiled from public sources; not agreed by the parties.\n\nNothing."


async def told(world: World) -> list[str]:
    """The events of summaries, in the order they were announced."""
    async with world.database.read() as db:
        rows = await db.exec(
            select(OutboxEvent.type)
            .where(col(OutboxEvent.type).startswith("summary."))
            .order_by(OutboxEvent.at, OutboxEvent.created_at, OutboxEvent.type)
        )
        return list(rows.all())


async def entered(world: World) -> list[str]:
    async with world.database.read() as db:
        rows = await db.exec(
            select(AuditEntry.action)
            .where(col(AuditEntry.action).startswith("summary."))
            .order_by(AuditEntry.number)
        )
        return list(rows.all())


async def test_both_sides_approve_the_same_text_and_it_is_agreed(world: World) -> None:
    path = await held(world)
    for client in (world.head_x, world.agency_delegate, world.delegate_x):
        assert (await client.get(path)).status_code == 404
    assert (await decide(world.head_x, path, "approved")).status_code == 404
    shown = await circulate(world, path)
    assert (shown["state"], shown["rule"], shown["decisions"]) == ("circulated", "all_parties", [])
    assert (await world.delegate_x.get(path)).json() == shown
    first = await decide(world.head_x, path, "approved")
    assert first.status_code == 200, first.text
    assert first.json()["state"] == "circulated"
    second = await decide(
        world.agency_head, path, "approved_with_statement", statement="  As *read*.\n"
    )
    agreed = second.json()
    assert (agreed["state"], agreed["agreed_as"]) == ("agreed", "all_parties")
    assert [
        (one["party"], one["decision"], one["statement"], one["sha256"], one["counts"])
        for one in agreed["decisions"]
    ] == [
        ("x", "approved", None, sha(TEXT), True),
        ("agency", "approved_with_statement", "  As *read*.\n", sha(TEXT), True),
    ]
    assert await entered(world) == [
        "summary.saved", "summary.circulated", "summary.delivered", "summary.decided",
        "summary.delivered", "summary.decided", "summary.agreed",
    ]  # fmt: skip
    assert sorted(await told(world)) == ["summary.agreed", "summary.circulated", "summary.saved"]
    late = await decide(world.head_x, path, "objected", statement="No")
    assert problem(late, 409).startswith("This summary is agreed: there is nothing to decide on.")


async def test_an_edit_voids_what_was_decided_and_hides_the_new_text(world: World) -> None:
    path = await held(world)
    await circulate(world, path)
    assert (await decide(world.head_x, path, "approved")).status_code == 200
    edited = await rewrite(world, path, "Other")
    assert (edited.status_code, edited.json()["state"]) == (200, "draft")
    assert (edited.json()["decisions"], edited.json()["due_on"]) == ([], None)
    seen = (await world.head_x.get(path)).json()
    assert (seen["body"], seen["revision"], seen["being_revised"]) == (TEXT, 1, True)
    listed = (await world.head_x.get(f"{path}/revisions")).json()["items"]
    assert [one["number"] for one in listed] == [1]
    assert (await world.head_x.get(f"{path}/revisions/2")).status_code == 404
    assert (await world.head_x.get(f"{path}/diff?a=1&b=2")).status_code == 404
    refused = await decide(world.agency_head, path, "approved")
    assert problem(refused, 409) == (
        "The secretariat is writing on: revision 1 can't be decided on any more. "
        "The next one will be sent round to you."
    )
    await circulate(world, path)
    old = await decide(world.agency_head, path, "approved")
    assert problem(old, 412) == (
        "This is not the text that is circulated. Read revision 2 and decide on that one."
    )
    assert (await decide(world.agency_head, path, "approved", "Other")).json()["state"] == (
        "circulated"
    )
    kept = (await world.delegate_x.get(f"{path}/decisions")).json()["items"]
    assert [(one["revision"], one["party"], one["decision"]) for one in kept] == [
        (2, "agency", "approved"),
        (1, "x", "approved"),
    ]
    assert (await decide(world.head_x, path, "approved", "Other")).json()["state"] == "agreed"
    assert (await rewrite(world, path, "Third")).json()["state"] == "draft"


async def test_the_text_of_an_earlier_revision_is_another_revision(world: World) -> None:
    path = await held(world)
    await circulate(world, path)
    assert (await decide(world.head_x, path, "approved")).status_code == 200
    for text in ("Other", TEXT):
        assert (await rewrite(world, path, text)).status_code == 200
    await circulate(world, path)
    assert (await decide(world.agency_head, path, "approved")).json()["state"] == "circulated"


async def test_a_side_may_decide_again_but_an_objection_stays(world: World) -> None:
    path = await held(world)
    await circulate(world, path)
    assert (await decide(world.head_x, path, "approved")).status_code == 200
    answer = await decide(world.head_x, path, "objected", statement="On reading again")
    assert [one["counts"] for one in answer.json()["decisions"]] == [False, True]
    back = await decide(world.head_x, path, "approved")
    assert problem(back, 409) == (
        "Your side objected to this revision, and an objection stays. "
        "The secretariat writes a new revision, which you can approve."
    )
    assert (await decide(world.agency_head, path, "approved")).json()["state"] == "circulated"
    again = await act(world.coordinator, path, "circulate")
    assert problem(again, 409).startswith("A party objected to this revision.")


async def test_disagreement_is_recorded_with_a_statement_of_each_side(world: World) -> None:
    path = await held(world)
    early = await act(world.coordinator, path, "agree")
    assert problem(early, 409) == "Circulate it first: the parties decide on it."
    await circulate(world, path)
    assert problem(await act(world.coordinator, path, "agree"), 409) == (
        "No party objected to this revision. It is agreed once all have approved it."
    )
    for bad in ({}, {"statement": "  "}):
        assert (await decide(world.head_x, path, "objected", **bad)).status_code == 422
    with_words = await decide(world.head_x, path, "approved", statement="Yes")
    assert with_words.json()["errors"][0]["pointer"] == "/statement"
    assert (await decide(world.head_x, path, "objected", statement="No")).status_code == 200
    assert (await decide(world.agency_head, path, "approved")).status_code == 200
    assert problem(await act(world.coordinator, path, "agree"), 409) == (
        "To record the disagreement, a statement of every party has to be annexed. Missing: Agency."
    )
    answer = await decide(
        world.agency_head, path, "approved_with_statement", statement="It was said"
    )
    assert answer.json()["state"] == "circulated"
    agreed = (await act(world.coordinator, path, "agree")).json()
    assert (agreed["state"], agreed["agreed_as"]) == ("agreed", "recorded_disagreement")


async def test_the_secretariat_declares_only_what_says_that_nobody_agreed(world: World) -> None:
    await set_rule(world, "secretariat")
    path = await held(world)
    assert problem(await act(world.coordinator, path, "agree"), 409) == (
        "Its text has to say “Compiled from public sources; not agreed by the parties”, since no "
        "party agreed to it. Save it with these words first."
    )
    assert (await rewrite(world, path, COMPILED)).status_code == 200
    assert (await world.delegate_x.get(path)).status_code == 404
    agreed = (await act(world.coordinator, path, "agree")).json()
    assert (agreed["state"], agreed["agreed_as"], agreed["rule"]) == (
        "agreed", "secretariat", "secretariat",
    )  # fmt: skip
    seen = (await world.delegate_x.get(path)).json()
    assert (seen["body"], seen["revision"]) == (COMPILED, 2)
    revisions = (await world.delegate_x.get(f"{path}/revisions")).json()["items"]
    assert [one["number"] for one in revisions] == [2]


async def test_the_rule_of_a_round_is_that_of_its_beginning(world: World) -> None:
    path = await held(world)
    await circulate(world, path)
    await set_rule(world, "silence")
    for client in (world.head_x, world.agency_head):
        answer = await decide(client, path, "approved")
    assert (answer.json()["rule"], answer.json()["agreed_as"]) == ("all_parties", "all_parties")


async def test_comments_decide_nothing(world: World) -> None:
    path = await held(world)
    early = await world.delegate_x.post(f"{path}/comments", json={"body": "Early"})
    assert early.status_code == 404
    await circulate(world, path)
    made = await world.delegate_x.post(f"{path}/comments", json={"body": "A date is wrong"})
    assert made.status_code == 201, made.text
    for client in (world.coordinator, world.note_taker, world.agency_delegate, world.head_x):
        items = (await client.get(f"{path}/comments")).json()["items"]
        assert items == [made.json()]
    assert (made.json()["party"], made.json()["revision"]) == ("x", 1)
    assert await state(world, path) == "circulated"
    await rewrite(world, path, "Other")
    late = await world.delegate_x.post(f"{path}/comments", json={"body": "Late"})
    assert problem(late, 409) == "It can be commented on while it is circulated."


async def test_nobody_at_another_table_sees_a_byte_of_it(world: World) -> None:
    path = await held(world)
    unknown = path.replace(path.split("/")[4], "f" * 20)
    await circulate(world, path)
    await decide(world.head_x, path, "objected", statement="Not so")
    parts = ("", "/decisions", "/circulations", "/comments", "/revisions", "/diff?a=1&b=1")
    for part in parts:
        there = await world.delegate_y.get(f"{path}{part}")
        nowhere = await world.delegate_y.get(f"{unknown}{part}")
        assert (there.status_code, there.content) == (404, nowhere.content)


async def test_writing_ends_with_the_talks(world: World) -> None:
    path = await held(world)
    await circulate(world, path)
    await set_rule(world, "all_parties", status="concluded")
    for client, event, body in (
        (world.coordinator, "circulate", {}),
        (world.head_x, "decide", {"sha256": sha(TEXT), "decision": "approved"}),
        (world.coordinator, "agree", {}),
    ):
        answer = await act(client, path, event, body)
        assert problem(answer, 409).startswith("These talks are concluded")
    assert (await world.head_x.get(path)).status_code == 200
