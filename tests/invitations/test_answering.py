"""The link of an invitation: for one person and one session, without signing in."""

import re

from factories import NEG, World, act, caucus_body, client_of, in_days
from invitations.inviting import able, choose, first_invitation, invited, move, rsvp_of
from mail.post import Box, later

from negotiations.invitations import signing
from negotiations.mail.encoding import Letter

LINK = re.compile(r"http://testserver(/answer/[a-z2-7]{58})")


def link(letter: Letter) -> str:
    [path] = set(LINK.findall(letter.text.body))
    return str(path)


async def test_looking_changes_nothing_and_a_button_answers(world: World) -> None:
    session, letter = await first_invitation(world)
    browser, path = client_of(world.app), link(letter)
    for _ in range(2):
        for method in ("GET", "HEAD"):
            seen = await browser.request(method, path)
            assert seen.status_code == 200
    assert await rsvp_of(world, session) == ("none", None)
    page = (await browser.get(path)).text
    assert "Tue 5 Nov 2030, 10:00 to 12:00 PST (Los Angeles)" in page
    for value, rsvp in (("accepted", "accepted"), ("tentative", "tentative"), ("declined",) * 2):
        world.clock.forward(seconds=1)
        answer = await browser.post(path, data={"answer": value})
        assert (answer.status_code, answer.headers["location"]) == (303, f"{path}?answered")
        assert await rsvp_of(world, session) == (rsvp, "link")
    page = (await browser.get(f"{path}?answered")).text
    assert "Your answer is written down" in page and "I don\u2019t come" in page
    shown = (await browser.get(path)).headers
    assert (shown["cache-control"], shown["referrer-policy"]) == ("no-store", "strict-origin")
    assert "set-cookie" not in shown


async def test_an_answer_counts_for_the_time_that_was_shown(world: World) -> None:
    session, letter = await first_invitation(world)
    browser, path = client_of(world.app), link(letter)
    [shown] = re.findall(r'name="sequence" value="(\d+)"', (await browser.get(path)).text)
    await move(world, session, "2030-11-07T14:00")
    answer = await browser.post(path, data={"answer": "accepted", "sequence": shown})
    assert answer.status_code == 409
    assert "This session has changed since you opened the page" in answer.text
    assert "Thu 7 Nov 2030, 14:00 to 16:00 PST" in answer.text
    assert await rsvp_of(world, session) == ("none", None)
    [shown] = re.findall(r'name="sequence" value="(\d+)"', answer.text)
    answer = await browser.post(path, data={"answer": "accepted", "sequence": shown})
    assert (answer.status_code, await rsvp_of(world, session)) == (303, ("accepted", "link"))


async def test_what_was_answered_of_another_time_is_not_shown_as_said_of_this_one(
    world: World,
) -> None:
    session, letter = await first_invitation(world)
    browser, path = client_of(world.app), link(letter)
    await browser.post(path, data={"answer": "accepted"})
    await move(world, session, "2030-11-07T14:00")
    page = (await browser.get(path)).text
    assert "none yet (to another time: I come)" in page and "aria-pressed" not in page


async def test_both_clocks_are_shown(world: World) -> None:
    _, letter = await first_invitation(world, "agency_head")
    page = (await client_of(world.app).get(link(letter))).text
    assert "10:00 to 12:00 PST (Los Angeles) \u00b7 13:00 EST your time" in page


async def test_links_that_nobody_was_given_are_not_there(world: World) -> None:
    session, letter = await first_invitation(world)
    browser, path = client_of(world.app), link(letter)
    unknown = await browser.get("/answer/nothing")
    altered = path[:-5] + ("a" if path[-5] != "a" else "b") + path[-4:]
    key, people = world.settings.secret_key, world.people

    def given(by: str, name: str, address: str) -> str:
        token = signing.answer_token(by, people[name], session, f"{address}@example.org")
        return f"/answer/{token}"

    for one in (
        altered, path.upper(), path + "a", path[:-1], f"/answer/{'a' * 58}",
        # Of somebody who can't see the session, and one for another mail address of theirs.
        given(key, "delegate_y", "delegate_y"), given(key, "head_x", "old"),
        given("j" * 40, "head_x", "head_x"),
    ):  # fmt: skip
        for method in ("GET", "POST"):
            found = await browser.request(method, one, data={"answer": "accepted"})
            assert (found.status_code, found.content) == (404, unknown.content), one
    assert await rsvp_of(world, session) == ("none", None)


