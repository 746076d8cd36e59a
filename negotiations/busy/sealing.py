"""Sealing what opens somebody's calendar: AES-256-GCM, by the service's key, which is no row.

Who has a copy of the database without the key reads none of it. A seal is bound to its row and its
purpose: put into another row it can't be opened.
"""

import base64
import hmac
import json
import secrets

_PURPOSE = b"negotiations busy calendar\x00"
_NONCE = 12


class Unsealable(Exception):
    """Sealed with another key, or for another row."""


def seal(key: str, row_id: str, purpose: str, content: dict[str, str]) -> str:
    """The content as a text that says nothing but its length."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = secrets.token_bytes(_NONCE)
    plain = json.dumps(content, ensure_ascii=False).encode()
    made = AESGCM(_key(key)).encrypt(nonce, plain, _bound(row_id, purpose))
    return base64.urlsafe_b64encode(nonce + made).decode()


def opened(key: str, row_id: str, purpose: str, sealed: str) -> dict[str, str]:
    """What was sealed; Unsealable where it can't be told."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        raw = base64.urlsafe_b64decode(sealed)
        plain = AESGCM(_key(key)).decrypt(raw[:_NONCE], raw[_NONCE:], _bound(row_id, purpose))
        found = json.loads(plain)
    except (InvalidTag, ValueError):
        raise Unsealable from None
    return {str(name): str(value) for name, value in found.items()}


def fingerprint(key: str, url: str) -> str:
    """Tells two addresses apart without telling either: 48 bits, by the same key."""
    return hmac.new(_key(key), b"address\x00" + url.encode(), "sha256").hexdigest()[:12]


def _key(key: str) -> bytes:
    return hmac.digest(key.encode(), _PURPOSE, "sha256")


def _bound(row_id: str, purpose: str) -> bytes:
    return f"{row_id}/{purpose}".encode()
