"""What somebody sees of themselves and chooses for themselves: mails, and the clock of times."""

import re

from starlette.responses import Response

from negotiations.access.actor import Actor
from negotiations.db import Db
from negotiations.errors import BadRequest, Forbidden, Invalid
from negotiations.models import Person
from negotiations.models.parties import LEADS, Times
from negotiations.parties import queries as parties
from negotiations.settings import Settings
from negotiations.web.html import Page, require_base, version_of

# The pages that show by which clock they tell times: one is led back to nothing else.
WITH_CLOCKS = re.compile(
    r"(?:/|/n/[\w%~.-]+(?:/schedule)?|/s/[\w%~.-]+)(?:\?[\w%~.&=+-]*)?", re.ASCII
)

NO_INVITATIONS = (
    "This service invites nobody by mail: it has no address for answers "
    "(NEGOTIATIONS_REPLY_ADDRESS). Subscribe to the calendar."
)


async def show(page: Page) -> Response:
    """`/me`: who one is here, which mails one gets, and by which clock one reads times."""
    async with page.read() as (db, actor):
        negotiations = await parties.negotiations(db, actor)
    seats = {seat.negotiation_id: seat for seat in actor.seats}
    mine = [(one, seats[one.id]) for one in negotiations if one.id in seats]
    leads = [(lead, _IN_WORDS[lead]) for lead in LEADS]
    return page.show(
        "overview/me.html", mine=mine, leads=leads, base=version_of(_mails(page.person)),
        invites=page.service.settings.invites,
    )  # fmt: skip


_IN_WORDS = {
    10080: "a week before", 2880: "two days before", 1440: "a day before",
    240: "four hours before", 60: "an hour before", 15: "a quarter of an hour before",
}  # fmt: skip


def _mails(person: Person) -> dict[str, object]:
    return {
        "by_mail": person.by_mail, "reminders": person.reminders, "weekly": person.weekly,
        "invitations": person.invitations,
    }  # fmt: skip


async def choose_mails(page: Page) -> Response:
    """Of what one is told by mail and when: nobody else's business, and in no chain."""
    ticked = set(page.form.all("reminders"))
    if not ticked <= {str(lead) for lead in LEADS}:
        raise BadRequest(f"reminders are some of: {', '.join(map(str, LEADS))} (minutes).")
    async with page.write() as (db, actor):
        person = await oneself(db, actor)
        require_base(page, _mails(person))
        person.by_mail = page.form.get("by_mail") == "true"
        person.weekly = page.form.get("weekly") == "true"
        person.reminders = [lead for lead in LEADS if str(lead) in ticked]
        wanted = page.form.get("invitations") == "true"
        choose_invitations(page.service.settings, person, wanted)
        db.add(person)
    return page.go("/me")


def choose_invitations(settings: Settings, person: Person, wanted: bool) -> None:
    """Whether sessions come as invitations too; Invalid where nobody could answer them."""
    if wanted and not settings.invites:
        raise Invalid.field("invitations", NO_INVITATIONS)
    person.invitations = wanted


async def choose_times(page: Page) -> Response:
    """`/me/times`: by which clock one reads times from now on; then back to where that was asked.

    Whatever was chosen before, the last choice counts.
    """
    try:
        times = Times(page.form.get("times"))
    except ValueError:
        raise BadRequest(f"times is one of: {', '.join(Times)}.") from None
    async with page.write() as (db, actor):
        person = await oneself(db, actor)
        person.times = times
        db.add(person)
    back = page.form.get("back")
    return page.go(back if WITH_CLOCKS.fullmatch(back) else "/me")


async def oneself(db: Db, actor: Actor) -> Person:
    """The row of who asks, to be changed."""
    if not actor.may_write:
        raise Forbidden("This token only reads. Use one that writes.")
    assert actor.person is not None
    return await db.get_one(Person, actor.person.id)
