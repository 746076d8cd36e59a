"""The pages on which talks are set up, and the forms of commitments on a track's page."""

import re

import pytest
from browsing import TALKS, TO_SIGN_IN, base_of, text_of, told
from factories import NEG, World, send_form, signed_in

from negotiations.parties.setting_up import slug_of

SET_UP = f"{TALKS}/set-up"
PATHS = tuple(f"{SET_UP}/{name}" for name in ("jurisdictions", "issues", "window", "holidays"))


async def test_what_a_coordinator_adds_can_be_chosen_for_a_new_session(world: World) -> None:
    browser = await signed_in(world, "coordinator")
    assert f'href="{SET_UP}"' in await text_of(world, "coordinator", TALKS)
    added = await send_form(
        browser, PATHS[0], name="San José County", short_name="San José", city="San Jose",
        tz="America/Los_Angeles", slug="",
    )  # fmt: skip
    assert added.headers["location"] == f"{SET_UP}#jurisdictions"
    named = await send_form(
        browser, PATHS[0], name="Zed", short_name="Z", city="", tz="UTC", slug="z-2"
    )
    assert named.status_code == 303
    issue = await send_form(browser, PATHS[1], code="11.a", title="Leaks <all>")
    assert issue.headers["location"] == f"{SET_UP}#issues"
    text = await text_of(world, "coordinator", SET_UP)
    assert f'href="{TALKS}/tracks/san-jose">San José County</a>' in text
    assert "Leaks &lt;all&gt;" in text
    new = await text_of(world, "coordinator", f"{TALKS}/sessions/new")
    for one in ('<option value="san-jose">', '<option value="z-2">', 'value="11.a"'):
        assert one in new, one
    teams = (await world.coordinator.get(f"{NEG}/teams")).json()["items"]
    assert {"x", "san-jose", "z-2"} <= {one["party"] for one in teams}


async def test_wrong_forms_keep_what_was_typed(world: World) -> None:
    browser = await signed_in(world, "coordinator")
    typed = {"name": "Newcomer", "short_name": "New", "city": "Newtown", "tz": "Mars/Base",
             "slug": "No Slug"}  # fmt: skip
    answer = await send_form(browser, PATHS[0], **typed)
    assert answer.status_code == 422
    for name, value in typed.items():
        assert re.search(f'name="{name}" type="text" value="{value}"', answer.text), name
    assert re.findall(r'class="error" id="e-(\w+)"', answer.text) == ["tz", "slug"]
    taken = await send_form(browser, PATHS[0], **{**typed, "tz": "UTC", "slug": "x"})
    assert (taken.status_code, 'value="Newcomer"' in taken.text) == (409, True)
    assert taken.text.count('class="error"') == 1
    nothing = await send_form(browser, PATHS[0], short_name="--", name="N", tz="UTC")
    assert re.findall(r'class="error" id="e-(\w+)"', nothing.text) == ["slug"]
    issue = await send_form(browser, PATHS[1], code="no code", title="Kept title")
    assert (issue.status_code, 'value="Kept title"' in issue.text) == (422, True)
    assert re.findall(r'class="error" id="e-(\w+)"', issue.text) == ["code"]
    again = await send_form(browser, PATHS[1], code="10", title="Kept title")
    assert (again.status_code, 'value="Kept title"' in again.text) == (409, True)
    text = await text_of(world, "coordinator", SET_UP)
    assert "Newcomer" not in text
    assert "Kept title" not in text


async def test_the_window_is_set_from_the_version_that_was_seen(world: World) -> None:
    browser = await signed_in(world, "coordinator")
    base = base_of(await browser.get(SET_UP))
    days = {"opens_on": "2030-02-01", "closes_on": "2030-01-01"}
    wrong = await send_form(browser, PATHS[2], base=base, **days)
    assert (wrong.status_code, 'value="2030-02-01"' in wrong.text) == (422, True)
    assert re.findall(r'class="error" id="e-(\w+)"', wrong.text) == ["closes_on"]
    done = await send_form(browser, PATHS[2], base=base, **{**days, "closes_on": ""})
    assert told(done) == f"303 {SET_UP}#window"
    talks = (await world.coordinator.get(NEG)).json()
    assert (talks["opens_on"], talks["closes_on"]) == ("2030-02-01", None)
    stale = await send_form(browser, PATHS[2], base=base, opens_on="2031-03-03", closes_on="")
    assert (stale.status_code, 'value="2031-03-03"' in stale.text) == (412, True)
    assert base_of(stale) != base


async def test_holidays_are_set_one_on_each_line(world: World) -> None:
    browser = await signed_in(world, "coordinator")
    base = base_of(await browser.get(SET_UP))
    wrong = await send_form(browser, PATHS[3], base=base, holidays="2030-07-04\n4 July\n\n1960-1-1")
    assert wrong.status_code == 422
    assert "2030-07-04\n4 July" in wrong.text
    assert re.findall(r'id="e-holidays">(.*?)</p>', wrong.text) == [
        (
            "Entry 2: Is a date, as 2010-11-11. "
            "Entry 3: Lies outside the years 1971 to 2199; correct the year."
        )
    ]
    days = "2030-12-25\r\n2030-07-04\r\n2030-12-25\r\n"
    done = await send_form(browser, PATHS[3], base=base, holidays=days)
    assert told(done) == f"303 {SET_UP}#holidays"
    assert (await world.delegate_x.get(NEG)).json()["holidays"] == ["2030-07-04", "2030-12-25"]
    assert "2030-07-04\n2030-12-25</textarea>" in await text_of(world, "coordinator", SET_UP)
    stale = await send_form(browser, PATHS[3], base=base, holidays="")
    assert stale.status_code == 412
    none = await send_form(browser, PATHS[3], base=base_of(stale), holidays=" ")
    assert told(none) == f"303 {SET_UP}#holidays"
    assert (await world.coordinator.get(NEG)).json()["holidays"] == []


