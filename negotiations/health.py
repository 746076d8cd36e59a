"""Does it run, is it ready, what did it count? `/healthz`, `/readyz` and `/metrics`.

Unready is said with one word of reason, since a load balancer and whoever looks after it read it:
`database` (can't be reached), `tables` (of another version), `feeds` (bytes of another version),
`ticks` (nobody does what is due: mails, reminders).
"""

import asyncio
import logging
from datetime import datetime, timedelta
from functools import cache
from ipaddress import ip_address, ip_network
from typing import cast

from prometheus_client import CONTENT_TYPE_LATEST
from sqlmodel import col, select, text
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from negotiations.db import Database, Db
from negotiations.errors import NotFound
from negotiations.feeds.projection import stamp_of
from negotiations.mail.queries import standing
from negotiations.models import EventBytes, Job
from negotiations.schema import head_revision
from negotiations.web.problems import problem_of
from negotiations.web.service import Service, service_of

log = logging.getLogger("negotiations")
SECONDS = 3
OFTEN = "reminders"  # a job that is due every few seconds
STILL = timedelta(minutes=5)  # behind which nobody does what is due
NOW = {"Cache-Control": "no-store"}  # what was true a moment ago helps nobody
_head = cache(head_revision)


async def healthz(_request: Request) -> Response:
    """Whether the process answers."""
    return JSONResponse({"status": "ok"}, headers=NOW)


async def readyz(request: Request) -> Response:
    """Whether requests can be answered: 200, or 503 with the reason."""
    reason = await _reason(service_of(request))
    if reason is None:
        return JSONResponse({"status": "ready"}, headers=NOW)
    headers = {"Retry-After": "5", **NOW}
    return JSONResponse({"status": "not ready", "reason": reason}, 503, headers)


async def _reason(service: Service) -> str | None:
    try:
        async with asyncio.timeout(SECONDS), service.database.read() as db:
            return await _reason_in(db, service.settings.base_url, service.now())
    except Exception as error:
        log.warning("not ready: %s", type(error).__name__)
        return "database"


async def _reason_in(db: Db, base_url: str, now: datetime) -> str | None:
    found = await db.exec(text("SELECT version_num FROM alembic_version"))  # type: ignore[call-overload]
    if found.scalars().first() != _head():
        return "tables"
    stale = await db.exec(
        select(EventBytes.id).where(col(EventBytes.stamp) != stamp_of(base_url)).limit(1)
    )
    if stale.first():
        return "feeds"
    # Of all processes: where one only serves, another ticks.
    due = (await db.exec(select(Job.next_run_at).where(col(Job.name) == OFTEN))).first()
    return "ticks" if due is not None and due < now - STILL else None


async def metrics(request: Request) -> Response:
    """The counters, for the addresses of NEGOTIATIONS_METRICS_ALLOW_IPS; for others nothing."""
    service = service_of(request)
    if not _may_count(request, service.settings.metrics_allow_ips):
        return problem_of(NotFound())
    try:
        # All of them, those too that the role of requests doesn't see.
        everything = cast(Database, request.app.state.database)
        async with asyncio.timeout(SECONDS), everything.read() as db:
            mails = await standing(db)
    except Exception as error:  # the counters are wanted then above all
        log.warning("mails not counted: %s", type(error).__name__)
    else:
        service.metrics.count_mails(
            waiting=mails.waiting, failing=mails.failing, given_up=mails.given_up
        )
    told = service.metrics.exposition()
    return Response(told, media_type=CONTENT_TYPE_LATEST, headers=NOW)


def _may_count(request: Request, allowed: str) -> bool:
    try:
        address = ip_address(request.client.host if request.client else "")
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    networks = [ip_network(one.strip()) for one in allowed.split(",") if one.strip()]
    return any((mapped or address) in network for network in networks)


routes = [Route("/healthz", healthz), Route("/readyz", readyz), Route("/metrics", metrics)]
