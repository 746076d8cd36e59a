"""Rendering pages, and what each page handler is given: who looks, transactions, answers."""

import gzip
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from negotiations.access.actor import NOBODY, Actor, actor_of_cookie
from negotiations.access.policy import can
from negotiations.access.secrets import fingerprint
from negotiations.db import Db, admit
from negotiations.errors import BadRequest, Invalid, NegotiationsError, NotFound, Unauthenticated
from negotiations.ics.text import safe_uri
from negotiations.models import Login, Person
from negotiations.models.parties import Times
from negotiations.readings import Reader
from negotiations.web import etags, showing
from negotiations.web.codings import takes_gzip
from negotiations.web.forms import Form, check_same_site, csrf_token, has_token, read_form
from negotiations.web.markdown import html
from negotiations.web.problems import BUSY, headers_of, log, status_of, unavailable
from negotiations.web.service import Service, identified, service_of

ROOT = Path(__file__).parent.parent
# Fields that forms fill in themselves.
TECHNICAL = re.compile(
    "base(/.+)?|audience|step|then|warning|sha256|frozen|.+/(supersedes|party|person|was)"
)
WORTH_PACKING = 1400  # bytes: what a packet takes anyway
LABELS = {"tz": "time zone"}
templates = Environment(
    loader=FileSystemLoader(ROOT / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
templates.filters["markdown"] = html
# No form takes another address, but a script that writes into the database might.
templates.filters["link"] = partial(safe_uri, schemes=("http", "https", "tel"))
templates.globals.update(showing.FOR_TEMPLATES)
templates.globals["can"] = can


class Page:
    """One page request of a signed-in person (or of nobody, for public pages)."""

    def __init__(self, request: Request, form: Form | None = None) -> None:
        self.request = request
        self.service: Service = service_of(request)
        self.path: dict[str, str] = request.path_params
        self.form = form or Form([])
        self.cookie = request.cookies.get(cookie_name(self.service), "")
        self.actor: Actor = NOBODY
        self.login: Login | None = None
        self.asked_times: Times | None = None

    @property
    def now(self) -> datetime:
        return self.service.now()

    @property
    def person(self) -> Person:
        assert self.actor.person is not None
        return self.actor.person

    @property
    def reader(self) -> Reader | None:
        """By which clocks the page shows times: as its address asks, else as the person chose."""
        person = self.actor.person
        return Reader(person.tz, self.asked_times or person.times) if person else None

    def address(self, **changes: str | None) -> str:
        """This page's address with other options; None takes one away."""
        kept = [(key, value) for key, value in self.request.query_params.multi_items()
                if key not in changes]  # fmt: skip
        query = urlencode([*kept, *((key, one) for key, one in changes.items() if one is not None)])
        return quote(self.request.url.path) + (f"?{query}" if query else "")

    @property
    def clocks(self) -> list[tuple[Times, str]]:
        """Each clock by which times can be shown first, with this page's address by it.

        None where a form was refused: what was typed there would be lost.
        """
        shown = self.request.method in ("GET", "HEAD")
        return [(one, self.address(times=one)) for one in Times] if shown else []

    @asynccontextmanager
    async def read(self) -> AsyncIterator[tuple[Db, Actor]]:
        """A snapshot and who looks, with the rights of this moment."""
        async with self.service.database.read() as db:
            yield db, await self._identify(db)

    @asynccontextmanager
    async def write(self, *, dry_run: bool = False) -> AsyncIterator[tuple[Db, Actor]]:
        """A transaction and who acts; the rights are read inside it."""
        async with self.service.write(dry_run=dry_run) as db:
            yield db, await self._identify(db)

    async def _identify(self, db: Db) -> Actor:
        found = await actor_of_cookie(db, self.cookie, self.now) if self.cookie else None
        if found is None:
            raise Unauthenticated("You are not signed in, or your login has ended.")
        self.actor, self.login = found
        # Apart from the transaction: a page about its failure still knows who looks.
        for row in (self.actor.person, self.login):
            db.expunge(row)
        identified(self.request, "login", self.cookie)
        await admit(db, self.actor.readers)
        self.asked_times = _times_asked(self.request)
        return self.actor

    def show(self, template: str, status: int = 200, **values: Any) -> Response:
        """The page, for the eyes of the signed-in person only."""
        return HTMLResponse(
            render(self, template, values),
            status,
            headers={"Cache-Control": "private, no-store", "Referrer-Policy": "same-origin"},
        )

    def go(self, path: str) -> Response:
        """To another page after a change."""
        return RedirectResponse(path, 303)


def _times_asked(request: Request) -> Times | None:
    """What `?times=` says, on any page for who is signed in; BadRequest when it is no clock."""
    asked = request.query_params.get("times")
    try:
        return Times(asked) if asked else None
    except ValueError:
        raise BadRequest(f"times is one of: {', '.join(Times)}.") from None


def render(page: Page, template: str, values: Mapping[str, Any]) -> str:
    """A template with what every template knows."""
    common = {
        "page": page,
        "actor": page.actor,
        "me": page.actor.person,
        "reader": page.reader,
        "now": page.now,
        "csrf": csrf_token(page.cookie),
        "base_url": page.service.settings.base_url,
        "errors": {},
        "problem": "",
    }
    return templates.get_template(template).render({**common, **values})


def public(page: Page, template: str, status: int = 200, **values: Any) -> Response:
    """A page that anybody may see; it knows no login."""
    return HTMLResponse(
        render(page, template, values),
        status,
        headers={"Cache-Control": "public, no-cache", "Referrer-Policy": "no-referrer"},
    )


def version_of(representation: Any) -> str:
    """The version a form was made from, for its hidden field `base`."""
    return etags.etag(etags.encode(representation)).strip('"')


def require_base(page: Page, representation: Any) -> None:
    """Stale unless the form was made from the representation as it is now."""
    etags.require_match(f'"{page.form.get("base")}"', etags.etag(etags.encode(representation)))


def problems(error: NegotiationsError) -> dict[str, Any]:
    """An error as templates show it: a sentence on top, and each field's own."""
    if not isinstance(error, Invalid):
        return {"problem": error.detail, "errors": {}}
    plain = [(one.pointer.strip("/"), _plain(one.detail)) for one in error.errors]
    return {"problem": " ".join(text for _, text in plain), "errors": dict(plain)}


def _plain(detail: str) -> str:
    """Without the names of JSON fields, which a form doesn't show."""
    text, fold, _ = detail.partition(" Say which: fold ")
    return f"{text} Choose which." if fold else text.removeprefix("tz ")


def cookie_name(service: Service) -> str:
    return "__Host-login" if service.settings.https else "login"


def packed(request: Request, answer: Response) -> Response:
    """The page in gzip, where that is taken; what names its version (a file, say) is left alone."""
    is_page = answer.headers.get("content-type", "").startswith("text/html")
    if is_page and "etag" not in answer.headers and len(answer.body) > WORTH_PACKING:
        answer.headers["Vary"] = "Accept-Encoding"
        if takes_gzip(request.headers.get("accept-encoding")):
            answer.body = gzip.compress(answer.body, 3, mtime=0)
            answer.headers["Content-Encoding"] = "gzip"
            answer.headers["Content-Length"] = str(len(answer.body))
    return answer


Handler = Callable[[Page], Awaitable[Response]]


def page_route(path: str, get: Handler | None = None, post: Handler | None = None) -> Route:
    """A page's route: GET shows it; POST acts, once the form is proved to be ours."""

    async def answer(request: Request) -> Response:
        return packed(request, await answer_of(request))

    async def answer_of(request: Request) -> Response:
        page = Page(request)
        try:
            page.service.rates.require("login", fingerprint(page.cookie))
            if any("\x00" in str(value) for value in request.path_params.values()):
                raise NotFound  # PostgreSQL can't even be asked for it
            if request.method in ("GET", "HEAD") and get is not None:
                return await get(page)
            assert post is not None
            check_same_site(request)
            page.form = await read_form(request)
            if not has_token(page.form, page.cookie):
                return await _send_again(page)
            return await post(page)
        except Unauthenticated:
            return await _sign_in_first(page)
        except NegotiationsError as error:
            return _error(page, error)
        except Exception as error:
            if not unavailable(error):
                raise
            log.warning("database unavailable: %s", type(error).__name__)
            values = {"title": "Try again", "detail": BUSY}
            answer = page.show("error.html", 503, **values)
            answer.headers["Retry-After"] = "5"
            return answer

    methods = [name for name, handler in (("GET", get), ("POST", post)) if handler]
    return Route(path, answer, methods=methods)


def _error(page: Page, error: NegotiationsError) -> Response:
    status, title = status_of(error)
    answer = page.show("error.html", status, title=title, detail=error.detail)
    answer.headers.update(headers_of(error))
    return answer


async def _sign_in_first(page: Page) -> Response:
    """To the sign-in page; words that were typed come along and can be sent again."""
    if page.request.method in ("GET", "HEAD"):
        return page.go("/sign-in")
    return page.show("send_again.html", 401, signed_in=False, fields=_kept(page))


async def _send_again(page: Page) -> Response:
    """The form is older than the login: nothing is done, nothing typed is lost."""
    async with page.service.database.read() as db:
        found = await actor_of_cookie(db, page.cookie, page.now) if page.cookie else None
    if found is not None:
        page.actor, page.login = found
    status = 403 if found else 401
    return page.show("send_again.html", status, signed_in=bool(found), fields=_kept(page))


def _kept(page: Page) -> list[tuple[str, str, str]]:
    """What was sent, as name, value and label; no label for what nobody typed."""
    return [
        (
            name,
            value,
            "" if _technical(name, value) else LABELS.get(name) or re.sub("[/_]", " ", name),
        )
        for name, value in page.form.fields
        if name != "csrf"
    ]


def _technical(name: str, value: str) -> bool:
    is_id = re.fullmatch("[0-9a-f]{20}", value)
    return not value.strip() or bool(is_id or TECHNICAL.fullmatch(name))
