"""Proofs of who is asking: API tokens, and sign-in links that become browser logins."""

from datetime import datetime
from enum import StrEnum

from sqlmodel import Field

from negotiations.models.base import Row, choice


class TokenScope(StrEnum):
    """What a token may do at most; the person's own rights cap it further."""

    read = "read"
    write = "write"


class ApiToken(Row, table=True):
    """A bearer token, of which only the SHA-256 is kept."""

    __tablename__ = "api_token"

    person_id: str = Field(foreign_key="person.id", max_length=32, index=True)
    token_sha256: str = Field(unique=True, max_length=64)
    label: str = Field(max_length=80)
    scope: TokenScope = Field(default=TokenScope.write, sa_type=choice(TokenScope))
    expires_at: datetime
    revoked_at: datetime | None = None


class Login(Row, table=True):
    """One sign-in, from the one-time link to the end of the browser's session.

    The link is spent once `signed_in_at` is set; `cookie_sha256` then names the browser.
    """

    __tablename__ = "login"

    person_id: str = Field(foreign_key="person.id", max_length=32, index=True)
    link_sha256: str = Field(unique=True, max_length=64)
    link_expires_at: datetime
    signed_in_at: datetime | None = None
    cookie_sha256: str | None = Field(default=None, unique=True, max_length=64)
    expires_at: datetime | None = None
    ended_at: datetime | None = None
