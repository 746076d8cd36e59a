"""The page of a poll: its forms ask, answer and choose, without script."""

import re
from html import unescape

from factories import World, in_days, propose, send_form, signed_in
from polls.asking import asked


async def shown(world: World, name: str, session: str) -> str:
    page = await (await signed_in(world, name)).get(f"/s/{session}/poll")
    assert page.status_code == 200
    return page.text


def hidden(text: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', text)
    assert found, name
    return unescape(found[1])


def table_of(text: str) -> list[list[str]]:
    """The cells of the first table, as words."""
    table = text[text.index("<tbody>") : text.index("</tbody>")]
    rows = table.split("<tr>")[1:]
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in rows]
    return [
        [" ".join(unescape(re.sub("<[^>]+>", " ", one)).split()) for one in row] for row in cells
    ]


async def test_the_coordinator_asks_with_a_form(world: World) -> None:
    session = await propose(world)
    browser = await signed_in(world, "coordinator")
    page = (await browser.get(f"/s/{session['id']}")).text
    assert "Ask about several times" in page
    form = await shown(world, "coordinator", session["id"])
    answer = await send_form(
        browser,
        f"/s/{session['id']}/poll",
        base=hidden(form, "base"),
        due_on=in_days(5)[:10],
        tz="America/Los_Angeles",
        **{
            "options/0/date": in_days(11)[:10], "options/0/start": "10:00",
            "options/0/end": "12:00", "options/1/date": "",
            "options/2/date": in_days(12)[:10], "options/2/start": "9:00",
            "options/2/end": "11:00",
        },
    )  # fmt: skip
    assert answer.status_code == 303, answer.text
    after = await shown(world, "head_x", session["id"])
    assert [row[1:3] for row in table_of(after)] == [["no answer yet", "no answer yet"]] * 2
    assert (
        "See and answer"
        in (await (await signed_in(world, "head_x")).get(f"/s/{session['id']}")).text
    )


async def test_a_new_session_may_be_asked_about_with_several_times_at_once(world: World) -> None:
    browser = await signed_in(world, "coordinator")
    page = (await browser.get("/n/water-talks/sessions/new")).text
    assert "Propose, and ask about more times" in page
    answer = await send_form(
        browser, "/n/water-talks/sessions/new", jurisdiction="x", date=in_days(10)[:10],
        start="10:00", end="12:00", tz="America/Los_Angeles", then="poll",
    )  # fmt: skip
    assert (answer.status_code, answer.headers["location"][-5:]) == (303, "/poll")
    assert "Ask about these times" in (await browser.get(answer.headers["location"])).text


async def test_what_is_wrong_with_a_time_stands_beside_its_row(world: World) -> None:
    session = await propose(world)
    browser = await signed_in(world, "coordinator")
    form = await shown(world, "coordinator", session["id"])
    answer = await send_form(
        browser,
        f"/s/{session['id']}/poll",
        base=hidden(form, "base"),
        due_on=in_days(5)[:10],
        tz="America/Los_Angeles",
        **{
            "options/1/date": in_days(10)[:10], "options/1/start": "11:00",
            "options/1/end": "13:00",
        },
    )  # fmt: skip
    assert answer.status_code == 422
    assert 'id="e-options/1/start"' in answer.text
    assert "which the session has already. Choose times apart." in answer.text
    assert f'value="{in_days(10)[:10]}"' in answer.text


