"""One-time links and signing out. A link does nothing until its button is pressed."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from negotiations.access.logins import end_login, open_link
from negotiations.errors import NegotiationsError, Unauthenticated
from negotiations.web.forms import check_same_site
from negotiations.web.html import Page, cookie_name, page_route, public
from negotiations.web.problems import BUSY, headers_of, status_of, unavailable


async def show_link(request: Request) -> Response:
    """A button. Mail scanners that open the link change nothing.

    `strict-origin`, since with no-referrer Chromium sends `Origin: null` with our own form, and
    over plain http nothing else tells it from a foreign one. The secret still never travels.
    """
    response = _private(public(Page(request), "access/open_link.html"))
    response.headers["Referrer-Policy"] = "strict-origin"
    return response


async def use_link(request: Request) -> Response:
    """Spend the link and give the browser its cookie."""
    page = Page(request)
    service = page.service
    try:
        check_same_site(request)
        cookie = await _open(page)
    except NegotiationsError as error:
        status, title = status_of(error)
        values = {"title": title, "detail": error.detail}
        response = _private(public(page, "error.html", status, **values))
        response.headers.update(headers_of(error))
        return response
    except Exception as error:
        if not unavailable(error):
            raise
        values = {"title": "Try again", "detail": BUSY}
        return _private(public(page, "error.html", 503, **values))
    response = _private(page.go("/"))
    response.set_cookie(
        cookie_name(service),
        cookie,
        max_age=service.settings.login_days * 86400,
        secure=service.settings.https,
        httponly=True,
        samesite="lax",
        path="/",
    )
    return response


async def _open(page: Page) -> str:
    """Spend the link; one that nobody has counts for the network that tried it."""
    service = page.service
    try:
        async with service.database.write() as db:
            return await open_link(
                db, page.path["secret"], now=page.now, days=service.settings.login_days
            )
    except Unauthenticated:
        service.rates.count_wrong(page.request)
        raise


async def sign_out(page: Page) -> Response:
    """End the login on the server, so that a copied cookie is worthless too."""
    async with page.write() as (db, _actor):
        assert page.login is not None
        await end_login(db, page.login, now=page.now)
    response = page.go("/sign-in")
    response.delete_cookie(
        cookie_name(page.service), path="/", secure=page.service.settings.https, httponly=True
    )
    return response


def _private(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


async def _link(request: Request) -> Response:
    return await (use_link if request.method == "POST" else show_link)(request)


routes: list[BaseRoute] = [
    Route("/sign-in/{secret}", _link, methods=["GET", "POST"]),
    page_route("/sign-out", post=sign_out),
]
