"""PURE: the addresses and links by which somebody answers, which nobody else can make.

Nothing of them is stored: they follow from the service's key. They name the mail address that they
were sent to, so that they end when somebody gets another one.
"""

import base64
import hmac
import re

_PURPOSES = {"address": b"negotiations answer address\x00", "link": b"negotiations answer link\x00"}
ID = 10  # bytes of an id (models.base.new_id)
SIGNATURE = 16  # bytes: 128 bits
_LOCAL = re.compile(r"([^@+]+)\+([a-z2-7]{42})@([^@]+)")


def answer_address(key: str, reply_address: str, invitation_id: str, to: str) -> str:
    """Where the program of whoever has the mail address `to` answers this invitation.

    `reply_address` is the service's; the invitation and the signature stand behind a + in it (RFC
    5233), in small letters and digits, since mail servers may change the case.
    """
    name, _, domain = reply_address.partition("@")
    octets = bytes.fromhex(invitation_id)
    return f"{name}+{_written(octets + _signed('address', key, octets, to))}@{domain}"


def invitation_of(reply_address: str, address: str) -> str | None:
    """The id of the invitation that an address is said to answer; is_signed() says if it does."""
    found = _LOCAL.fullmatch(address.strip().lower())
    if found is None or f"{found[1]}@{found[3]}" != reply_address:
        return None
    octets = _read(found[2])
    return octets[:ID].hex() if octets is not None else None


def is_signed(key: str, reply_address: str, address: str, invitation_id: str, to: str) -> bool:
    """Whether it is the address that `to` was given for this invitation; in constant time."""
    given = answer_address(key, reply_address, invitation_id, to)
    return hmac.compare_digest(address.strip().lower().encode(), given.encode())


def answer_token(key: str, person_id: str, session_id: str, to: str) -> str:
    """What the link in a mail to `to` ends with: it answers for this person and session alone."""
    octets = bytes.fromhex(person_id + session_id)
    return _written(octets + _signed("link", key, octets, to))


def named_in(token: str) -> tuple[str, str] | None:
    """The ids of the person and the session that a token is said to be for."""
    octets = _read(token) if len(token) == 58 else None
    return (octets[:ID].hex(), octets[ID : 2 * ID].hex()) if octets else None


def is_token(key: str, token: str, person_id: str, session_id: str, to: str) -> bool:
    """Whether it is the token that `to` was sent; in constant time."""
    given = answer_token(key, person_id, session_id, to)
    return hmac.compare_digest(token.encode(), given.encode())


def _signed(purpose: str, key: str, octets: bytes, to: str) -> bytes:
    told = _PURPOSES[purpose] + octets + to.lower().encode()
    return hmac.digest(key.encode(), told, "sha256")[:SIGNATURE]


def _written(octets: bytes) -> str:
    return base64.b32encode(octets).decode().rstrip("=").lower()


def _read(written: str) -> bytes | None:
    """None for what isn't written so; the one way of writing it, so that no two are the same."""
    try:
        octets = base64.b32decode(written.upper() + "=" * (-len(written) % 8))
    except ValueError:
        return None
    return octets if _written(octets) == written else None
