"""A world whose people can be invited, and what came to them."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

from factories import World, act, confirmed
from mail.post import Box, later

from negotiations.mail.encoding import Letter, encoded

KEY, REPLY = "k" * 40, "reply@talks.example"
SERVICE = "talks@talks.example"
WHEN = "2030-11-05T10:00"  # in Los Angeles, two days after its clocks went back


def able(world: World) -> World:
    """The same service, with a key and an address that answers come to."""
    object.__setattr__(world.settings, "secret_key", KEY)
    object.__setattr__(world.settings, "reply_address", REPLY)
    return world


async def wanting(world: World, *names: str) -> World:
    """These want to be invited, by their own choice; and the service can invite."""
    able(world)
    for name in names:
        await choose(world, name, invitations=True)
    return world


async def choose(world: World, name: str, **chosen: Any) -> None:
    client = world.clients[name]
    tag = (await client.get("/api/v1/me")).headers["etag"]
    answer = await client.patch("/api/v1/me", json=chosen, headers={"If-Match": tag})
    assert answer.status_code == 200, answer.text


def invited(letters: list[Letter]) -> list[Letter]:
    """Those of them that calendar programs read, by whom they went to."""
    return sorted((one for one in letters if one.text.calendar), key=lambda one: one.to)


def to(letters: list[Letter]) -> list[str]:
    return [one.to.partition("@")[0] for one in letters]


def message(letter: Letter) -> EmailMessage:
    """The mail as it travels."""
    raw = encoded(letter, SERVICE)
    return message_from_bytes(raw, policy=SMTP)  # type: ignore[arg-type, return-value]


def calendar(letter: Letter) -> str:
    """Its lines, unfolded."""
    assert letter.text.calendar is not None
    return letter.text.calendar.body.decode().replace("\r\n ", "").replace("\r\n", "\n")


def lines(letter: Letter, *names: str) -> dict[str, str]:
    """What these lines of its VEVENT say, with their parameters."""
    event = calendar(letter).partition("BEGIN:VEVENT\n")[2]
    found = {one.split(":", 1)[0].split(";", 1)[0]: one for one in event.splitlines()}
    return {name: found[name].removeprefix(name).removeprefix(":") for name in names}


async def move(world: World, session: str, to_: str, reason: str = "Rain") -> None:
    consents = [{"party": side, "by": "Head", "how": "by telephone"} for side in ("x", "agency")]
    body = {"local_start": to_, "local_end": f"{to_[:11]}{int(to_[11:13]) + 2:02}:00",
            "reason": reason, "consents": consents}  # fmt: skip
    answer = await act(world.coordinator, session, "move", body)
    assert answer.status_code == 200, answer.text


async def first_invitation(world: World, name: str = "head_x") -> tuple[str, Letter]:
    """A confirmed session, and the one invitation to it."""
    await wanting(world, name)
    session = await confirmed(world, local_start=WHEN)
    [letter] = invited([*await later(world, Box())])
    assert letter.to == f"{name}@example.org"
    return session["id"], letter


def reply_to(
    letter: Letter, partstat: str = "ACCEPTED", *, at: str = "20301101T120000Z",
    sender: str | None = None, attendee: str | None = None, to_: str | None = None,
    sequence: str | None = None, uid: str | None = None, method: str = "REPLY",
) -> bytes:  # fmt: skip
    """What a program answers to it, written by hand."""
    told = lines(letter, "UID", "SEQUENCE")
    organizer = letter.text.calendar.sender if letter.text.calendar else ""
    sender, attendee = sender or letter.to, attendee or letter.to
    body = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Others//EN", f"METHOD:{method}",
        "BEGIN:VEVENT", f"UID:{uid or told['UID']}", f"SEQUENCE:{sequence or told['SEQUENCE']}",
        f"DTSTAMP:{at}", f"ORGANIZER:mailto:{organizer}",
        f"ATTENDEE;PARTSTAT={partstat};CN=\"Head, of X\":MAILTO:{attendee}",
        "END:VEVENT", "END:VCALENDAR", "",
    ]  # fmt: skip
    made = EmailMessage(policy=SMTP)
    made["From"], made["To"], made["Subject"] = sender, to_ or organizer, "Accepted"
    made.set_content("I come.")
    made.add_alternative(
        "\r\n".join(body).encode(), maintype="text", subtype="calendar", cte="base64",
        params={"charset": "utf-8", "method": method},
    )  # fmt: skip
    return made.as_bytes()


async def rsvp_of(world: World, session: str, name: str = "head_x") -> tuple[str, str | None]:
    items = (await world.coordinator.get(f"/api/v1/sessions/{session}/attendance")).json()["items"]
    found = {one["person"]: (one["rsvp"], one["answered_by"]) for one in items}
    return found.get(world.people[name], ("none", None))
