"""What must stay of an answer when a row behind it is broken (F30), and where to ask."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import httpx2
from icalendar import Calendar

TALKS, JURISDICTION, ISSUE = "secure-communities-2010", "arlington", "1"
RAW = re.compile(rb"(?i)<script>alert|<img src=x|<svg/onload|<iframe src|<base href|<object data")


@dataclass(frozen=True)
class Seen:
    """What of an answer must stay: its status, that nothing is missing, and nothing raw."""

    status: int
    items: int
    raw: bool

    def as_good_as(self, was: "Seen", missing: int) -> bool:
        """One more may be listed: a text that can't be shown is itself something that waits."""
        enough = self.items >= was.items - missing
        return self.status == was.status and enough and self.raw == was.raw


def filled(path: str, ids: dict[str, list[str]]) -> Iterator[str]:
    """The addresses of a route with what stands for its parameters."""
    path = path.replace("{neg}", TALKS).replace("{jurisdiction}", JURISDICTION)
    path = path.replace("{party}", JURISDICTION).replace("{n}", "1").replace("{code}", ISSUE)
    path = path.replace("{audience}", "secretariat").replace("{item}", "general")
    if "{id}" not in path:
        if "{" not in path:
            yield path
        return
    before = path.partition("{id}")[0]
    for one in ids.get(before, ()):
        yield path.replace("{id}", one)


def items_of(answer: httpx2.Response) -> int:
    """How many a list or a feed holds; a page counts for one."""
    kind = answer.headers.get("content-type", "").partition(";")[0]
    if answer.status_code != 200:
        return 0
    if kind == "text/calendar":
        calendar = Calendar.from_ical(answer.content)
        events = Counter(one.name for one in calendar.walk())  # type: ignore[union-attr]
        return events["VEVENT"]
    if kind == "application/json":
        told = answer.json()
        if isinstance(told, dict):
            return len(told.get("items", told.get("cells", [0])))
    return 1
