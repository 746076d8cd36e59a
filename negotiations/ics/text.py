"""What may stand in a calendar's text or link, and what becomes of the rest?"""

import re
from collections.abc import Collection
from urllib.parse import quote, urlsplit

# RFC 5545 §3.3.11 forbids controls but TAB in TEXT (a newline is written as \n). U+0085, U+2028
# and U+2029 are no controls for every reader, but some split lines at them; a lone surrogate has
# no UTF-8 form at all. CR is among them: line ends are normalised to \n first.
_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")

# RFC 3986 §2: unreserved, reserved and "%". Not here, so refused: space, controls, the double
# quote, backslash, angle brackets, ^ ` { | }.
_URI = re.compile(r"[A-Za-z0-9\-._~:/?#\[\]@!$&()*+,;=%]+")
_URI_SCHEMES = ("http", "https", "mailto", "tel")
_ESCAPED = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})


def has_forbidden(text: str) -> str | None:
    r"""Name the first character that no calendar text may hold ("U+2028"), None for clean text.

    Forbidden: C0 controls save TAB and LF (so every CR: normalise line ends first), DEL,
    U+0080 to U+009F, U+2028, U+2029 and lone surrogates.
    """
    found = _FORBIDDEN.search(text)
    return f"U+{ord(found[0]):04X}" if found else None


def clean(text: str) -> str:
    r"""Return text fit for a TEXT value: CRLF and CR become \n, what is forbidden a space.

    A byte order mark at the start is dropped, since icalendar writes a value without it.
    """
    normal = text.replace("\r\n", "\n").replace("\r", "\n")
    return _FORBIDDEN.sub(" ", normal).lstrip("\ufeff")


def escape(text: str) -> str:
    r"""Escape backslash, semicolon, comma and newline for TEXT, nothing else (RFC 5545 §3.3.11).

    icalendar's own escaping turns a backslash before a capital N (``C:\New``) into a newline.
    """
    return text.translate(_ESCAPED)


def safe_uri(uri: str | None, schemes: Collection[str] = _URI_SCHEMES) -> str | None:
    """Return the URI if it may be written as it stands (RFC 5545 §3.3.13), else None.

    It needs one of the schemes, a host for http and https, and only characters of RFC 3986 §2;
    spaces, controls, backslashes, double quotes and angle brackets refuse it. Non-ASCII is
    percent-encoded as UTF-8 (RFC 3987 §3.1) and an apostrophe becomes %27, so that a link with
    an accent isn't lost.
    """
    if not uri or has_forbidden(uri) or any(char.isspace() for char in uri):
        return None
    ascii_uri = "".join(quote(char) if char == "'" or char > "\x7f" else char for char in uri)
    if not _URI.fullmatch(ascii_uri):
        return None
    try:
        parts = urlsplit(ascii_uri)
    except ValueError:  # an open bracket in the host
        return None
    place = parts.netloc if parts.scheme in ("http", "https") else parts.path
    return ascii_uri if parts.scheme in schemes and place else None
