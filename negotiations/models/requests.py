"""Requests that may come twice: the answers kept for who didn't hear them the first time."""

from sqlalchemy import JSON, LargeBinary, UniqueConstraint
from sqlmodel import Field

from negotiations.models.base import Row


class IdempotencyKey(Row, table=True):
    """A request done under a key of its sender's own, and the answer it got.

    `request_sha256` covers verb, address and body. The row is written in the transaction of what
    the request did, so there is never one without the other.
    """

    __tablename__ = "idempotency_key"
    __table_args__ = (UniqueConstraint("person_id", "key"),)

    person_id: str = Field(foreign_key="person.id", max_length=32)
    key: str = Field(max_length=255)
    request_sha256: str = Field(max_length=64)
    status: int = 0
    headers: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    body: bytes = Field(default=b"", sa_type=LargeBinary)