@pytest.mark.parametrize(
    ("name", "status"),
    [("head_x", 403), ("note_taker", 403), ("agency_head", 403), ("coordinator_elsewhere", 404)],
)
async def test_only_the_coordinator_sets_up(world: World, name: str, status: int) -> None:
    browser = await signed_in(world, name)
    assert (await browser.get(SET_UP)).status_code == status
    for path in PATHS:
        answer = await send_form(browser, path, name="N", short_name="N", tz="UTC", code="77",
                                 title="Sneaked")  # fmt: skip
        assert answer.status_code == status, path
    if status == 403:
        assert SET_UP not in await text_of(world, name, TALKS)
    assert "Sneaked" not in await text_of(world, "coordinator", SET_UP)


async def test_nobody_is_sent_to_sign_in(world: World) -> None:
    assert told(await world.nobody.get(SET_UP)) == TO_SIGN_IN
    assert (await world.nobody.post(PATHS[1], data={"code": "1"})).status_code == 401


async def test_talks_without_a_jurisdiction_say_what_comes_next(world: World) -> None:
    browser = await signed_in(world, "coordinator_elsewhere")
    empty = await browser.get("/n/other-talks")
    assert "enter the jurisdictions and the issues" in empty.text
    assert "/sessions/new" not in empty.text
    await send_form(
        browser, "/n/other-talks/set-up/jurisdictions", name="V", short_name="V", tz="UTC"
    )
    begun = await browser.get("/n/other-talks")
    assert "enter the jurisdictions and the issues" not in begun.text
    assert "/sessions/new" in begun.text


@pytest.mark.parametrize(
    ("short_name", "slug"),
    [("Los Angeles", "los-angeles"), (" D.C. ", "d-c"), ("São Paulo", "sao-paulo"), ("東京", "")],
)
def test_an_address_is_made_of_the_short_name(short_name: str, slug: str) -> None:
    assert slug_of(short_name) == slug


async def promised(world: World, text: str = "Send meters", **more: str) -> str:
    """A commitment of x; its id."""
    answer = await world.coordinator.post(
        f"{NEG}/commitments", json={"jurisdiction": "x", "owner": "x", "text": text, **more}
    )
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def test_a_head_ends_the_commitment_of_the_own_side(world: World) -> None:
    one = await promised(world)
    path = f"{TALKS}/commitments/{one}"
    browser = await signed_in(world, "head_x")
    base = base_of(await browser.get(f"{TALKS}/tracks/x"))
    done = await send_form(browser, path, base=base, status="done", evidence="Letter of 3 May")
    assert done.headers["location"] == f"{TALKS}/tracks/x#c-{one}"
    text = await text_of(world, "delegate_x", f"{TALKS}/tracks/x")
    assert "Letter of 3 May" in text
    assert path not in text  # no form for delegates
    own = await text_of(world, "head_x", f"{TALKS}/tracks/x")
    assert f'<form method="post" action="{path}"' not in own
    assert f'href="{path}"' in own
    stale = await send_form(browser, path, base=base, status="open", evidence="Kept words")
    assert (stale.status_code, 'value="Kept words"' in stale.text) == (412, True)
    emptied = await send_form(browser, path, base=base_of(stale), status="disputed", evidence="")
    assert emptied.status_code == 303
    seen = (await world.coordinator.get(f"{NEG}/commitments/{one}")).json()
    assert (seen["status"], seen["evidence"], seen["text"]) == ("disputed", None, "Send meters")


async def test_a_wrong_commitment_form_keeps_what_was_typed(world: World) -> None:
    path = f"{TALKS}/commitments/{await promised(world, evidence='One' + chr(10) + 'two')}"
    browser = await signed_in(world, "coordinator")
    page = await browser.get(f"{TALKS}/tracks/x")
    assert "<textarea" in page.text  # a line break isn't lost by saving
    words = "long " * 250
    wrong = await send_form(browser, path, base=base_of(page), status="finished", evidence=words)
    assert (wrong.status_code, words in wrong.text) == (422, True)
    assert re.findall(r'class="error" id="e-(\w+)"', wrong.text) == ["status", "evidence"]


async def test_other_sides_change_nothing(world: World) -> None:
    one = await promised(world)
    path = f"{TALKS}/commitments/{one}"
    base = base_of(await (await signed_in(world, "head_x")).get(f"{TALKS}/tracks/x"))
    for name, status in (
        ("delegate_y", 404), ("coordinator_elsewhere", 404), ("agency_head", 403),
        ("delegate_x", 403), ("party_note_taker_x", 403),
    ):  # fmt: skip
        browser = await signed_in(world, name)
        answer = await send_form(browser, path, base=base, status="done")
        assert (name, answer.status_code) == (name, status)
        assert (await browser.get(path)).status_code == status
    assert path not in await text_of(world, "agency_head", f"{TALKS}/tracks/x")
    seen = (await world.coordinator.get(f"{NEG}/commitments/{one}")).json()
    assert seen["status"] == "open"
