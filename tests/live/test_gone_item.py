"""What was typed of an item that is on the agenda no more."""

from factories import World, propose, send_form, signed_in
from notebook.jotting import of
from notes.rounds import API


async def test_an_item_that_goes_while_one_types_takes_no_words_with_it(world: World) -> None:
    session = (await propose(world, agenda=[{"title": "A"}, {"title": "B"}]))["id"]
    browser = await signed_in(world, "delegate_x")
    agenda = await world.coordinator.get(f"{API}/{session}/agenda")
    stays, gone = (one["id"] for one in agenda.json()["items"])
    left = {"items": [{"id": stays, "title": "A"}]}
    tag = {"If-Match": agenda.headers["etag"]}
    put = await world.coordinator.put(f"{API}/{session}/agenda", json=left, headers=tag)
    assert put.status_code == 200
    typed = {"body/general": "An hour of words", f"body/{gone}": "Words on B"}
    bases = {"base/general": "none", f"base/{gone}": "none"}
    sent = {"audience": "caucus", "act": "save", **typed, **bases}
    answer = await send_form(browser, f"/s/{session}/live", **sent)
    general = await world.delegate_x.get(of(session, "caucus"))
    assert "An hour of words" in (answer.text + general.text)
    assert "Words on B" in answer.text
