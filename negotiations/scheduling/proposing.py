"""The page on which a session is proposed, and what the forms of a session offer to choose."""

from collections.abc import Sequence
from typing import Any

from starlette.responses import Response

from negotiations.access.actor import Actor
from negotiations.access.policy import demand
from negotiations.caucuses import queries as caucuses
from negotiations.caucuses.queries import Circle
from negotiations.db import Db
from negotiations.errors import (
    Conflict,
    Invalid,
    NegotiationsError,
    PreconditionMissing,
    Stale,
)
from negotiations.models import Negotiation, Party, Team
from negotiations.models.parties import PartyKind
from negotiations.parties import queries as parties
from negotiations.scheduling import actions, asking, forms
from negotiations.scheduling.suggested import Suggested, look, taken, wants_times
from negotiations.scheduling.times import zone
from negotiations.web.forms import Form
from negotiations.web.html import Page, problems
from negotiations.web.problems import status_of

# After these the page comes again, with everything that was typed.
AGAIN = (Conflict, Invalid, PreconditionMissing, Stale)
ZONES = (
    "America/New_York", "America/Chicago", "America/Denver", "America/Phoenix",
    "America/Los_Angeles", "America/Anchorage", "Pacific/Honolulu", "America/Puerto_Rico", "UTC",
)  # fmt: skip


async def show_new(page: Page) -> Response:
    """`/n/{neg}/sessions/new`: an empty form; `?jurisdiction=` and `?date=` fill in theirs,
    `?caucus=` is its."""
    query = page.request.query_params
    chosen = [(name, query.get(name, "")) for name in ("jurisdiction", "caucus", "date")]
    return await _form(page, Form(chosen))


async def propose(page: Page) -> Response:
    """Propose it and show it, or the form again with what is wrong beside each field.

    With the button that looks for times, or one of these, it is only filled in.
    """
    if wants_times(page.form):
        return await _suggest(page)
    try:
        async with page.write() as (db, actor):
            negotiation = await parties.negotiation(db, actor, page.path["neg"])
            circle = await _allowed(db, actor, negotiation, page.form)
            tracks = await parties.tracks(db, actor, negotiation.id)
            body = forms.new_session(
                page.form,
                {party.slug: party.tz for _, party in tracks},
                (await parties.agency(db, negotiation.id)).slug,
                negotiation.home_tz,
                [party.slug for party in circle.joined] if circle else (),
            )
            session, warnings = await actions.propose(db, actor, negotiation, body, now=page.now)
            path = f"/s/{session.id}"
            asking = page.form.get("then") == "poll" and circle is None
    except AGAIN as error:
        return await _form(page, page.form, error)
    return page.go(f"{path}/poll" if asking else path + ("?warned=1" if warnings else ""))


async def _suggest(page: Page) -> Response:
    """The form with times that suit, or with the one that was taken."""
    suggested = None
    try:
        async with page.read() as (db, actor):
            negotiation = await parties.negotiation(db, actor, page.path["neg"])
            circle = await _allowed(db, actor, negotiation, page.form)
            at_table = await _at_table(db, actor, negotiation, page.form, circle)
            tz = page.form.get("tz").strip() or _usual_zone(negotiation, at_table)
            zone(tz)
            typed = taken(page.form, tz)
            if typed is None:
                asked = asking.of_form(page.form, at_table)
                suggested = await look(page, db, actor, negotiation, asked, tz)
    except AGAIN as error:
        return await _form(page, page.form, error)
    return await _form(page, typed or page.form, suggested=suggested)


