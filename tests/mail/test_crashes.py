"""What goes wrong on the way: nothing is lost. (faults/test_crashes kills the senders.)"""

import asyncio
import os
import subprocess
import sys
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

from factories import World, confirmed, send_form
from mail.post import AT_X, Box, later, look
from mail.receiver import Receiver, receiving
from running import COMMAND
from sqlalchemy import text
from sqlmodel import select

from negotiations.mail import queries
from negotiations.mail.jobs import Office
from negotiations.mail.sending import Smtp
from negotiations.models import Mail
from negotiations.models.mail import MailEnd

SCRIPT = str(Path(__file__).parent / "draining.py")


def begin(world: World, receiver: Receiver, now: datetime) -> subprocess.Popen[bytes]:
    words = [sys.executable, SCRIPT, world.settings.database_url, receiver.url, now.isoformat()]
    return subprocess.Popen(words, stderr=subprocess.PIPE)


async def ended(*processes: subprocess.Popen[bytes]) -> list[int]:
    """Their exit codes; what they said where they shouldn't have ended."""
    told = [await asyncio.to_thread(one.communicate, timeout=120) for one in processes]
    codes = [one.returncode for one in processes]
    assert set(codes) == {0}, told
    return codes


async def ends(world: World) -> Counter[MailEnd | None]:
    async with world.database.read() as db:
        return Counter(row.ended_as for row in (await db.exec(select(Mail))).all())


async def test_of_two_processes_at_once_each_mail_goes_once(world: World) -> None:
    for day in range(5, 9):
        await confirmed(world, local_start=f"2030-11-{day:02}T10:00")
    with receiving() as receiver:
        # They gather at the same time as well.
        now = world.clock.now() + timedelta(minutes=1)
        for after in (0, 11):
            both = [begin(world, receiver, now + timedelta(seconds=after)) for _ in range(2)]
            assert await ended(*both) == [0, 0]
        people = Counter(to.partition("@")[0] for _, [to], _ in receiver.taken)
    assert people == dict.fromkeys(AT_X, 1)
    assert await ends(world) == {MailEnd.sent: 6}


async def test_what_a_server_that_is_down_did_not_take_is_sent_later(world: World) -> None:
    box = Box(down=True)
    await confirmed(world, local_start="2030-11-05T10:00")
    assert await later(world, box) == []
    tried = await tries(world)
    assert sorted(tried.values()) == [0, 0, 0, 0, 0, 1]  # the others would fare no better
    for _ in range(40):
        world.clock.forward(seconds=10)
        await look(world, box)
    async with world.database.read() as db:
        standing = await queries.standing(db)
    assert str(standing) == "6 waiting (6 couldn't be sent yet: ConnectionRefusedError 111)"
    assert {*(await tries(world)).values()} == {2, 3}
    box.down = False
    for _ in range(90):
        world.clock.forward(seconds=10)
        await look(world, box)
    assert box.to == sorted(AT_X)
    assert await ends(world) == {MailEnd.sent: 6}


async def tries(world: World) -> dict[str, int]:
    async with world.database.read() as db:
        return {row.id: row.tries for row in (await db.exec(select(Mail))).all()}


async def test_what_nobody_takes_for_days_is_given_up_shown_and_can_be_tried_again(
    world: World,
) -> None:
    await confirmed(world, local_start="2030-11-05T10:00")
    with receiving() as receiver:
        receiver.refuses = {"head_x@example.org"}
        post = Smtp(receiver.url, "talks@example.org")
        await later(world, post)
        assert len(receiver.taken) == 5  # one that is refused holds up no other
        hours = 0
        while MailEnd.given_up not in await ends(world):
            world.clock.forward(hours=1)
            hours += 1
            await Office(world.settings, post).send_due(world.database, world.clock)
        assert 70 < hours < 90
        url = world.settings.database_url
        told = [beside(url, *words) for words in (("doctor",), ("mail", "list"))]
        for one in told:
            assert "0 waiting, 1 given up (SMTPRecipientRefused 550)" in one
        assert "into files in" in told[0]
        assert "changes  given up  10 tries  SMTPRecipientRefused 550" in told[1]
        assert "example.org" not in told[1]
        receiver.refuses = set()
        assert beside(url, "mail", "retry") == "1 mails are tried again.\n"
        await look(world, post)
    assert await ends(world) == {MailEnd.sent: 6}


def beside(url: str, *words: str) -> str:
    env = {**os.environ, "NEGOTIATIONS_DATABASE_URL": url}
    done = subprocess.run(
        [*COMMAND, *words], capture_output=True, text=True, env=env, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


async def test_a_link_that_cannot_go_is_given_up_within_the_hour(world: World) -> None:
    box = Box(down=True)
    await send_form(world.nobody, "/sign-in", email="head_x@example.org")
    for _ in range(60):
        await look(world, box)
        world.clock.forward(minutes=1)
    assert await ends(world) == {MailEnd.given_up: 1}


async def test_a_mail_that_cannot_be_written_is_kept_and_holds_up_no_other(world: World) -> None:
    box = Box()
    await confirmed(world, local_start="2030-11-05T10:00")
    await look(world, box)
    await sql(world, "UPDATE outbox_event SET type = 'session.other' WHERE type = :it", CONFIRMED)
    await send_form(world.nobody, "/sign-in", email="delegate_y@example.org")
    assert [letter.to for letter in await later(world, box)] == ["delegate_y@example.org"]
    async with world.database.read() as db:
        assert (await queries.standing(db)).failure == "writing: KeyError"
    await sql(world, "UPDATE outbox_event SET type = :it WHERE type = 'session.other'", CONFIRMED)
    assert len(await later(world, box, 60)) == 6


async def test_rows_that_nobody_can_read_hold_up_no_other(world: World) -> None:
    box = Box()
    await confirmed(world, local_start="2030-11-05T10:00")
    await sql(
        world, "UPDATE person SET email = 'no address' WHERE id = :it", world.people["head_x"]
    )
    await sql(world, "UPDATE outbox_event SET payload = '[1]' WHERE type = :it", CONFIRMED)
    letters = await later(world, box)
    assert [letter.text.subject for letter in letters] == [
        "[water-talks] Proposed: X / Agency: session 1"
    ]
    assert await ends(world) == {MailEnd.sent: 1, MailEnd.dropped: 5}


CONFIRMED = "session.confirmed"


async def sql(world: World, statement: str, it: str) -> None:
    async with world.database.write() as db:
        await db.exec(text(statement), params={"it": it})  # type: ignore[call-overload]
