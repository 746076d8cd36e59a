"""PURE: how a delivery is signed (Standard Webhooks), and what an endpoint's secret is made of.

No secret is stored: it follows from the service's key, which is no row, and a random salt, which
is. A copy of the database without the key signs nothing.
"""

import base64
import hmac
import json
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from standardwebhooks import Webhook

_PURPOSE = b"negotiations webhook secret\x00"


def new_salt() -> str:
    """256 random bits, in hexadecimal."""
    return secrets.token_hex(32)


def secret_of(key: str, salt: str) -> bytes:
    """The 32 bytes with which an endpoint's deliveries are signed."""
    return hmac.digest(key.encode(), _PURPOSE + salt.encode(), "sha256")


def told(secret: bytes) -> str:
    """A secret as its receiver is given it."""
    return f"whsec_{base64.b64encode(secret).decode()}"


def body_of(type_: str, at: datetime, data: dict[str, Any]) -> bytes:
    """The same bytes for the same event, at each try."""
    moment = at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds")
    return json.dumps({"type": type_, "timestamp": f"{moment}Z", "data": data}).encode()


def headers_of(
    id_: str, body: bytes, keys: Sequence[bytes], *, now: datetime
) -> dict[str, str]:  # fmt: skip
    """What goes with the body: its id, the time of this try, and a signature by each key."""
    signed = [Webhook(key).sign(id_, now, body.decode()) for key in keys]
    return {
        "content-type": "application/json",
        "webhook-id": id_,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signed),
    }
