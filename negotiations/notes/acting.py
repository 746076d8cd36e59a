"""What the forms on a summary's page do: decide, comment, send round, declare agreed, correct.

Each acts or raises; the page shows itself again then, with what was typed.
"""

from collections.abc import Awaitable, Callable

from negotiations.access.actor import Actor
from negotiations.access.policy import demand
from negotiations.db import Db
from negotiations.errors import FieldError, Invalid, Stale
from negotiations.models import NegotiationSession
from negotiations.notes import circulating, publishing, rounds
from negotiations.notes.bodies import Corrigendum, Decide, NewComment
from negotiations.scheduling import queries as scheduling
from negotiations.web.forms import body_of
from negotiations.web.html import Page, require_base

CHANGED = (
    "This summary has changed since you opened this page, and nothing was done. "
    "It is shown as it is now: look again, then repeat what you wanted."
)
_PLAINER = {
    "With a statement, decide approved_with_statement.": (
        "You wrote a statement: press “Approve with this statement”, or empty the field."
    ),
    "decision is missing.": "Press one of the buttons.",
    "body is missing.": "Write your comment.",
}


async def decide(page: Page) -> None:
    """A side's word on the very text that the page showed."""
    with_it = page.form.given("sha256", "decision", "statement")
    try:
        body = body_of(Decide, with_it)
        async with page.write() as (db, actor):
            session = await scheduling.session_for_change(db, actor, page.path["id"])
            await circulating.decide(db, actor, session, body, now=page.now)
    except Invalid as error:
        raise _on_the_page(error) from None
    except Stale:
        raise Stale(
            "The text has changed since you opened this page, and nothing was decided. "
            "Below is the one that is circulated now: read it, then decide on it."
        ) from None


async def comment(page: Page) -> None:
    """A remark on the circulated text."""
    try:
        body = body_of(NewComment, {"body": page.form.get("comment")})
    except Invalid as error:
        raise _on_the_page(error, body="comment") from None
    async with page.write() as (db, actor):
        session = await scheduling.session_for_change(db, actor, page.path["id"])
        await circulating.comment(db, actor, session, body, now=page.now)


def _on_the_page(error: Invalid, **names: str) -> Invalid:
    """The error at the page's field, which may be called otherwise, in words for people."""
    return Invalid(
        [
            FieldError(
                f"/{names.get(one.pointer.strip('/'), one.pointer.strip('/'))}",
                _PLAINER.get(one.detail, one.detail),
            )
            for one in error.errors
        ]
    )


async def circulate(page: Page) -> None:
    """Send the text that the page showed round."""

    async def act(db: Db, actor: Actor, session: NegotiationSession) -> None:
        await circulating.circulate(db, actor, session, now=page.now)

    await _as_seen(page, "summary.circulate", act)


async def agree(page: Page) -> None:
    """Declare the text that the page showed agreed."""

    async def act(db: Db, actor: Actor, session: NegotiationSession) -> None:
        await circulating.agree(db, actor, session, now=page.now)

    await _as_seen(page, "summary.agree", act)


async def correct(page: Page) -> None:
    """Begin a corrigendum of the text that the page showed."""
    body = body_of(Corrigendum, {"body": page.form.get("body")})

    async def act(db: Db, actor: Actor, session: NegotiationSession) -> None:
        await publishing.correct(db, actor, session, body.body, now=page.now)

    await _as_seen(page, "summary.correct", act)


async def publish(page: Page) -> None:
    """Publish the very bytes that the page showed."""
    async with page.write() as (db, actor):
        session = await scheduling.session_for_change(db, actor, page.path["id"])
        await publishing.publish(db, actor, session, now=page.now, seen=page.form.get("frozen"))


Act = Callable[[Db, Actor, NegotiationSession], Awaitable[None]]


async def _as_seen(page: Page, right: str, act: Act) -> None:
    """Stale unless the summary is as the form's page showed it."""
    async with page.write() as (db, actor):
        session = await scheduling.session_for_change(db, actor, page.path["id"])
        demand(actor, right, session)
        one = await rounds.view_of(db, actor, session)
        try:
            require_base(page, one)
        except Stale:
            raise Stale(CHANGED) from None
        await act(db, actor, session)
