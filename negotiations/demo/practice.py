"""Invented practice talks around today, so that a phone and the start page show something.

Parties and people are functions. Every text says that it is invented.
"""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

SLUG = "practice-talks"
TZ = "America/New_York"
NOTE = "Invented for practice."
HOW = "invented for practice"
ACCOUNTS: dict[str, dict[str, Any]] = {
    "agency": {"name": "Practice agency delegate", "role": "head", "party": "agency"},
    "north": {"name": "North delegate", "role": "head", "party": "north"},
    "south": {"name": "South delegate", "role": "head", "party": "south"},
}
PARTIES: list[dict[str, Any]] = [
    {
        "slug": slug,
        "name": f"Practice jurisdiction {name}",
        "short_name": name,
        "kind": "jurisdiction",
        "city": name,
        "tz": tz,
    }
    for slug, name, tz in (("north", "North", TZ), ("south", "South", "America/Los_Angeles"))
]
ISSUES: list[dict[str, Any]] = [
    {"code": "1", "title": "Opening hours of the counter"},
    {"code": "2", "title": "Who keeps the register"},
]
RESULT: dict[str, Any] = {
    "body": (
        "# Practice session\n\nInvented for practice.\n\n## 1. Opening hours of the counter\n\n"
        "Both sides want longer hours; the agency asks its head office.\n"
    ),
    "outcomes": [
        {
            "issue": "1",
            "value": "ad_referendum",
            "text": "Longer hours, if the agency's head office agrees.",
            "basis": "invented_for_demo",
        },
        {
            "issue": "2",
            "value": "deferred",
            "text": "Taken up next time.",
            "basis": "invented_for_demo",
        },
    ],
    "close": "concluded",
}


def negotiation(now: datetime) -> dict[str, Any]:
    today = now.astimezone(ZoneInfo(TZ)).date()
    return {
        "slug": SLUG,
        "title": "Practice talks",
        "subject": "Invented talks, for trying everything out",
        "home_tz": TZ,
        "symbol_prefix": "PT",
        "approval": "secretariat",
        "opens_on": today - timedelta(days=7),
        "closes_on": today + timedelta(days=30),
        "agency": {
            "slug": "agency",
            "name": "Practice agency",
            "short_name": "Agency",
            "kind": "agency",
            "city": "Agency",
            "tz": TZ,
        },
    }


def _session(jurisdiction: str, start: datetime, tz: str, **more: Any) -> dict[str, Any]:
    """A session of one hour from the instant `start`, on the wall clock of `tz`."""
    local = start.astimezone(ZoneInfo(tz))
    end = (start + timedelta(hours=1)).astimezone(ZoneInfo(tz))
    return {
        "jurisdiction": jurisdiction,
        "local_start": local.replace(tzinfo=None, fold=0),
        "local_end": end.replace(tzinfo=None, fold=0),
        "tz": tz,
        "fold": local.fold or end.fold,
        "location": f"{jurisdiction.title()} town hall",
        "agenda": [{"issue": "1"}, {"issue": "2"}],
        "basis": "invented_for_demo",
        "basis_note": NOTE,
        **more,
    }


def sessions(now: datetime) -> list[dict[str, Any]]:
    """One held yesterday, one in two hours, one tomorrow that moved, one proposed, one cancelled.

    Each is a body for propose with what happens to it afterwards.
    """
    today = now.astimezone(ZoneInfo(TZ)).replace(minute=0, second=0, microsecond=0)

    def at(days: int, hour: int) -> datetime:
        return (today + timedelta(days=days)).replace(hour=hour)

    soon = now.replace(second=0, microsecond=0) + timedelta(hours=2)
    soon -= timedelta(minutes=soon.minute % 15)
    link = "https://meet.example.org/practice"
    return [
        {"session": _session("north", at(-1, 10), TZ), "confirm": True, "result": RESULT},
        {
            "session": _session("south", soon, "America/Los_Angeles", conference_url=link),
            "confirm": True,
        },
        {
            "session": _session("north", at(2, 10), TZ),
            "confirm": True,
            "move": {
                "local_start": at(1, 15).replace(tzinfo=None),
                "reason": "The hall is taken on the day first agreed (invented).",
            },
        },
        {"session": _session("south", at(7, 13), TZ)},
        {
            "session": _session("north", at(3, 13), TZ),
            "cancel": "Not needed after all (invented).",
        },
    ]