async def _at_table(
    db: Db, actor: Actor, negotiation: Negotiation, form: Form, circle: Circle | None
) -> list[Party]:
    """Who would sit there, as far as it is chosen; Invalid where it isn't yet."""
    if circle is not None:
        return list(circle.joined)
    named, jurisdiction = form.all("participant"), form.get("jurisdiction")
    agency = await parties.agency(db, negotiation.id)
    tracks = [party for _, party in await parties.tracks(db, actor, negotiation.id)]
    wanted = named or ([agency.slug, jurisdiction] if jurisdiction else [])
    found = [party for party in (agency, *tracks) if party.slug in wanted]
    if len(found) < 2:
        raise Invalid.field("jurisdiction", "Choose with whom first.")
    return found


def _usual_zone(negotiation: Negotiation, at_table: Sequence[Party]) -> str:
    """Where a session is that says no zone: at the one jurisdiction's, else that of the talks."""
    others = [party.tz for party in at_table if party.kind is PartyKind.jurisdiction]
    return others[0] if len(others) == 1 and len(at_table) == 2 else negotiation.home_tz


async def _allowed(db: Db, actor: Actor, negotiation: Negotiation, form: Form) -> Circle | None:
    """Whose form it is: the coordinator's, or the heads' of the caucus that is returned."""
    if not form.get("caucus"):
        demand(actor, "session.propose", negotiation)
        return None
    circle = await caucuses.circle(db, actor, negotiation.id, form.get("caucus"))
    demand(actor, "caucus.write", negotiation)
    if not circle.has_joined(actor):
        raise Conflict("Your party hasn't joined this caucus. Join it first.")
    return circle


async def _form(
    page: Page,
    typed: Form,
    error: NegotiationsError | None = None,
    suggested: Suggested | None = None,
) -> Response:
    async with page.read() as (db, actor):
        negotiation = await parties.negotiation(db, actor, page.path["neg"])
        circle = await _allowed(db, actor, negotiation, typed)
        values = await choices(db, actor, negotiation)
        agency = await parties.agency(db, negotiation.id)
    told = problems(error) if error else {"errors": {}}
    if circle is not None:
        joined = {party.id for party in circle.joined}
        values["teams"] = [side for side in values["teams"] if side[0].id in joined]
    return page.show(
        "scheduling/new.html",
        status_of(error)[0] if error else 200,
        negotiation=negotiation,
        circle=circle,
        seats=[(agency.slug, agency.name), *values["jurisdictions"]],
        typed=typed,
        suggested=suggested,
        agenda_errors=[text for key, text in told["errors"].items() if key.startswith("agenda")],
        **values,
        **told,
    )


async def choices(db: Db, actor: Actor, negotiation: Negotiation) -> dict[str, Any]:
    """Jurisdictions, issues, people, teams and zones to choose from."""
    tracks = await parties.tracks(db, actor, negotiation.id)
    jurisdictions = [party for _, party in tracks]
    seats = await parties.members(db, actor, negotiation.id)
    return {
        "jurisdictions": [(party.slug, f"{party.name} ({party.tz})") for party in jurisdictions],
        "issues": await parties.issues(db, actor, negotiation.id),
        "people": [
            (person.id, f"{person.name} ({party.short_name if party else 'secretariat'})")
            for _, person, party in seats
        ],
        "teams": _to_choose(await parties.teams(db, actor, negotiation.id)),
        "zones": zones(negotiation.home_tz, *(party.tz for party in jurisdictions)),
    }


def zones(*first: str) -> list[str]:
    """Time zones to offer: these first, then common ones; any other can be typed."""
    return list(dict.fromkeys([*first, *ZONES]))


def _to_choose(rows: Sequence[tuple[Team, Party]]) -> list[tuple[Party, list[tuple[str, str]]]]:
    """The sides that have more than one team to send, the agency first, its default first."""
    sides: dict[str, tuple[Party, list[tuple[str, str]]]] = {}
    for team, party in sorted(rows, key=lambda row: not row[0].is_default):
        sides.setdefault(party.id, (party, []))[1].append((team.id, team.name))
    found = [side for side in sides.values() if len(side[1]) > 1]
    return sorted(found, key=lambda side: side[0].kind is not PartyKind.agency)
