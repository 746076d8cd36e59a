"""Mails about summaries and commitments: what goes round, what is objected to, agreed, public."""

from factories import NEG, World
from mail.post import AT_X, Box, later, look
from notes.rounds import act, circulate, decide, held, rewrite


async def names(world: World, box: Box) -> set[str]:
    return {letter.to.partition("@")[0] for letter in await later(world, box)}


async def test_what_goes_round_is_told_with_the_day_to_answer_by(world: World) -> None:
    box = Box()
    path = await held(world)
    # A held session is over, and a draft is the secretariat's.
    assert await later(world, box) == []
    due = (await circulate(world, path))["due_on"]
    letters = {one.to.partition("@")[0]: one for one in await later(world, box)}
    assert letters.keys() == {*AT_X}
    told = letters["head_x"].text
    session = path.split("/")[-2]
    assert told.subject == "[water-talks] Sent round: Summary of X / Agency: session 1"
    answer_by = told.body.partition("To be answered by: ")[2].partition("\n")[0]
    home, own = answer_by.split(" · ")
    assert home.endswith((", 23:59 EST (New York)", ", 23:59 EDT (New York)"))
    assert own.endswith("(Los Angeles)")
    assert ", 20:59 P" in own
    assert due[:4] in home
    assert (
        told.body
        == f"""\
Water Talks

Summary of X / Agency: session 1
  Sent round
    Revision: 1
    To be answered by: {answer_by}
  http://testserver/s/{session}/summary

You get this because you take part in these talks. To get no more of them:
http://testserver/me
"""
    )
    assert "What was said" not in told.body
    assert letters["note_taker"].text.body.count(" · ") == 0  # at home in New York


async def test_an_objection_an_agreement_and_the_publication_are_told(world: World) -> None:
    box = Box()
    path = await held(world)
    await circulate(world, path)
    await later(world, box)
    answer = await decide(world.head_x, path, "objected", statement="That isn't what we said")
    assert answer.status_code == 200, answer.text
    letters = await later(world, box)
    assert {one.to.partition("@")[0] for one in letters} == {*AT_X, "coordinator"} - {"head_x"}
    assert {one.text.subject for one in letters} == {
        "[water-talks] Objected to by X: Summary of X / Agency: session 1"
    }
    assert "what we said" not in letters[0].text.body
    # The secretariat writes on: nobody is told.
    assert (await rewrite(world, path, "Other")).status_code in (200, 201)
    assert await later(world, box) == []
    await circulate(world, path)
    for head in (world.head_x, world.agency_head):
        answer = await decide(head, path, "approved", "Other")
        assert answer.status_code == 200, answer.text
    letters = {one.to.partition("@")[0]: one.text for one in await later(world, box)}
    # By now it doesn't go round any more; whose word made it agreed is told nothing.
    assert letters.keys() == {*AT_X, "coordinator"} - {"agency_head"}
    assert letters["head_x"].subject == "[water-talks] Agreed: Summary of X / Agency: session 1"
    assert "  Agreed\n    Revision: 2\n    How: all parties\n" in letters["head_x"].body
    assert (await act(world.coordinator, path, "publish")).status_code == 200
    letters = {one.to.partition("@")[0]: one.text for one in await later(world, box)}
    assert letters.keys() == {*AT_X}
    assert (
        "  Published\n    Revision: 2\n    Public: http://testserver/public/water-talks\n"
        in letters["delegate_x"].body
    )


async def test_what_was_overtaken_before_it_went_is_not_told(world: World) -> None:
    box = Box()
    path = await held(world)
    await circulate(world, path)
    await look(world, box)
    assert (await rewrite(world, path, "Other")).status_code in (200, 201)
    assert await later(world, box) == []


async def test_a_commitment_is_told_to_whom_it_is_given(world: World) -> None:
    box = Box()
    body = {
        "jurisdiction": "x", "owner": "x", "text": "Send the\nform", "due_on": "2030-11-05",
        "person": world.people["delegate_x"],
    }  # fmt: skip
    made = await world.coordinator.post(f"{NEG}/commitments", json=body)
    assert made.status_code == 201, made.text
    letters = await later(world, box)
    assert [one.to for one in letters] == ["delegate_x@example.org"]
    assert letters[0].text.subject == "[water-talks] Given to you: A commitment of your side"
    assert (
        letters[0].text.body
        == """\
Water Talks

A commitment of your side
  Given to you
    Send the form
    Due: Tue 5 Nov 2030, 23:59 EST (New York) · Tue 5 Nov 2030, 20:59 PST (Los Angeles)
  http://testserver/n/water-talks/commitments

You get this because you take part in these talks. To get no more of them:
http://testserver/me
"""
    )
    path = f"{NEG}/commitments/{made.json()['id']}"
    for change, told in (
        ({"text": "Send it soon"}, set()),
        ({"person": world.people["head_x"]}, {"head_x"}),
        ({"person": None}, set()),
    ):
        tag = (await world.coordinator.get(path)).headers["etag"]
        answer = await world.coordinator.patch(path, json=change, headers={"If-Match": tag})
        assert answer.status_code == 200, answer.text
        assert await names(world, box) == told, change


async def test_of_a_commitment_that_was_done_or_dropped_meanwhile_nobody_is_told(
    world: World,
) -> None:
    for status in ("done", "dropped"):
        body = {"text": "Send the list", "owner": "x", "jurisdiction": "x",
                "person": world.people["delegate_x"]}  # fmt: skip
        made = await world.coordinator.post(f"{NEG}/commitments", json=body)
        assert made.status_code == 201, made.text
        path = f"{NEG}/commitments/{made.json()['id']}"
        tag = {"If-Match": made.headers["etag"]}
        answer = await world.coordinator.patch(path, json={"status": status}, headers=tag)
        assert answer.status_code == 200, answer.text
        assert await later(world, Box()) == []
