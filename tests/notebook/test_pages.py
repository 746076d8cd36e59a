"""The pages of notes: one form for each audience, nothing typed is lost, and older texts return."""

import re
from html import unescape

from beginnings import once_made
from factories import NEG, World, propose, signed_in, take_seat
from filling import Forms, fields, post, problem_of, send, typed_in
from notebook.jotting import of, saved, texts

from negotiations.models.parties import Role


@once_made
async def opened(world: World) -> tuple[str, str, list[str]]:
    """A session's id, the path of its page of notes and the ids of its items."""
    session = (await propose(world))["id"]
    agenda = (await world.head_x.get(f"/api/v1/sessions/{session}/agenda")).json()["items"]
    return session, f"/s/{session}/live", [one["id"] for one in agenda]


async def test_each_finds_the_notes_of_their_own_and_whose_eyes_they_are_for(
    world: World,
) -> None:
    session, page, _ = await opened(world)
    await take_seat(world, "observer_x", Role.observer, "x")
    expected = {
        "delegate_x": (["Mine", "Caucus"], "Only X can read this"),
        "agency_head": (["Mine", "Caucus"], "Only Agency can read this"),
        "observer_x": (["Mine", "Caucus"], "Only X can read this"),
        "note_taker": (["Mine", "Secretariat"], "Only the secretariat can read this"),
    }
    for name, (tabs, eyes) in expected.items():
        browser = await signed_in(world, name)
        assert f'href="{page}"' in (await browser.get(f"/s/{session}")).text
        own = await browser.get(page)
        assert re.findall(r"\?audience=\w+\"[^>]*>(\w+)<", own.text) == tabs
        begins = eyes if name == "note_taker" else "Only you can read this"
        assert begins in own.text
        other = tabs[1].lower()
        shown = await browser.get(f"{page}?audience={other}")
        assert eyes in shown.text
        assert (page in Forms(shown.text).found) and ("<textarea" in shown.text) == (
            name != "observer_x"
        )
    for name, audience in (
        ("delegate_x", "secretariat"),
        ("note_taker", "caucus"),
        ("delegate_y", "mine"),
        ("delegate_x", "public"),
    ):
        answer = await (await signed_in(world, name)).get(f"{page}?audience={audience}")
        assert answer.status_code == 404


async def test_what_was_changed_is_saved_and_what_was_not_makes_no_revision(world: World) -> None:
    session, page, items = await opened(world)
    browser = await signed_in(world, "delegate_x")
    shown = await browser.get(f"{page}?audience=caucus")
    typed = {"body/general": "All\r\nof it", f"body/{items[1]}": "<b>Meters</b>"}
    assert (await send(browser, shown, page, typed)).status_code == 303
    again = await browser.get(f"{page}?audience=caucus&saved=save")
    assert "Saved." in again.text
    assert typed_in(again.text, "body/general") == "All\nof it"
    assert (await world.head_x.get(of(session, "caucus", items[0]))).status_code == 404
    changed = {"body/general": "All"}
    assert (await send(browser, again, page, changed)).status_code == 303
    assert await texts(world, "head_x", of(session, "caucus")) == ["All\nof it", "All"]
    assert await texts(world, "head_x", of(session, "caucus", items[1])) == ["<b>Meters</b>"]


async def test_a_late_save_shows_both_texts_and_loses_none(world: World) -> None:
    session, page, items = await opened(world)
    path = of(session, "caucus")
    await saved(world, "head_x", path, "Before")
    browser = await signed_in(world, "delegate_x")
    shown = await browser.get(f"{page}?audience=caucus")
    await saved(world, "head_x", path, "Of the head")
    typed = {"body/general": "Of the delegate <i>", f"body/{items[0]}": "Also mine"}
    late = await send(browser, shown, page, typed)
    assert late.status_code == 412
    assert "What stands now is shown beside" in problem_of(late)
    assert typed_in(late.text, "body/general") == "Of the delegate <i>"
    assert "<h3>Stands now: revision 2</h3><pre>Of the head</pre>" in late.text
    # What nobody else had touched is saved all the same.
    assert await texts(world, "head_x", of(session, "caucus", items[0])) == ["Also mine"]
    assert await texts(world, "head_x", path) == ["Before", "Of the head"]
    # Found again later, by its author alone, beside what is saved.
    later = await browser.get(f"{page}?audience=caucus")
    both = re.findall(r"<h3>(.*?)</h3><pre>(.*?)</pre>", later.text, re.DOTALL)
    assert [(one, unescape(two)) for one, two in both] == [
        ("Yours", "Of the delegate <i>"),
        ("Saved", "Of the head"),
    ]
    head = await signed_in(world, "head_x")
    assert "Kept for you" not in (await head.get(f"{page}?audience=caucus")).text
    # Saved again from the answer, it stands, and needs no keeping any more.
    assert (await send(browser, late, page, {})).status_code == 303
    assert (await texts(world, "head_x", path))[-1] == "Of the delegate <i>"
    assert "Kept for you" not in (await browser.get(f"{page}?audience=caucus")).text


