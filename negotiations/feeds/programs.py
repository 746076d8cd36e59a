"""PURE: which calendar program is it that fetches, by what it says of itself (User-Agent)?"""

import re
from dataclasses import dataclass

UNKNOWN = "another program"
# The first that fits: some pretend to be a browser as well.
_FAMILIES = tuple(
    (name, re.compile(pattern, re.IGNORECASE))
    for name, pattern in (
        ("Google Calendar", r"google-calendar-importer|googlecalendar"),
        ("Thunderbird", r"thunderbird(?:/(?P<version>\d+(?:\.\d+)?))?"),
        ("Apple Calendar", r"(?:ios|macos|mac[ +]os[ +]x)/(?P<version>\d+(?:\.\d+)?)"),
        ("Apple Calendar", r"dataaccessd|calendaragent"),
        ("Outlook", r"outlook(?:[/ ](?P<version>\d+(?:\.\d+)?))?|microsoft[ .](?:office|exchange)"),
        ("Nextcloud", r"nextcloud"),
        ("ICSx5", r"icsx5(?:/(?P<version>\d+(?:\.\d+)?))?"),
        ("DAVx5", r"dav(?:x5|droid)(?:/(?P<version>\d+(?:\.\d+)?))?"),
        ("Evolution", r"evolution(?:/(?P<version>\d+(?:\.\d+)?))?"),
        ("vdirsyncer", r"vdirsyncer(?:/(?P<version>\d+(?:\.\d+)?))?"),
        ("khal", r"\bkhal(?:/(?P<version>\d+(?:\.\d+)?))?"),
    )
)
# Each needs its row in feeds.behaviour, which tells people what it does.
FAMILIES = tuple(dict.fromkeys(name for name, _ in _FAMILIES))


@dataclass(frozen=True, slots=True)
class Program:
    """A family, and its version or that of the system it comes with (`17.5`), where told."""

    family: str
    version: str | None = None

    def __str__(self) -> str:
        return f"{self.family} {self.version}" if self.version else self.family


def program_of(user_agent: str) -> Program:
    """Never anything else of what it says: that could tell of the person."""
    for family, pattern in _FAMILIES:
        found = pattern.search(user_agent)
        if found is not None:
            return Program(family, found.groupdict().get("version"))
    return Program(UNKNOWN)
