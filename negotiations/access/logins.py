"""Sign-in: one-time links that become browser logins, and API tokens."""

from datetime import datetime, timedelta

from sqlmodel import col, select, update

from negotiations.access.secrets import TOKEN_PREFIX, fingerprint, new_secret
from negotiations.db import Db
from negotiations.errors import Unauthenticated
from negotiations.locks import locked
from negotiations.models import ApiToken, Login, Person
from negotiations.models.access import TokenScope


def link_address(base_url: str, secret: str) -> str:
    """The page of a one-time sign-in link."""
    return f"{base_url}/sign-in/{secret}"


async def make_link(db: Db, person_id: str, *, now: datetime, minutes: int) -> str:
    """The secret of a new one-time sign-in link for a person, good for `minutes`."""
    secret = new_secret()
    db.add(
        Login(
            created_at=now,
            person_id=person_id,
            link_sha256=fingerprint(secret),
            link_expires_at=now + timedelta(minutes=minutes),
        )
    )
    return secret


async def open_link(db: Db, secret: str, *, now: datetime, days: int) -> str:
    """Spend a link; returns the cookie of the new login, good for `days`.

    Raises Unauthenticated when the link is unknown, spent or too old, or its owner was removed.
    """
    found = await db.exec(
        locked(select(Login).where(col(Login.link_sha256) == fingerprint(secret)))
    )
    login = found.first()
    spent = login is None or login.signed_in_at is not None or login.ended_at is not None
    if login is None or spent or login.link_expires_at <= now:
        raise Unauthenticated(
            "This sign-in link was used already or is too old. Ask for a new one."
        )
    cookie = new_secret()
    login.signed_in_at = now
    login.cookie_sha256 = fingerprint(cookie)
    login.expires_at = now + timedelta(days=days)
    db.add(login)
    return cookie


async def end_login(db: Db, login: Login, *, now: datetime) -> None:
    """Sign out: the cookie is worthless from the commit on."""
    await db.exec(
        update(Login)
        .where(col(Login.id) == login.id, col(Login.ended_at).is_(None))
        .values(ended_at=now)
    )


async def make_token(
    db: Db, person: Person, *, label: str, scope: TokenScope, days: int, now: datetime
) -> str:
    """A new bearer token, shown once."""
    secret = new_secret(TOKEN_PREFIX)
    db.add(
        ApiToken(
            created_at=now,
            person_id=person.id,
            token_sha256=fingerprint(secret),
            label=label,
            scope=scope,
            expires_at=now + timedelta(days=days),
        )
    )
    return secret