async def test_an_untouched_note_is_not_late(world: World) -> None:
    session, page, items = await opened(world)
    await saved(world, "head_x", of(session, "caucus"), "Before")
    browser = await signed_in(world, "delegate_x")
    shown = await browser.get(f"{page}?audience=caucus")
    await saved(world, "head_x", of(session, "caucus"), "After")
    assert (await send(browser, shown, page, {f"body/{items[0]}": "Mine"})).status_code == 303
    assert (await texts(world, "head_x", of(session, "caucus")))[-1] == "After"


async def test_a_kept_text_is_discarded_by_its_author_only(world: World) -> None:
    session, page, _ = await opened(world)
    await saved(world, "head_x", of(session, "caucus"), "Saved")
    answer = await world.delegate_x.put(
        of(session, "caucus"), json={"body": "Late"}, headers={"If-Match": '"old"'}
    )
    action = f"/s/{session}/notes/drafts/{answer.json()['yours']}/discard"
    head, browser = await signed_in(world, "head_x"), await signed_in(world, "delegate_x")
    token = dict(Forms((await head.get(page)).text).found["/sign-out"])["csrf"]
    assert (await post(head, action, [("csrf", token)])).status_code == 404
    shown = await browser.get(f"{page}?audience=caucus")
    assert (await send(browser, shown, action, {})).status_code == 303
    assert (await world.delegate_x.get("/api/v1/note-drafts")).json()["items"] == []


async def test_what_cannot_be_kept_is_told_at_its_box_and_stays_typed(world: World) -> None:
    _, page, items = await opened(world)
    browser = await signed_in(world, "delegate_x")
    shown = await browser.get(page)
    typed = {"body/general": "Hours of work", f"body/{items[0]}": "a\x07b"}
    refused = await send(browser, shown, page, typed)
    assert refused.status_code == 422
    assert typed_in(refused.text, "body/general") == "Hours of work"
    assert f'id="e-body/{items[0]}"' in refused.text
    assert (await world.delegate_x.get("/api/v1/note-drafts")).json()["items"] == []


async def test_revisions_are_compared_and_an_older_one_restored(world: World) -> None:
    session, _, _ = await opened(world)
    path, here = of(session, "caucus"), f"/s/{session}/notes/caucus/general"
    await saved(world, "head_x", path, "the old law\n<b>", "the new law\n<b>")
    browser = await signed_in(world, "delegate_x")
    shown = await browser.get(here)
    assert "− the <del>old</del> law" in shown.text
    assert "+ the <ins>new</ins> law" in shown.text
    assert "  &lt;b&gt;" in shown.text
    assert (await browser.get(f"{here}?a=1&b=9")).status_code == 404
    assert (await browser.get(f"{here}?a=x")).status_code == 404
    await saved(world, "head_x", path, "Third")
    sent = fields(shown, here)
    late = await post(browser, here, sent)
    assert late.status_code == 412
    assert (await send(browser, await browser.get(f"{here}?a=1&b=2"), here, {"revision": "1"})
            ).status_code == 303  # fmt: skip
    assert (await texts(world, "head_x", path))[-1] == "the old law\n<b>"
    agency = await signed_in(world, "agency_head")
    assert (await agency.get(here)).status_code == 404
    assert (await post(agency, here, sent)).status_code in (403, 404)


async def test_a_note_sent_after_the_login_ended_comes_back_and_is_saved(world: World) -> None:
    session, page, _ = await opened(world)
    browser = await signed_in(world, "delegate_x")
    typed = {"body/general": "Hours of work"}
    sent = fields(await browser.get(f"{page}?audience=caucus"), page, **typed)
    assert (await send(browser, await browser.get("/"), "/sign-out", {})).status_code == 303
    answer = await post(browser, page, sent)
    assert answer.status_code == 401
    assert "Nothing was saved yet, and nothing is lost" in answer.text
    assert typed_in(answer.text, "body/general") == "Hours of work"
    assert ">Audience<" not in answer.text
    del world.clients["delegate_x's browser"]
    again = await signed_in(world, "delegate_x")
    shown = await send(again, answer, page, {})
    assert (shown.status_code, typed_in(shown.text, "body/general")) == (403, "Hours of work")
    assert (await send(again, shown, page, {})).status_code == 303
    assert await texts(world, "head_x", of(session, "caucus")) == ["Hours of work"]


async def test_over_talks_show_notes_and_keep_what_was_typed(world: World) -> None:
    session, page, _ = await opened(world)
    await saved(world, "delegate_x", of(session, "mine"), "Before")
    browser = await signed_in(world, "delegate_x")
    shown = await browser.get(page)
    tag = (await world.coordinator.get(NEG)).headers["etag"]
    over = {"json": {"status": "concluded"}, "headers": {"If-Match": tag}}
    assert (await world.coordinator.patch(NEG, **over)).status_code == 200
    refused = await send(browser, shown, page, {"body/general": "After"})
    assert refused.status_code == 409
    assert "nothing is written any more" in problem_of(refused)
    assert typed_in(refused.text, "body/general") == "After"
    assert typed_in((await browser.get(page)).text, "body/general") == "Before"
