"""An invitation sent again, mails that are counted, and where they go without a server."""

import re
from pathlib import Path

import pytest
from browsing import TALKS, seat_of, told
from checksum import state
from factories import NEG, World, confirmed, in_days, propose, send_form, signed_in
from mail.post import Box, later, look
from running import serving
from test_health import value

from negotiations.mail.sending import remark
from negotiations.settings import Settings


async def test_a_coordinator_sends_an_invitation_again_three_times_a_day(world: World) -> None:
    browser, box = await signed_in(world, "coordinator"), Box()
    path = f"{TALKS}/people/{await seat_of(world, 'head_x')}"
    page = (await browser.get(path)).text
    assert f'action="{path}/invite"' in page
    assert "A mail to head_x@example.org with a new link" in page
    for _ in range(3):
        answer = await send_form(browser, f"{path}/invite")
        assert told(answer) == f"303 {path}"
    shown = (await browser.get(answer.headers["location"])).text
    assert "The invitation is on its way to head_x@example.org." in shown
    refused = await send_form(browser, f"{path}/invite")
    assert (refused.status_code, "Too many requests" in refused.text) == (429, True)
    assert await look(world, box) == 3
    assert box.to == ["head_x"] * 3
    links = {link for one in box.letters for link in re.findall(r"/sign-in/\S+", one.text.body)}
    assert len(links) == 3


async def test_nobody_else_sends_one_and_nobody_without_a_seat_or_an_address_gets_one(
    world: World,
) -> None:
    body = {"name": "No address", "role": "delegate", "party": "x"}
    bare = (await world.coordinator.post(f"{NEG}/people", json=body)).json()
    path = f"{TALKS}/people/{await seat_of(world, 'delegate_x')}"
    refused = {"head_x": 403, "delegate_y": 404, "coordinator_elsewhere": 404}
    browsers = {name: await signed_in(world, name) for name in refused}
    browser = await signed_in(world, "coordinator")
    before = await state(world)
    for name, status in refused.items():
        answer = await send_form(browsers[name], f"{path}/invite")
        assert answer.status_code == status, name
    without = f"{TALKS}/people/{bare['membership']}"
    assert "Without a mail address nobody can be invited." in (await browser.get(without)).text
    assert (await send_form(browser, f"{without}/invite")).status_code == 422
    assert await state(world) == before
    seat = f"{NEG}/memberships/{bare['membership']}"
    tag = (await world.coordinator.get(seat)).headers["etag"]
    assert (await world.coordinator.delete(seat, headers={"If-Match": tag})).status_code == 200
    assert (await send_form(browser, f"{without}/invite")).status_code == 409


async def test_mails_about_changes_are_turned_off_and_on_in_json(world: World) -> None:
    path, box = "/api/v1/me", Box()
    seen = await world.head_x.get(path)
    assert seen.json()["by_mail"] is True
    tag = {"If-Match": seen.headers["etag"]}
    off = await world.head_x.patch(path, json={"by_mail": False}, headers=tag)
    assert (off.status_code, off.json()) == (200, {**seen.json(), "by_mail": False})
    stale = await world.head_x.patch(path, json={"by_mail": True}, headers=tag)
    assert stale.status_code == 412
    checked = re.compile(r'name="by_mail"[^>]* checked')
    assert not checked.search((await (await signed_in(world, "head_x")).get("/me")).text)
    await propose(world)
    await later(world, box, 70)
    assert "head_x" not in box.to
    tag = {"If-Match": off.headers["etag"]}
    on = await world.head_x.patch(path, json={"by_mail": True}, headers=tag)
    assert on.json() == seen.json()
    await propose(world, local_start=in_days(50))
    assert "head_x" in [one.to.partition("@")[0] for one in await later(world, box, 70)]


async def counted(world: World) -> list[float]:
    exposed = (await world.nobody.get("/metrics")).text
    return [value(exposed, "mails", state=one) for one in ("waiting", "failing", "given_up")]


async def test_mails_that_wait_fail_and_are_given_up_are_counted(world: World) -> None:
    assert await counted(world) == [0, 0, 0]
    browser = await signed_in(world, "coordinator")
    for name in ("head_x", "delegate_x"):
        await send_form(browser, f"{TALKS}/people/{await seat_of(world, name)}/invite")
    assert await counted(world) == [2, 0, 0]
    box = Box(down=True)
    await look(world, box)
    assert await counted(world) == [2, 1, 0]  # the second wasn't tried
    for _ in range(80):
        world.clock.forward(hours=1)
        await look(world, box)
    assert await counted(world) == [0, 0, 2]


async def test_mails_that_no_request_may_see_are_counted_as_well(world: World) -> None:
    """PostgreSQL shows those about changes to ticks alone; who runs the service counts them all."""
    await confirmed(world)
    box = Box(down=True)
    await look(world, box)
    waiting = (await counted(world))[0]
    assert waiting > 4
    world.clock.forward(minutes=1)
    await look(world, box)
    assert await counted(world) == [waiting, 1, 0]


def test_without_a_server_the_start_says_where_mails_go(tmp_path: Path) -> None:
    given = {"database_url": f"sqlite:///{tmp_path}/a.db", "mail_folder": f"{tmp_path}/mail"}
    where = f"Mails go into files in {tmp_path}/mail (set NEGOTIATIONS_SMTP_URL to send them)"
    assert remark(Settings(**given)) == f"{where}."
    (tmp_path / "mail").write_text("no folder")
    assert remark(Settings(**given)) == f"{where}; nothing can be written there."
    server = {"smtp_url": "smtp://localhost", "mail_from": "talks@example.org"}
    assert remark(Settings(**given, **server)) == ""


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_serve_says_it_on_the_console(database_url: str, tmp_path: Path) -> None:
    with serving(database_url, MAIL_FOLDER=f"{tmp_path}/mail") as (process, _):
        assert process.stdout is not None
        assert process.stdout.readline().startswith("Serving ")
        assert (
            process.stdout.readline()
            == remark(Settings(database_url=database_url, mail_folder=f"{tmp_path}/mail")) + "\n"
        )