async def test_what_is_no_answer_is_told_so(world: World) -> None:
    session, letter = await first_invitation(world)
    browser, path = client_of(world.app), link(letter)
    for data in ({"other": "x"}, {"answer": "needs_action"}, {"answer": "yes"}):
        answer = await browser.post(path, data=data)
        assert (answer.status_code, "accepted, tentative, declined" in answer.text) == (400, True)
    foreign = {"Origin": "https://evil.example"}
    answer = await browser.post(path, data={"answer": "accepted"}, headers=foreign)
    assert answer.status_code == 403
    assert await rsvp_of(world, session) == ("none", None)


async def test_it_ends_with_the_session_and_with_the_seat(world: World) -> None:
    session, letter = await first_invitation(world, "delegate_x")
    browser, path = client_of(world.app), link(letter)
    await act(world.coordinator, session, "cancel", {"reason": "Off"})
    for answer in (await browser.get(path), await browser.post(path, data={"answer": "accepted"})):
        assert (answer.status_code, "nothing to answer any more" in answer.text) == (409, True)
    listed = (await world.coordinator.get(f"{NEG}/memberships")).json()["items"]
    seat = next(one for one in listed if one["person"] == world.people["delegate_x"])
    where = f"{NEG}/memberships/{seat['id']}"
    tag = (await world.coordinator.get(where)).headers["etag"]
    await world.coordinator.delete(where, headers={"If-Match": tag})
    assert (await browser.get(path)).status_code == 404


async def test_who_said_not_to_come_does_not_stand_in_calendars(world: World) -> None:
    session, letter = await first_invitation(world, "delegate_x")
    browser, path = client_of(world.app), link(letter)
    feed = world.feeds["delegate_x"]
    await browser.post(path, data={"answer": "accepted"})
    assert "With: The delegate_x" in (await browser.get(feed)).text.replace("\r\n ", "")
    world.clock.forward(seconds=1)
    await browser.post(path, data={"answer": "declined"})
    assert "With:" not in (await browser.get(feed)).text
    assert session


async def test_what_the_secretariat_enters_is_no_answer_of_theirs(world: World) -> None:
    session, letter = await first_invitation(world)
    await client_of(world.app).post(link(letter), data={"answer": "accepted"})
    path = f"/api/v1/sessions/{session}/attendance"
    for rsvp, by in (("accepted", "link"), ("declined", None)):
        seen = await world.coordinator.get(path)
        items = [{"person": world.people["head_x"], "rsvp": rsvp}]
        answer = await world.coordinator.put(
            path, json={"items": items}, headers={"If-Match": seen.headers["etag"]}
        )
        assert answer.status_code == 200, answer.text
        assert await rsvp_of(world, session) == (rsvp, by)


async def test_a_caucus_invites_its_own_side_and_says_nothing_of_why(world: World) -> None:
    able(world)
    for name in ("delegate_x", "head_x", "delegate_y", "agency_delegate", "coordinator",
                 "note_taker"):  # fmt: skip
        await choose(world, name, invitations=True)
    made = await world.head_x.post(f"{NEG}/caucuses", json={"name": "Ours", "parties": ["x"]})
    body = caucus_body(made.json()["id"], local_start=in_days(9), agenda=[{"title": "Our limit"}])
    session = (await world.head_x.post(f"{NEG}/sessions", json=body)).json()
    answer = await act(world.head_x, session["id"], "confirm")
    assert answer.status_code == 200, answer.text
    letters = invited(await later(world, Box()))
    assert [one.to for one in letters] == ["delegate_x@example.org", "head_x@example.org"]
    for one in letters:
        assert one.text.calendar is not None
        assert b"DESCRIPTION" not in one.text.calendar.body
        assert b"Our limit" not in one.text.calendar.body and "Our limit" not in one.text.body
    path = link(letters[0])
    answer = await client_of(world.app).post(path, data={"answer": "accepted"})
    assert answer.status_code == 303, answer.text
    items = (await world.head_x.get(f"/api/v1/sessions/{session['id']}/attendance")).json()["items"]
    assert [(one["person"], one["answered_by"]) for one in items] == [
        (world.people["delegate_x"], "link")
    ]
