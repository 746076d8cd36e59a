"""Programs that are told by webhooks, and changes that people and programs are told of."""

from collections.abc import Iterable
from secrets import token_hex

from sqlmodel import select

from negotiations.access.actor import operator
from negotiations.app import open_database
from negotiations.clock import Clock
from negotiations.db import Database
from negotiations.models import Negotiation, NegotiationSession
from negotiations.outgoing.answers import rule_of
from negotiations.scheduling import actions, queries
from negotiations.scheduling.bodies import Relocate
from negotiations.settings import Settings
from negotiations.webhooks import actions as webhooks
from negotiations.webhooks.views import NewWebhook

INSIDE, KEY = "127.0.0.1/32", "k" * 32


def settings_of(url: str, smtp: str = "") -> Settings:
    """Of a service that mails to this server, and whose webhooks stay on this machine."""
    more = {"smtp_url": smtp, "mail_from": "talks@example.org"} if smtp else {}
    return Settings(
        database_url=url, base_url="http://testserver", outgoing_inside=INSIDE, secret_key=KEY,
        **more,
    )  # fmt: skip


async def hook(url: str, addresses: Iterable[str]) -> list[str]:
    """Endpoints of the secretariat at these addresses; their secrets."""
    settings, made = settings_of(url), []
    database = open_database(settings, Clock())
    async with database.write() as db:
        talks = (await db.exec(select(Negotiation))).one()
        for address in addresses:
            body = NewWebhook(negotiation=talks.slug, url=address, types=[])
            _, secret = await webhooks.create(
                db, operator(talks.id), talks, body,
                rule=rule_of(settings), key=KEY, now=database.clock.now(),
            )  # fmt: skip
            made.append(secret)
    await database.close()
    return made


async def relocate(database: Database, *session_ids: str, number: int) -> None:
    """A change of each of these sessions, all in one go: everybody at their tables is told."""
    async with database.write() as db:
        for session_id in session_ids:
            row = await db.get_one(NegotiationSession, session_id)
            actor = operator(row.negotiation_id)
            session = await queries.session_for_change(db, actor, session_id)
            other = f"Hall {number} {token_hex(4)}"  # never where it is already
            where = Relocate(location=other, reason="Another hall")
            await actions.relocate(db, actor, session, where, now=database.clock.now())
