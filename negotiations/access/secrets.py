"""How secrets are made and kept: 256 random bits, of which only the SHA-256 is stored."""

import hashlib
import secrets

TOKEN_PREFIX = "neg_"


def new_secret(prefix: str = "") -> str:
    """A fresh secret, safe in an address; shown once."""
    return prefix + secrets.token_urlsafe(32)


def fingerprint(secret: str) -> str:
    """What is stored of a secret and looked up by: its SHA-256 in hexadecimal."""
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()
