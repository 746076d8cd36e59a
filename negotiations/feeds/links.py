"""PURE: how a calendar's address is handed to the programs that subscribe to it."""

from urllib.parse import quote, urlsplit


def public_page(base_url: str, slug: str) -> str:
    """The page with what is published of talks."""
    return f"{base_url}/public/{slug}"


def public_address(base_url: str, slug: str, jurisdiction: str | None = None) -> str:
    """Where the published sessions of talks, or of one jurisdiction, are fetched."""
    return f"{public_page(base_url, slug)}{f'/{jurisdiction}' if jurisdiction else ''}.ics"


def webcal(address: str) -> str:
    """The same address as Apple's and other programs take it for a subscription.

    Never webcals: Safari on iOS refuses it (calendar.md 50).
    """
    return f"webcal://{address.partition('://')[2]}"


def google(address: str) -> str:
    """Google Calendar subscribes to `cid` when it begins with webcal:// (calendar.md 50)."""
    return f"https://calendar.google.com/calendar/r?cid={quote(webcal(address), safe='')}"


def outlook(address: str, name: str, host: str = "outlook.office.com") -> str:
    """Outlook on the web: at work by default, `outlook.live.com` for private accounts."""
    query = f"url={quote(address, safe='')}&name={quote(name, safe='')}"
    return f"https://{host}/calendar/0/addfromweb?{query}"


def qr_code(address: str) -> str:
    """The webcal address as a QR code, dark on white: the address of an SVG image."""
    import segno  # few processes ever draw one

    return str(segno.make(webcal(address), micro=False).svg_data_uri(scale=5, light="#fff"))


def reachable_from_outside(base_url: str) -> bool:
    """Whether programs on the web (Google, Outlook) can be expected to fetch from here."""
    parts = urlsplit(base_url)
    return parts.scheme == "https" and "." in (parts.hostname or "")
