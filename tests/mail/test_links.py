"""Links by mail: to sign in, to take a seat; the same for addresses that nobody has."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx2
import pytest
from checksum import state
from factories import NEG, World, client_of, confirmed, send_form, signed_in
from mail.post import Box, look
from sqlalchemy import event
from sqlmodel import select

from negotiations.models import Mail
from negotiations.models.mail import MailEnd

NOBODY = "nobody@example.net"


async def ask(world: World, address: str) -> httpx2.Response:
    return await send_form(world.nobody, "/sign-in", email=address)


@contextmanager
def statements(world: World) -> Iterator[list[str]]:
    """What was asked of the database meanwhile."""
    found: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        found.append(statement)

    engines = [one.sync_engine for one in world.database.requests.engines.values()]
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    yield found
    for engine in engines:
        event.remove(engine, "before_cursor_execute", note)


async def test_a_link_that_is_asked_for_comes_at_once_and_signs_in_once(world: World) -> None:
    box = Box()
    answer = await ask(world, " Head_X@Example.org ")
    assert answer.status_code == 200
    assert "a mail with a link is on its way" in answer.text
    assert await look(world, box) == 1
    letter = box.of("head_x")
    assert letter.text.subject == "Your sign-in link"
    [link] = re.findall(r"http://testserver(/sign-in/\S+)", letter.text.body)
    until = letter.text.body.partition("It works once, until ")[2].partition(":\n")[0]
    assert (
        letter.text.body
        == f"""\
Somebody, probably you, asked to sign in at http://testserver

Open this link and press its button. It works once, until {until}:
http://testserver{link}

If it wasn't you, leave it alone: nothing happens without the button.
"""
    )
    assert re.fullmatch(r"\w{3} \d+ \w{3} 20\d\d, \d\d:\d\d P[SD]T", until)
    for status in (303, 401):
        assert (await client_of(world.app).post(link)).status_code == status


async def test_an_address_that_nobody_has_is_answered_by_the_same_words_and_work(
    world: World,
) -> None:
    await ask(world, NOBODY)  # what only the first request of a process does is done
    done = {}
    for address in ("head_x@example.org", NOBODY):
        with statements(world) as asked:
            answer = await ask(world, address)
        text = answer.text.replace(address, "ADDRESS")
        headers = {**answer.headers, "x-request-id": "", "content-length": ""}
        done[address] = (answer.status_code, text, headers, asked)
    assert done["head_x@example.org"] == done[NOBODY]
    assert len(done[NOBODY][3]) > 2
    box = Box()
    assert await look(world, box) == 1
    assert box.to == ["head_x"]
    async with world.database.read() as db:
        rows = (await db.exec(select(Mail))).all()
    ends = sorted((row.address or "", row.ended_as) for row in rows)
    assert ends == [
        ("head_x@example.org", MailEnd.sent),
        (NOBODY, MailEnd.dropped),
        (NOBODY, MailEnd.dropped),
    ]


async def test_who_loses_an_address_is_told_there_and_links_go_to_the_new_one(world: World) -> None:
    box, path = Box(), f"{NEG}/people/{world.people['delegate_x']}"
    tag = (await world.coordinator.get(path)).headers["etag"]
    for change in ({"title": "Deputy"}, {"email": "elsewhere@example.org"}):
        answer = await world.coordinator.patch(path, json=change, headers={"If-Match": tag})
        assert answer.status_code == 200, answer.text
        tag = answer.headers["etag"]
    assert await look(world, box) == 1
    text = box.of("delegate_x").text
    assert text.subject == "[water-talks] Your mail address was changed"
    assert (
        text.body
        == """\
You had this address in the talks water-talks at http://testserver

The secretariat entered another one: mails and sign-in links go there now.

