"""Mails and webhooks that are stuck: the coordinator is shown it on `/`, without a word of what
others do in private; whoever looks after a webhook that was stopped is told by mail."""

from collections.abc import Mapping

from caucuses.test_caucuses import found, meet
from factories import World, act, confirmed, propose, send_form, signed_in
from mail.post import AT_X, Box, later, look
from sqlmodel import select
from webhooks.receiver import hook, receiving
from webhooks.receiver import look as look_for_webhooks

from negotiations.mail.jobs import Office
from negotiations.models import Mail, MailTrouble, WebhookEndpoint
from negotiations.models.mail import MailEnd, MailKind
from negotiations.webhooks import stopping

NOT_REACHED, NOBODY_SENDS = "haven’t reached", "no process sends mails"


async def start(world: World, name: str) -> str:
    answer = await (await signed_in(world, name)).get("/")
    assert answer.status_code == 200
    return answer.text


async def looking(world: World, box: Box, hours: float) -> None:
    """A look every ten minutes."""
    for _ in range(round(hours * 6)):
        world.clock.forward(minutes=10)
        await look(world, box)


async def ends(world: World) -> Mapping[str, MailEnd | None]:
    async with world.database.read() as db:
        return {one.id: one.ended_as for one in await db.exec(select(Mail))}


async def test_of_mails_that_do_not_go_the_coordinator_is_told_and_has_them_tried_again(
    world: World,
) -> None:
    box = Box(down=True)
    await confirmed(world, local_start="2030-11-05T10:00")
    await later(world, box)
    await looking(world, box, 0.8)
    assert NOT_REACHED not in await start(world, "coordinator")
    await looking(world, box, 100)
    assert {*(await ends(world)).values()} == {MailEnd.given_up}
    told = await start(world, "coordinator")
    assert NOT_REACHED in told
    for name in AT_X:
        assert name in told
        assert NOT_REACHED not in await start(world, name)
    box.down = False
    assert await later(world, box) == []
    browser = await signed_in(world, "coordinator")
    assert (await send_form(browser, "/mails/again")).status_code == 303
    assert "They are being tried again." in await start(world, "coordinator")
    await look(world, box)
    assert box.to == sorted(AT_X)
    assert NOT_REACHED not in await start(world, "coordinator")


async def test_whose_address_takes_nothing_is_named_until_that_is_over(world: World) -> None:
    box = Box(down=True)
    await confirmed(world, local_start="2030-11-05T10:00")
    await later(world, box)
    await looking(world, box, 3)
    assert NOT_REACHED in await start(world, "coordinator")
    # Who has nothing to do with it can't have anything tried again.
    assert (await send_form(await signed_in(world, "head_x"), "/mails/again")).status_code == 303
    async with world.database.read() as db:
        assert not [one for one in await db.exec(select(MailTrouble)) if one.again]
    box.down = False
    await looking(world, box, 30)
    assert box.to == sorted(AT_X)
    assert NOT_REACHED not in await start(world, "coordinator")


async def test_where_no_process_sends_mails_it_is_seen(world: World) -> None:
    await propose(world, local_start="2030-11-05T10:00")
    world.clock.forward(minutes=50)
    assert NOBODY_SENDS not in await start(world, "coordinator")
    world.clock.forward(minutes=20)
    assert NOBODY_SENDS in await start(world, "coordinator")
    assert NOBODY_SENDS not in await start(world, "head_x")


async def test_of_mails_about_a_caucus_nobody_else_learns_that_they_are_stuck(
    world: World,
) -> None:
    caucus = await found(world.head_x)
    session = await meet(world.head_x, caucus["id"], local_start="2030-11-05T10:00")
    assert (await act(world.head_x, session["id"], "confirm")).status_code == 200
    world.clock.forward(minutes=70)
    assert NOBODY_SENDS not in await start(world, "coordinator")
    box = Box(down=True)
    await looking(world, box, 100)
    assert {*(await ends(world)).values()} == {MailEnd.given_up}
    async with world.database.read() as db:
        assert (await db.exec(select(MailTrouble))).all() == []
    assert NOT_REACHED not in await start(world, "coordinator")
    # Nor does one that goes tell that another was given up.
    async with world.database.write() as db:
        seat = world.people["delegate_x"]
        talks = (await db.exec(select(Mail.negotiation_id))).first()
        db.add(
            MailTrouble(
                person_id=seat, negotiation_id=talks or "", since=world.clock.now(), again=True
            )
        )
    box.down = False
    await look(world, box)
    assert len(box.letters) == 1
    async with world.database.read() as db:
        assert len((await db.exec(select(MailTrouble))).all()) == 1


async def test_whoever_looks_after_a_webhook_that_is_stopped_is_told(world: World) -> None:
    async with receiving() as receiver:
        receiver.answers = ["410 Gone"]
        await hook(world, "head_x", receiver.url())
        await propose(world, local_start="2030-11-05T10:00")
        await look_for_webhooks(world)
    async with world.database.read() as db:
        [endpoint] = (await db.exec(select(WebhookEndpoint))).all()
        mails = (await db.exec(select(Mail).where(Mail.kind == MailKind.webhook_stopped))).all()
    assert endpoint.stopped_as == "gone"
    assert {one.person_id for one in mails} == {world.people["head_x"]}
    box = Box()
    await Office(world.settings, box, stopping.WRITERS).send_due(world.database, world.clock)
    letter = box.of("head_x")
    assert letter.text.subject == "[water-talks] A webhook was stopped"
    assert f"http://testserver/n/water-talks/webhooks/{endpoint.id}" in letter.text.body
    assert "it said that it is there no more (410)" in letter.text.body
    shown = "A webhook of Water Talks was stopped"
    assert shown in await start(world, "head_x")
    for name in ("coordinator", "agency_head", "delegate_x"):
        assert shown not in await start(world, name)
