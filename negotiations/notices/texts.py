"""PURE: the words of reminders and digests. Every line may carry what somebody typed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from negotiations.mail.texts import Text, body_of, one_line

HOUR = 60  # minutes
DAY = 24 * HOUR


@dataclass(frozen=True, slots=True)
class Line:
    """One thing: about what, what there is to say of it, and where it is."""

    title: str
    said: Sequence[str]
    link: str


@dataclass(frozen=True, slots=True)
class Section:
    """Things under one heading, and how many `more` there are; one without any isn't shown."""

    heading: str
    lines: Sequence[Line]
    more: int = 0


def until(starts_at: datetime, now: datetime) -> str:
    """How long it is still, rounded: `in 1 day`, `in 4 hours`, `in 15 minutes`."""
    minutes = max(1, round((starts_at - now) / timedelta(minutes=1)))
    if minutes > 36 * HOUR:
        return _of(round(minutes / DAY), "day")
    if minutes >= 23 * HOUR:
        return "in 1 day"
    if minutes > 90:
        return _of(round(minutes / HOUR), "hour")
    return "in 1 hour" if 55 <= minutes <= 65 else _of(minutes, "minute")


def _of(number: int, unit: str) -> str:
    return f"in {number} {unit}{'' if number == 1 else 's'}"


def of_reminder(slug: str, talks: str, line: Line, begins: str, me: str) -> Text:
    """A session begins soon; `begins` says how soon, `me` is the page where that is turned off."""
    lines = [
        talks, "", line.title, f"  Begins {begins}", *(f"  {one}" for one in line.said),
        f"  {line.link}", "", "To be reminded at other times, or not at all:", me,
    ]  # fmt: skip
    return Text(one_line(f"[{slug}] Begins {begins}: {line.title}"), body_of(lines))


def of_waiting(sections: Sequence[Section], base_url: str) -> Text:
    """What waits; told of by its first thing, if it is one only, else by their number."""
    return _of_sections(sections, _waiting(sections), base_url)


def _waiting(sections: Sequence[Section]) -> str:
    found = [line for section in sections for line in section.lines]
    number = len(found) + sum(section.more for section in sections)
    if number == 1:
        return f"Waiting: {found[0].title}"
    return f"{number:,} things are waiting"


def of_week(sections: Sequence[Section], base_url: str) -> Text:
    """What lies ahead in a week and what waits."""
    return _of_sections(sections, "Your week", base_url)


def _of_sections(sections: Sequence[Section], subject: str, base_url: str) -> Text:
    lines = []
    for section in sections:
        if not section.lines:
            continue
        lines += [section.heading, ""]
        for line in section.lines:
            lines += [
                f"  {line.title}",
                *(f"    {one}" for one in line.said),
                f"    {line.link}",
                "",
            ]
        if section.more:
            lines += [f"  And {section.more:,} more:", f"    {base_url}/", ""]
    lines += ["To get no more of these mails:", f"{base_url}/me"]
    return Text(one_line(subject), body_of(lines))
