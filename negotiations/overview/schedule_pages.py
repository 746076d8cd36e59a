"""`/n/{neg}/schedule`: the sessions by day, or one week of them as a table."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from starlette.responses import Response

from negotiations.access.actor import Actor
from negotiations.access.policy import can
from negotiations.civil import local_date
from negotiations.errors import BadRequest, Invalid, NotFound
from negotiations.models import Negotiation, NegotiationSession, Party
from negotiations.models.sessions import SessionStatus
from negotiations.overview import weeks
from negotiations.overview.clock_changes import clock_changes
from negotiations.overview.schedule import (
    Asked,
    Lane,
    by_day,
    has_date,
    of_table,
    week_table,
)
from negotiations.parties import queries as parties
from negotiations.polls import queries as polls
from negotiations.readings import day_of
from negotiations.scheduling import queries as scheduling
from negotiations.scheduling import seating
from negotiations.scheduling.changing import RIGHTS
from negotiations.scheduling.clashes import clashes
from negotiations.scheduling.resources import resources_of
from negotiations.scheduling.rules import BOOKING
from negotiations.scheduling.seating import Setting
from negotiations.web.html import Page, problems
from negotiations.web.problems import status_of
from negotiations.web.showing import words
from negotiations.working_days import holidays_of

PLENARY = "plenary"


async def schedule(page: Page) -> Response:
    """What the reader sees of the talks' sessions, as far as the options in the address ask.

    What can't be asked is told above the options, as they were typed.
    """
    async with page.read() as (db, actor):
        negotiation = await parties.negotiation(db, actor, page.path["neg"])
        tracks = await parties.tracks(db, actor, negotiation.id)
        sessions = await scheduling.sessions(db, actor, negotiation.id)
        settings = await seating.settings_of(db, sessions)
        taken = await resources_of(db, [one for one in sessions if one.status in BOOKING])
        held = await polls.held(db, actor, negotiation.id)
    options, error, asked = page.request.query_params, None, Asked()
    try:
        asked = Asked.read(options)
    except (BadRequest, Invalid) as wrong:
        error, sessions = wrong, []
    jurisdictions = [party for _, party in tracks]
    if asked.track and asked.track not in {party.slug for party in jurisdictions}:
        raise NotFound
    slugs = {one.id: settings[one.id].slugs.values() for one in sessions}
    shown = of_table(sessions, asked, slugs)
    zones = [negotiation.home_tz, *sorted({one.tz for one in sessions}), page.person.tz]
    lanes = _lanes(negotiation, sessions, settings, jurisdictions)
    buffer = timedelta(minutes=negotiation.travel_buffer_minutes)
    today = local_date(page.now, page.person.tz)
    return page.show(
        "overview/schedule.html",
        status_of(error)[0] if error else 200,
        negotiation=negotiation,
        asked=asked,
        typed={name: options.get(name, "") for name in ("track", "state", "from", "to", "week")},
        jurisdictions=jurisdictions,
        states=[(state.value, words(state)) for state in SessionStatus],
        settings=settings,
        today=today,
        clashes=clashes(sessions, taken, buffer),
        acts=_acts(actor, shown),
        may_propose=can(actor, "session.propose", negotiation),
        asked_about=[(one, *held[one.id]) for one in shown if one.id in held],
        undated=[one for one in shown if not has_date(one)],
        **_laid_out(page, negotiation, asked, today, shown, lanes, zones),
        **(problems(error) if error else {}),
    )


def _laid_out(
    page: Page,
    negotiation: Negotiation,
    asked: Asked,
    today: date,
    shown: Sequence[NegotiationSession],
    lanes: tuple[Sequence[Lane], Mapping[str, str]],
    zones: Sequence[str],
) -> dict[str, Any]:
    """The days, the week if one is asked for, where to look else, and when clocks change."""
    reader = page.reader
    assert reader is not None
    dated = [one for one in shown if has_date(one)]
    every = [day_of(one, reader) for one in dated]
    days = by_day([one for one in dated if asked.has_day(day_of(one, reader))], reader)
    window = [day for day in (negotiation.opens_on, negotiation.closes_on) if day]
    first = asked.first or (days[0][0] if days else None)
    last = asked.last or (days[-1][0] if days else None)
    columns = [day for day, _ in days]
    found: dict[str, Any] = {"table": None}
    if week := asked.week:
        first, last = week.days[0], week.days[-1]
        table = week_table(week, dated, reader, *lanes)
        columns = [*table.days]
        found = {
            "table": table,
            "around": weeks.around(week, [*every, *window]),
            "nearest": weeks.nearest(week, every),
        }
    holidays = holidays_of(negotiation.holidays)
    return {
        **found,
        "days": days,
        "holidays": holidays.intersection(columns),
        "best": asked.week or weeks.best(every, today),
        "ahead": next((day for day, _ in days if day >= today), None),
        "changes": clock_changes(first, last, zones),
    }


def _lanes(
    negotiation: Negotiation,
    sessions: Iterable[NegotiationSession],
    settings: Mapping[str, Setting],
    jurisdictions: Sequence[Party],
) -> tuple[list[Lane], dict[str, str]]:
    """The rows of a week: every jurisdiction, then plenaries and caucuses of which there are any;
    and in which of them each session lies."""
    talks = f"/n/{negotiation.slug}"
    lanes = {one.id: Lane(one.id, one.name, f"{talks}/tracks/{one.slug}") for one in jurisdictions}
    lane_of = {}
    for one in sessions:
        where = settings[one.id]
        if where.jurisdiction is not None:
            lane_of[one.id] = where.jurisdiction.id
        elif where.caucus is not None:
            lane = Lane(where.caucus.id, where.name, f"{talks}/caucuses")
            lane_of[one.id] = lanes.setdefault(lane.key, lane).key
        else:
            lane_of[one.id] = lanes.setdefault(PLENARY, Lane(PLENARY, where.name, "")).key
    return list(lanes.values()), lane_of


def _acts(actor: Actor, sessions: Iterable[NegotiationSession]) -> dict[str, str]:
    """How the reader may give each session another time: `move` or `reinstate`, by its id."""
    rights = [(act, *RIGHTS[act]) for act in ("move", "reinstate")]
    return {
        one.id: act
        for one in sessions
        for act, right, states in rights
        if one.status in states and can(actor, right, one)
    }
