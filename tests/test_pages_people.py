"""The pages of people: who is shown to whom, and the coordinator's forms."""

import html
import re

import httpx2
import pytest
from browsing import TALKS, base_of, text_of, told
from factories import NEG, World, send_form, signed_in


async def test_people_are_shown_with_mail_only_to_whom_it_is_meant_for(world: World) -> None:
    shown = {}
    for name in ("coordinator", "note_taker", "head_x", "delegate_x", "delegate_y"):
        text = await text_of(world, name, f"{TALKS}/people")
        shown[name] = (set(re.findall(r'<th scope="row">The (\w+)', text)),
                       set(re.findall(r"(\w+)@example\.org", text)))  # fmt: skip
        assert "sign-in/" not in text
        assert ("Add somebody" in text) == (name == "coordinator")
    everyone = {
        "coordinator", "note_taker", "agency_head", "agency_delegate", "head_x", "delegate_x",
        "party_note_taker_x", "delegate_y",
    }  # fmt: skip
    side_x = {"head_x", "delegate_x", "party_note_taker_x"}
    assert shown["coordinator"] == (everyone, everyone)
    assert shown["note_taker"] == (everyone, {"note_taker"})
    assert shown["head_x"] == (side_x, side_x)
    assert shown["delegate_x"] == (side_x, {"delegate_x"})
    assert shown["delegate_y"] == ({"delegate_y"}, {"delegate_y"})


async def test_a_wrong_person_form_keeps_what_was_typed(world: World) -> None:
    browser = await signed_in(world, "coordinator")
    typed = {"name": "Newcomer", "title": "Clerk", "email": "no-address", "role": "head",
             "party": "x", "tz": "Mars/Base"}  # fmt: skip
    answer = await send_form(browser, f"{TALKS}/people", **typed)
    assert answer.status_code == 422
    for name in ("name", "title", "email", "tz"):
        assert (
            f'name="{name}" type="{"email" if name == "email" else "text"}" value="{typed[name]}"'
            in answer.text
        )
    assert '<option value="head" selected>' in answer.text
    assert '<option value="x" selected>' in answer.text
    assert answer.text.count('aria-invalid="true"') == 2
    assert 'id="e-email"' in answer.text
    assert 'id="e-tz"' in answer.text
    wrong_side = await send_form(browser, f"{TALKS}/people", name="A", role="head")
    assert (wrong_side.status_code, "Say which party" in wrong_side.text) == (422, True)
    nameless = await send_form(browser, f"{TALKS}/people", role="coordinator")
    assert (nameless.status_code, 'id="e-name"' in nameless.text) == (422, True)
    taken = await send_form(
        browser, f"{TALKS}/people", name="Again", email="head_x@example.org", role="head", party="x"
    )
    assert (taken.status_code, 'value="Again"' in taken.text) == (409, True)
    refused = await send_form(
        await signed_in(world, "head_x"), f"{TALKS}/people", name="A", role="bad"
    )
    assert refused.status_code == 403
    assert "Newcomer" not in await text_of(world, "coordinator", f"{TALKS}/people")


async def test_the_coordinator_adds_changes_and_ends_a_seat(world: World) -> None:
    browser = await signed_in(world, "coordinator")
    added = await send_form(
        browser, f"{TALKS}/people", name="Newcomer", title="", email="new@example.org",
        role="delegate", party="x", tz="",
    )  # fmt: skip
    path, _, anchor = added.headers["location"].partition("#m-")
    assert (added.status_code, path) == (303, f"{TALKS}/people")
    people = (await world.coordinator.get(f"{NEG}/people")).json()["items"]
    new = next(one for one in people if one["name"] == "Newcomer")
    assert (new["membership"], new["role"], new["party"], new["tz"]) == (
        anchor, "delegate", "x", "America/Los_Angeles",
    )  # fmt: skip
    seat = f"{TALKS}/people/{anchor}"
    page = await browser.get(seat)
    base = base_of(page)
    other_side = await send_form(browser, seat, base=base, role="note_taker")
    assert other_side.status_code == 422
    changed = await send_form(browser, seat, base=base, role="head")
    assert told(changed) == f"303 {TALKS}/people#m-{anchor}"
    stale = await send_form(browser, f"{seat}/end", base=base)
    assert (stale.status_code, base_of(stale) != base) == (412, True)
    assert (await send_form(browser, f"{seat}/end", base="")).status_code == 412
    ended = await send_form(browser, f"{seat}/end", base=base_of(stale))
    assert told(ended) == f"303 {TALKS}/people"
    assert "Newcomer" not in await text_of(world, "coordinator", f"{TALKS}/people")
    after = await browser.get(seat)
    assert (after.status_code, "This seat has ended." in after.text) == (200, True)
    base_of_ended = base_of_view(await view(world, anchor))
    again = await send_form(browser, f"{seat}/end", base=base_of_ended)
    assert again.status_code == 409
    again = await send_form(browser, seat, base=base_of_ended, role="delegate")
    assert again.status_code == 409
    assert (await view(world, anchor)).json()["role"] == "head"  # as which they left
    for name, status in (("head_x", 403), ("delegate_y", 404)):
        refused = await send_form(await signed_in(world, name), f"{seat}/end", base=base)
        assert refused.status_code == status


async def view(world: World, seat: str) -> httpx2.Response:
    return await world.coordinator.get(f"{NEG}/memberships/{seat}")


def base_of_view(answer: httpx2.Response) -> str:
    return answer.headers["etag"].strip('"')


@pytest.mark.parametrize("token", [None, "wrong"])
async def test_a_form_without_our_token_does_nothing_and_loses_nothing(
    world: World, token: str | None
) -> None:
    browser = await signed_in(world, "coordinator")
    words = "A long text, typed with care over many minutes.\nAnd a second line."
    data = {"name": "Newcomer", "title": words, "role": "note_taker"}
    if token:
        data["csrf"] = token
    for client, status in ((browser, 403), (world.nobody, 401)):
        answer = await client.post(f"{TALKS}/people", data=data)
        assert answer.status_code == status
        assert html.escape(words, quote=False) in answer.text
        assert 'value="Newcomer"' in answer.text
    elsewhere = await browser.post(
        f"{TALKS}/people", data=data, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert elsewhere.status_code == 403
    assert "Newcomer" not in await text_of(world, "coordinator", f"{TALKS}/people")