async def test_a_head_answers_and_chooses_on_the_page(world: World) -> None:
    poll = await asked(world)
    session, options = poll["session"], poll["options"]
    browser = await signed_in(world, "head_x")
    page = await shown(world, "head_x", session)
    ticked = {
        "answer/0/option": options[0]["id"], "answer/0/said": "if_need_be",
        "answer/1/option": options[1]["id"], "answer/1/said": "no",
        "answer/2/option": options[2]["id"],
    }  # fmt: skip
    sealed = {"base": hidden(page, "base"), "poll": poll["id"]}
    answer = await send_form(browser, f"/s/{session}/poll/answer", **sealed, **ticked)
    assert answer.status_code == 303, answer.text
    page = await shown(world, "agency_head", session)
    said = "The head_x, signed in"
    assert [row[2] for row in table_of(page)] == [
        f"if need be {said}", f"no {said}", "no answer yet",
    ]  # fmt: skip
    page = await shown(world, "head_x", session)
    answer = await send_form(
        browser, f"/s/{session}/poll/choose", base=hidden(page, "base"), poll=poll["id"],
        option=options[2]["id"],
    )  # fmt: skip
    assert answer.status_code == 303, answer.text
    page = await shown(world, "coordinator", session)
    assert "A time was chosen" in page
    assert "It isn’t confirmed yet: Agency hasn't accepted it." in unescape(page)
    assert [row[-1] for row in table_of(page)] == ["released", "released", "chosen"]


async def test_the_schedule_and_what_waits_lead_there(world: World) -> None:
    poll = await asked(world)
    link = f'<a href="/s/{poll["session"]}/poll">X / Agency: session 1</a>'
    for name, seen in (("head_x", True), ("agency_head", True), ("delegate_y", False)):
        browser = await signed_in(world, name)
        page = (await browser.get("/n/water-talks/schedule")).text
        assert ("Times asked about" in page, link in page) == (seen, seen)
        assert (link in (await browser.get("/")).text) is seen


async def test_nobody_else_sees_the_page(world: World) -> None:
    poll = await asked(world)
    browser = await signed_in(world, "delegate_y")
    assert (await browser.get(f"/s/{poll['session']}/poll")).status_code == 404
    page = await shown(world, "delegate_x", poll["session"])
    assert "Choose this" not in page
    assert "Ask about one time more" not in page


async def test_the_form_asks_which_of_two_equal_hours_is_meant(world: World) -> None:
    session = await propose(world)
    browser = await signed_in(world, "coordinator")
    form = await shown(world, "coordinator", session["id"])
    sent = {
        "base": hidden(form, "base"), "due_on": in_days(5)[:10], "tz": "America/Los_Angeles",
        "options/0/date": "2030-11-03", "options/0/start": "01:30", "options/0/end": "02:30",
    }  # fmt: skip
    answer = await send_form(browser, f"/s/{session['id']}/poll", **sent)
    assert answer.status_code == 422
    assert 'id="f-fold"' in answer.text
    answer = await send_form(browser, f"/s/{session['id']}/poll", **sent, fold="1")
    assert answer.status_code == 303, answer.text


async def test_a_time_more_and_a_time_less_and_the_end_of_it_on_the_page(world: World) -> None:
    poll = await asked(world, 11, 12)
    at, browser = f"/s/{poll['session']}/poll", await signed_in(world, "coordinator")

    async def send(name: str, **fields: str) -> int:
        base = hidden(await shown(world, "coordinator", poll["session"]), "base")
        answer = await send_form(browser, f"{at}/{name}", base=base, poll=poll["id"], **fields)
        return answer.status_code

    more = {"date": in_days(14)[:10], "start": "10:00", "end": "11:00", "tz": "America/New_York"}
    assert await send("offer", **more) == 303
    assert await send("offer", **more) == 422
    assert await send("withdraw", option=poll["options"][0]["id"]) == 303
    assert await send("answer") == 422
    said = {"answer/0/option": poll["options"][1]["id"], "answer/0/said": "yes"}
    assert await send("answer", **said) == 422
    assert await send("answer", **said, party="x", how="by telephone") == 303
    assert await send("close", reason="") == 422
    assert await send("close", reason="We wait") == 303
    page = await shown(world, "head_x", poll["session"])
    assert "Closed without a choice" in page
    assert "We wait" in page
    assert [row[-1] for row in table_of(page)] == ["released"] * 3
