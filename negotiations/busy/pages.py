"""`/me/availability`: one's own hours, when one isn't free, and the calendars that say so."""

from typing import Any

from starlette.responses import Response
from starlette.routing import BaseRoute

from negotiations.availability import actions, forms, queries
from negotiations.availability.views import busy_block_view, office_hours_view
from negotiations.busy import actions as adding
from negotiations.busy import queries as calendars
from negotiations.busy.verdicts import WORDS
from negotiations.busy.views import NewBusyCalendar, calendar_view
from negotiations.errors import Conflict, Invalid, NegotiationsError, Stale
from negotiations.outgoing.answers import rule_of
from negotiations.web.forms import body_of
from negotiations.web.html import Page, page_route, problems, require_base, version_of
from negotiations.web.problems import status_of

OWN = "/me/availability"
SHOWN = 100  # busy blocks on a page
AGAIN = (Conflict, Invalid, Stale)


async def mine(page: Page) -> Response:
    """The page."""
    return await _mine(page)


async def _mine(page: Page, error: NegotiationsError | None = None, of: str = "") -> Response:
    """`of` names the form of the page that couldn't be taken."""
    async with page.read() as (db, actor):
        assert actor.person is not None
        row = await queries.office_hours(db, actor, actor.person)
        view = office_hours_view(row, actor.person)
        blocks = await queries.busy_blocks(db, actor, after=page.now, typed=True)
        own = await calendars.calendars(db, actor)
    told = _told(error, of)
    return page.show(
        "availability/mine.html",
        status_of(error)[0] if error else 200,
        hours=page.form if of == "hours" else forms.hours_fields(view),
        view=view,
        base=version_of(view),
        days=forms.DAY_FIELDS,
        blocks=[(one, version_of(busy_block_view(one))) for one in blocks[:SHOWN]],
        calendars=[(one, version_of(calendar_view(one))) for one in own],
        why=WORDS,
        has_key=bool(page.service.settings.secret_key),
        no_key=adding.NO_KEY,
        typed=page.form,
        **told,
    )


def _told(error: NegotiationsError | None, of: str) -> dict[str, Any]:
    return {**(problems(error) if error else {"errors": {}, "problem": ""}), "failed": of}


async def save_mine(page: Page) -> Response:
    try:
        body = forms.office_hours(page.form)
        async with page.write() as (db, actor):
            assert actor.person is not None
            row = await queries.office_hours(db, actor, actor.person, lock=True)
            require_base(page, office_hours_view(row, actor.person))
            await actions.set_own_hours(db, actor, actor.person, body, now=page.now)
    except AGAIN as error:
        return await _mine(page, error, "hours")
    return page.go(OWN)


async def add_block(page: Page) -> Response:
    try:
        async with page.write() as (db, actor):
            assert actor.person is not None
            body = forms.busy_block(page.form, actor.person.tz)
            await actions.add_block(db, actor, body, now=page.now)
    except AGAIN as error:
        return await _mine(page, error, "block")
    return page.go(f"{OWN}#blocks")


async def remove_block(page: Page) -> Response:
    try:
        async with page.write() as (db, actor):
            row = await queries.busy_block(db, actor, page.path["id"], lock=True)
            require_base(page, busy_block_view(row))
            await actions.remove_block(db, actor, row)
    except AGAIN as error:
        return await _mine(page, error, "blocks")
    return page.go(f"{OWN}#blocks")


async def add_calendar(page: Page) -> Response:
    settings = page.service.settings
    try:
        given = {name: page.form.get(name) for name in ("user", "password")}
        given["url"] = page.form.get("url").strip()
        body = body_of(NewBusyCalendar, given)
        async with page.write() as (db, actor):
            await adding.add(
                db, actor, body, rule=rule_of(settings), key=settings.secret_key, now=page.now
            )
    except AGAIN as error:
        return await _mine(page, error, "calendar")
    return page.go(f"{OWN}#calendars")


async def refresh(page: Page) -> Response:
    try:
        async with page.write() as (db, actor):
            row = await calendars.calendar(db, actor, page.path["id"], lock=True)
            require_base(page, calendar_view(row))
            await adding.look_again(db, actor, row, now=page.now)
    except AGAIN as error:
        return await _mine(page, error, "calendars")
    return page.go(f"{OWN}#calendars")


async def remove_calendar(page: Page) -> Response:
    try:
        async with page.write() as (db, actor):
            row = await calendars.calendar(db, actor, page.path["id"], lock=True)
            require_base(page, calendar_view(row))
            await adding.remove(db, actor, row)
    except AGAIN as error:
        return await _mine(page, error, "calendars")
    return page.go(f"{OWN}#calendars")


routes: list[BaseRoute] = [
    page_route(OWN, mine, save_mine),
    page_route(f"{OWN}/blocks", post=add_block),
    page_route(f"{OWN}/blocks/{{id}}/remove", post=remove_block),
    page_route(f"{OWN}/calendars", post=add_calendar),
    page_route(f"{OWN}/calendars/{{id}}/refresh", post=refresh),
    page_route(f"{OWN}/calendars/{{id}}/remove", post=remove_calendar),
]
