"""The live page: notes as they are typed, and what is entered beside them.

One form: every button saves the notes first and does its own in the same transaction. A script
saves what is typed by the same fields in between (`autosave`).
"""

from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from negotiations.civil import clock_time
from negotiations.errors import (
    AlreadySuperseded,
    Conflict,
    Invalid,
    NegotiationsError,
    NotFound,
    Stale,
)
from negotiations.live import reading
from negotiations.live.acting import ACTS
from negotiations.models import NoteRevision
from negotiations.models.notes import NoteAudience
from negotiations.models.outcomes import OutcomeValue
from negotiations.notebook import forms, queries
from negotiations.notebook.places import place
from negotiations.notebook.saving import save_typed
from negotiations.notebook.suggestions import suggestions
from negotiations.outcomes.matrix import LOOKS
from negotiations.scheduling import queries as scheduling
from negotiations.web.forms import Form
from negotiations.web.html import Page, page_route, problems, render
from negotiations.web.problems import status_of

LATE = (
    "Someone saved a note since you opened this page. What stands now is shown beside what you "
    "typed, which is also kept for you below. Save again to replace it; the other notes are saved."
)
PRIVATE = {"Cache-Control": "private, no-store"}


async def show(page: Page) -> Response:
    """`/s/{session}/live?audience=`: one notebook of the session, item by item."""
    return await _page(page)


async def act(page: Page) -> Response:
    """Save what was changed, note by note, and do what the button says: all of it or nothing.

    What comes too late is kept and shown beside what stands; it keeps nothing else from being done.
    """
    name, _, what = page.form.get("act", "save").partition("/")
    if name != "save" and name not in ACTS:
        raise NotFound
    audience, session_id = page.form.get("audience"), page.path["id"]
    try:
        async with page.write() as (db, actor):
            typed = forms.typed(page.form)
            late = await save_typed(db, actor, session_id, audience, typed, now=page.now)
            if name in ACTS:
                session = await scheduling.session_for_change(db, actor, session_id)
                await ACTS[name](db, actor, session, page.form, what, page.now)
    except (Invalid, Conflict, Stale) as error:
        return await _page(page, error=error)
    if late:
        return await _page(page, error=Stale(LATE), late=late)
    item = what.partition("/")[0] if name == "commit" else page.form.get(f"item_of/{what}")
    place_of = f"#item-{item}" if item else ""
    return page.go(f"/s/{session_id}/live?audience={audience}&saved={name}{place_of}")


async def _page(
    page: Page, *, error: NegotiationsError | None = None, late: set[str] | None = None
) -> Response:
    chosen = page.form.get("audience") or page.request.query_params.get("audience")
    form = page.form
    if isinstance(error, AlreadySuperseded):  # what stands is shown, and can be replaced
        form = Form([one for one in form.fields if not one[0].endswith("/supersedes")])
    async with page.read() as (db, actor):
        here = await reading.chosen_place(db, actor, page.path["id"], chosen)
        values = await reading.values_of(db, actor, here, form, late or set(), page.now)
    return page.show(
        "live/live.html",
        status_of(error)[0] if error else 200,
        saved=page.request.query_params.get("saved") if error is None else None,
        stamp_of=lambda revision: _stamp(page, revision),
        outcome_values=[(value.value, LOOKS[value]) for value in OutcomeValue],
        **values,
        **(problems(error) if error else {}),
    )


async def autosave(page: Page) -> Response:
    """`/s/{session}/live/save`: one box, as the script sends it; the answer is JSON.

    200: `saved` says when and as which revision, `base` names it for the next save, `suggestions`
    is the list of what its lines suggest (HTML; empty where no line does). 412: somebody else saved
    meanwhile; `stands` is their text and `base` its revision, and what was sent is kept for who
    typed it. 422: `error` says what can't be kept.
    """
    try:
        sent = forms.sent(page.form)
        if len(sent) != 1:
            raise NotFound
        audience = page.form.get("audience")
        async with page.write() as (db, actor):
            typed = forms.typed(page.form)
            late = await save_typed(db, actor, page.path["id"], audience, typed, now=page.now)
            here = await place(db, actor, page.path["id"], audience, sent[0].item_id)
            found = await queries.note(db, actor, here)
            values = {}
            shows = here.audience is NoteAudience.secretariat and not late
            if shows and found is not None and suggestions(found[1].body):
                values = await reading.lines_of(db, actor, here, found[1].body, page.now)
    except (Invalid, Conflict) as error:
        status = status_of(error)[0]
        return JSONResponse({"error": problems(error)["problem"]}, status, headers=PRIVATE)
    told = {"base": forms.base_of(found), "saved": _stamp(page, found[1] if found else None)}
    if late:
        stands = {**told, "stands": found[1].body if found else ""}
        return JSONResponse(stands, 412, headers=PRIVATE)
    html = render(page, "live/suggested.html", values) if values else ""
    return JSONResponse({**told, "suggestions": html}, headers=PRIVATE)


def _stamp(page: Page, revision: NoteRevision | None) -> str:
    """`Saved 14:03:22 EST, revision 41`, by the reader's clock."""
    if revision is None:
        return "Nothing saved yet"
    tz = page.person.tz
    at = clock_time(revision.created_at, tz, seconds=True)
    return f"Saved {at}, revision {revision.number}"


routes: list[BaseRoute] = [
    page_route("/s/{id}/live", show, act),
    page_route("/s/{id}/live/save", post=autosave),
]