If you didn't ask for that, tell the secretariat at once, by telephone.
"""
    )
    box.empty()
    for address in ("delegate_x@example.org", "elsewhere@example.org"):
        await ask(world, address)
    await look(world, box)
    assert box.to == ["elsewhere"]


async def test_who_has_left_gets_no_link(world: World) -> None:
    box = Box()
    await ask(world, "former_delegate_x@example.org")
    assert await look(world, box) == 0


@pytest.mark.parametrize("address", ["head_x@example.org", NOBODY])
async def test_to_one_address_go_five_links_in_an_hour(world: World, address: str) -> None:
    answers = [await ask(world, address) for _ in range(6)]
    assert [one.status_code for one in answers] == [200] * 5 + [429]
    assert answers[-1].headers["retry-after"] == "3600"
    assert (await ask(world, "delegate_y@example.org")).status_code == 200
    world.clock.forward(hours=1)
    assert (await ask(world, address)).status_code == 200


async def test_what_is_no_address_and_a_form_of_others_are_refused(world: World) -> None:
    before = await state(world)
    # Else a browser sends `Origin: null` with this very form, over plain http.
    page = await world.nobody.get("/sign-in")
    assert page.headers["referrer-policy"] == "same-origin"
    answer = await ask(world, "head_x")
    assert answer.status_code == 422
    assert "is not a mail address" in answer.text
    assert (await world.nobody.post("/sign-in", data={"email": NOBODY})).status_code == 401
    foreign = {"Sec-Fetch-Site": "cross-site"}
    form = {"csrf": "x", "email": NOBODY}
    answer = await world.nobody.post("/sign-in", data=form, headers=foreign)
    assert answer.status_code == 403
    assert await state(world) == before


NEW = {"name": "Nice <b>", "email": "new@example.org", "role": "head", "party": "y"}


@pytest.mark.parametrize("way", ["page", "JSON"])
async def test_who_is_invited_gets_a_link_and_the_way_to_a_calendar(world: World, way: str) -> None:
    box = Box()
    if way == "JSON":
        answer = await world.coordinator.post(f"{NEG}/people", json={**NEW, "invite": True})
        assert answer.status_code == 201, answer.text
    else:
        browser = await signed_in(world, "coordinator")
        answer = await send_form(browser, "/n/water-talks/people", **NEW, invite="true")
        assert answer.status_code == 303, answer.text
    assert await look(world, box) == 1
    letter = box.of("new")
    [link] = re.findall(r"http://testserver(/sign-in/\S+)", letter.text.body)
    until = letter.text.body.partition("It works once, until ")[2].partition(":\n")[0]
    assert letter.text.subject == "[water-talks] You are invited"
    assert (
        letter.text.body
        == f"""\
You have been given a place as head in the talks water-talks at http://testserver

Open this link and press its button to sign in. It works once, until {until}:
http://testserver{link}

Later ask for another link with this mail address:
http://testserver/sign-in

Signed in, have your sessions in your own calendar, kept up to date:
http://testserver/feeds
How each program does that:
http://testserver/help

