"""The page on which a coordinator sets talks up: jurisdictions, issues, window and rules."""

import re
import unicodedata
from collections.abc import Mapping

from starlette.responses import Response

from negotiations.access.policy import demand
from negotiations.errors import Conflict, Invalid, NegotiationsError, Stale
from negotiations.models.parties import Approval, PartyKind, SummaryTemplate
from negotiations.parties import actions, queries
from negotiations.parties.bodies import NegotiationChange, NewIssue, NewParty
from negotiations.parties.views import negotiation_view
from negotiations.web.forms import body_of
from negotiations.web.html import Page, problems, require_base, version_of
from negotiations.web.problems import status_of
from negotiations.web.showing import words

JURISDICTION = ("name", "short_name", "city", "tz", "slug")
ISSUE = ("code", "title")
WINDOW = ("opens_on", "closes_on")
HOLIDAYS = "holidays"
RULES = ("approval", "circulate_days", "comment_days", "publish_days", "summary_template")
APPROVALS = {
    Approval.all_parties: "all sides approve the same text",
    Approval.silence: "nobody objects in time, of those it reached",
    Approval.secretariat: "the coordinator declares it; no side agrees to it",
}
AGAIN = (Invalid, Conflict, Stale)


async def show_set_up(page: Page) -> Response:
    """`/n/{neg}/set-up`, for coordinators."""
    return await _page(page)


async def _page(page: Page, acted: str = "", error: NegotiationsError | None = None) -> Response:
    """The forms; the one that failed (`acted`) with what was typed and what is wrong."""
    async with page.read() as (db, actor):
        negotiation = await queries.negotiation(db, actor, page.path["neg"])
        demand(actor, "negotiation.change", negotiation)
        parties = await queries.parties(db, actor, negotiation.id)
        issues = await queries.issues(db, actor, negotiation.id)
    typed = {name: page.form.get(name) for name in (*JURISDICTION, *ISSUE)}
    for name in WINDOW:
        stored = getattr(negotiation, name) or ""
        typed[name] = page.form.get(name) if acted == "window" else str(stored)
    stored = "\n".join(negotiation.holidays)
    typed[HOLIDAYS] = page.form.get(HOLIDAYS) if acted == HOLIDAYS else stored
    for name in RULES:
        typed[name] = page.form.get(name) if acted == "rules" else str(getattr(negotiation, name))
    told = problems(error) if error else {"errors": {}}
    if "" in told["errors"]:  # of the window as a whole
        told["errors"]["closes_on"] = told["errors"].pop("")
    return page.show(
        "parties/set_up.html",
        status_of(error)[0] if error else 200,
        negotiation=negotiation,
        jurisdictions=[one for one in parties if one.kind is PartyKind.jurisdiction],
        issues=issues,
        acted=acted,
        typed=typed,
        base=version_of(negotiation_view(negotiation)),
        approvals=[(one.value, said) for one, said in APPROVALS.items()],
        compiled=[(one.value, words(one)) for one in SummaryTemplate],
        **told,
    )


async def add_jurisdiction(page: Page) -> Response:
    """A jurisdiction with its track and its delegation."""
    try:
        async with page.write() as (db, actor):
            negotiation = await queries.negotiation(db, actor, page.path["neg"], lock=True)
            demand(actor, "party.write", negotiation)
            fields = page.form.given(*JURISDICTION)
            made = slug_of(fields.get("short_name", ""))
            if made:
                fields.setdefault("slug", made)
            body = body_of(NewParty, {**fields, "kind": PartyKind.jurisdiction})
            await actions.add_party(db, actor, negotiation, body, now=page.now)
    except AGAIN as error:
        return await _page(page, "jurisdiction", error)
    return page.go(f"/n/{negotiation.slug}/set-up#jurisdictions")


def slug_of(short_name: str) -> str:
    """`San José` becomes `san-jose`; empty when no letter of a to z and no digit is left."""
    plain = unicodedata.normalize("NFKD", short_name).encode("ascii", "ignore").decode().lower()
    return re.sub("[^a-z0-9]+", "-", plain).strip("-")[:80].rstrip("-")


async def add_issue(page: Page) -> Response:
    """One more line of the list of issues."""
    try:
        async with page.write() as (db, actor):
            negotiation = await queries.negotiation(db, actor, page.path["neg"], lock=True)
            # The page is the coordinator's, though note-takers may add issues elsewhere.
            demand(actor, "negotiation.change", negotiation)
            body = body_of(NewIssue, page.form.given(*ISSUE))
            await actions.add_issue(db, actor, negotiation, body, now=page.now)
    except AGAIN as error:
        return await _page(page, "issue", error)
    return page.go(f"/n/{negotiation.slug}/set-up#issues")


async def set_window(page: Page) -> Response:
    """The days on which the talks open and close; an emptied one is taken away."""
    given = {name: page.form.get(name).strip() or None for name in WINDOW}
    try:
        return await _set(page, given, "window")
    except AGAIN as error:
        return await _page(page, "window", error)


async def set_holidays(page: Page) -> Response:
    """The days on which nobody works, one on each line."""
    lines = [line.strip() for line in page.form.get(HOLIDAYS).splitlines()]
    try:
        return await _set(page, {HOLIDAYS: [line for line in lines if line]}, HOLIDAYS)
    except AGAIN as error:
        return await _page(page, HOLIDAYS, _at_one_field(error))


async def set_rules(page: Page) -> Response:
    """When a summary is agreed, by when it goes round and is public, and how it is drafted."""
    try:
        return await _set(page, {name: page.form.get(name).strip() for name in RULES}, "rules")
    except AGAIN as error:
        return await _page(page, "rules", error)


async def _set(page: Page, given: Mapping[str, object], where: str) -> Response:
    """Change these fields of the talks as the page showed them; then to that part of the page."""
    async with page.write() as (db, actor):
        negotiation = await queries.negotiation(db, actor, page.path["neg"], lock=True)
        demand(actor, "negotiation.change", negotiation)
        require_base(page, negotiation_view(negotiation))
        fields = body_of(NegotiationChange, given).model_dump(exclude_unset=True)
        await actions.change(
            db, actor, negotiation, fields, negotiation_id=negotiation.id, now=page.now
        )
    return page.go(f"/n/{negotiation.slug}/set-up#{where}")


def _at_one_field(error: NegotiationsError) -> NegotiationsError:
    """The error with each wrong line told at the one field that holds them all."""
    if not isinstance(error, Invalid):
        return error
    wrong = [
        f"Entry {int(one.pointer.rpartition('/')[2]) + 1}: {one.detail}"
        for one in error.errors
        if one.pointer.startswith(f"/{HOLIDAYS}/")
    ]
    return Invalid.field(HOLIDAYS, " ".join(wrong)) if wrong else error
