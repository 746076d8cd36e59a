"""Answers that are entered, or said again of another time; who has no mail address any more."""

from factories import NEG, World, client_of
from invitations.inviting import first_invitation, invited, lines, move
from invitations.test_answering import link
from mail.post import Box, later
from sqlmodel import col, select

from negotiations.models import Mail
from negotiations.models.mail import MailKind


async def enter(world: World, session: str, name: str, rsvp: str) -> None:
    """The secretariat writes down what somebody said on the telephone."""
    path = f"/api/v1/sessions/{session}/attendance"
    tag = (await world.coordinator.get(path)).headers["etag"]
    items_ = [{"person": world.people[name], "rsvp": rsvp}]
    answer = await world.coordinator.put(path, json={"items": items_}, headers={"If-Match": tag})
    assert answer.status_code == 200, answer.text


async def test_what_was_entered_after_a_move_holds_for_the_new_time(world: World) -> None:
    session, letter = await first_invitation(world)
    browser, path = client_of(world.app), link(letter)
    await browser.post(path, data={"answer": "accepted"})
    await move(world, session, "2030-11-07T14:00")
    world.clock.forward(seconds=1)
    await enter(world, session, "head_x", "declined")
    assert "to another time" not in (await browser.get(path)).text
    [again] = invited(await later(world, Box()))
    assert "PARTSTAT=DECLINED" in lines(again, "ATTENDEE")["ATTENDEE"]


async def test_the_same_answer_to_another_time_is_in_the_audit_too(world: World) -> None:
    session, letter = await first_invitation(world)
    browser, path = client_of(world.app), link(letter)

    async def entered() -> int:
        listed = (await world.coordinator.get(f"{NEG}/audit?limit=200")).json()["items"]
        return [one["action"] for one in listed].count("attendance.answer")

    await browser.post(path, data={"answer": "accepted"})
    await move(world, session, "2030-11-07T14:00")
    world.clock.forward(seconds=1)
    await browser.post(path, data={"answer": "accepted"})
    assert await entered() == 2


async def test_no_mail_is_queued_again_and_again_for_who_has_no_address(world: World) -> None:
    await first_invitation(world)
    path = f"{NEG}/people/{world.people['head_x']}"
    tag = (await world.coordinator.get(path)).headers["etag"]
    gone = await world.coordinator.patch(path, json={"email": None}, headers={"If-Match": tag})
    assert gone.status_code == 200
    for _ in range(10):
        await later(world, Box(), 31)
    async with world.database.read() as db:
        rows = await db.exec(select(Mail.id).where(col(Mail.kind) == MailKind.scheduling))
        assert len(rows.all()) <= 2