If you know nothing of these talks, leave this mail alone: nothing happens then.
"""
    )
    world.clock.forward(days=6)
    browser = client_of(world.app)
    assert (await browser.post(link)).status_code == 303
    assert (await browser.get("/n/water-talks")).status_code == 200


async def test_without_being_asked_for_or_an_address_nobody_is_invited(world: World) -> None:
    box = Box()
    answer = await world.coordinator.post(f"{NEG}/people", json=NEW)
    assert answer.status_code == 201
    before = await state(world)
    body = {"name": "New", "role": "delegate", "party": "y", "invite": True}
    answer = await world.coordinator.post(f"{NEG}/people", json=body)
    assert (answer.status_code, answer.json()["errors"]) == (
        422,
        [{"pointer": "/email", "detail": "Give the address that the invitation goes to."}],
    )
    assert await state(world) == before
    assert await look(world, box) == 0


async def test_who_is_put_out_before_the_invitation_goes_gets_none(world: World) -> None:
    made = await world.coordinator.post(f"{NEG}/people", json={**NEW, "invite": True})
    listed = (await world.coordinator.get(f"{NEG}/memberships")).json()["items"]
    seat = next(one for one in listed if one["person"] == made.json()["id"])
    path = f"{NEG}/memberships/{seat['id']}"
    tag = (await world.coordinator.get(path)).headers["etag"]
    assert (await world.coordinator.delete(path, headers={"If-Match": tag})).status_code == 200
    assert await look(world, Box()) == 0


async def test_a_thousand_invitations_meet_a_limit_and_leave_nobody_behind(world: World) -> None:
    """T59. (Fifty are made through the service, and as many more are refused as are tried.)"""
    codes = []
    for place in range(60):
        body = {**NEW, "role": "delegate", "email": f"new{place}@example.org", "invite": True}
        codes.append((await world.coordinator.post(f"{NEG}/people", json=body)).status_code)
    assert codes == [201] * 50 + [429] * 10
    named = [one["email"] for one in await everybody(world)]
    assert len([one for one in named if (one or "").startswith("new")]) == 50
    browser = await signed_in(world, "coordinator")
    given = {**NEW, "email": "more@example.org", "invite": "true"}
    answer = await send_form(browser, "/n/water-talks/people", **given)
    assert (answer.status_code, "Too many requests" in answer.text) == (429, True)
    world.clock.forward(hours=1)
    answer = await send_form(browser, "/n/water-talks/people", **given)
    assert answer.status_code == 303


async def everybody(world: World) -> list[dict[str, Any]]:
    items, path = [], f"{NEG}/people?limit=200"
    answer = (await world.coordinator.get(path)).json()
    items += answer["items"]
    return items


async def test_one_person_is_invited_three_times_a_day(world: World) -> None:
    codes = []
    for _ in range(4):
        made = await world.coordinator.post(f"{NEG}/people", json={**NEW, "invite": True})
        codes.append(made.status_code)
        listed = (await world.coordinator.get(f"{NEG}/memberships")).json()["items"]
        for seat in listed:
            if made.status_code == 201 and seat["person"] == made.json()["id"]:
                path = f"{NEG}/memberships/{seat['id']}"
                tag = (await world.coordinator.get(path)).headers["etag"]
                await world.coordinator.delete(path, headers={"If-Match": tag})
    assert codes == [201, 201, 201, 429]


async def test_what_opens_every_link_of_every_mail_changes_nothing(world: World) -> None:
    """T52: mail scanners."""
    box = Box()
    await confirmed(world, local_start="2030-11-05T10:00")
    await look(world, box)
    world.clock.forward(seconds=60)
    await ask(world, "head_x@example.org")
    await world.coordinator.post(f"{NEG}/people", json={**NEW, "invite": True})
    await look(world, box)
    links = {
        link
        for letter in box.letters
        for link in re.findall(r"https?://\S+", f"{letter.text.subject} {letter.text.body}")
    }
    assert len(links) == 8
    assert {link.partition("/")[0] for link in links} == {"http:"}
    assert {link.split("/")[2] for link in links} == {"testserver"}
    before = await state(world)
    for link in links:
        for _ in range(2):
            for verb in (world.nobody.get, world.nobody.head):
                answer = await verb(link)
                assert answer.status_code in (200, 303), link
    assert await state(world) == before


async def test_links_lead_to_the_set_address_whatever_host_was_asked(world: World) -> None:
    """T55."""
    box = Box()
    for place, headers in enumerate(
        (
            {"Host": "evil.example"},
            {"X-Forwarded-Host": "evil.example"},
            {"Forwarded": "host=evil.example"},
            {"X-Original-Host": "evil.example"},
        )
    ):
        page = await world.nobody.get("/sign-in", headers=headers)
        csrf = page.text.partition('name="csrf" value="')[2].partition('"')[0]
        form = {"csrf": csrf, "email": f"{list(world.people)[place]}@example.org"}
        await world.nobody.post("/sign-in", data=form, headers=headers)
    assert await look(world, box) == 4
    for letter in box.letters:
        assert "evil" not in letter.text.body + letter.message_id
        assert letter.message_id.endswith("@testserver>")


async def test_changes_can_be_turned_off_and_links_come_all_the_same(world: World) -> None:
    box = Box()
    browser = await signed_in(world, "head_x")
    page = (await browser.get("/me")).text
    assert 'name="by_mail" value="true" checked' in page
    base = page.partition('name="base" value="')[2].partition('"')[0]
    assert (await send_form(browser, "/me", base=base)).status_code == 303
    assert 'name="by_mail" value="true">' in (await browser.get("/me")).text
    assert (await send_form(browser, "/me", base=base, by_mail="true")).status_code == 412
    await confirmed(world, local_start="2030-11-05T10:00")
    await look(world, box)
    world.clock.forward(seconds=60)
    await ask(world, "head_x@example.org")
    await look(world, box)
    assert box.of("head_x").text.subject == "Your sign-in link"
    assert len(box.letters) == 6
