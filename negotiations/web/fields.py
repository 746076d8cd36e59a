"""The types that request bodies are made of: texts without control characters, safe addresses."""

import re
from datetime import UTC, date, datetime
from typing import Annotated, TypeVar
from zoneinfo import available_timezones

from email_validator import EmailNotValidError, validate_email
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    NaiveDatetime,
    StringConstraints,
    WithJsonSchema,
)

from negotiations.ics.text import has_forbidden, safe_uri

# Some programs make a link of anything that looks like an address, in any text.
_SCRIPT = re.compile(r"(?i)\b(?:javascript:(?=\S)|vbscript:(?=\S)|data:text/html)")


class Body(BaseModel):
    """A request body: unknown fields are errors, and what is set in the row is set by name.

    What reads it is built when the first comes: most processes never see most of them.
    """

    model_config = ConfigDict(extra="forbid", defer_build=True)


def _newlines(value: object) -> object:
    # Browsers send forms with CRLF; the record keeps one kind of line end.
    return value.replace("\r\n", "\n").replace("\r", "\n") if isinstance(value, str) else value


def _clean(value: str) -> str:
    found = has_forbidden(value)
    if found:
        raise ValueError(f"holds the control character {found}; take it out")
    script = _SCRIPT.search(value)
    if script:
        raise ValueError(f"holds the address {script[0]}…, which runs as a program; take it out")
    return value


def _one_line(value: str) -> str:
    value = _clean(value)
    if "\n" in value or "\t" in value:
        raise ValueError("is one line; take out the line breaks and tabs")
    return value


def _address(value: str) -> str:
    safe = safe_uri(value, ("http", "https", "tel"))
    if safe is None:
        raise ValueError("is not an address one can open; it must begin with https://")
    return safe


def _zone(value: str) -> str:
    if value not in available_timezones() or value == "Factory":  # tzdata's word for none
        raise ValueError(f"{value!r} is not an IANA time zone; write one as America/New_York")
    return value


def _email(value: str) -> str:
    try:
        return validate_email(value, check_deliverability=False).normalized.lower()
    except EmailNotValidError as error:
        raise ValueError(f"is not a mail address: {error}") from None


Dated = TypeVar("Dated", date, datetime)


def _near(value: Dated) -> Dated:
    # Farther off, a date is a slip of the hand; and at the ends of the calendar a zone's offset
    # leads out of it.
    if not 1970 < value.year < 2200:
        raise ValueError("lies outside the years 1971 to 2199; correct the year")
    return value


def _iso_day(value: str) -> str:
    try:
        return _near(datetime.strptime(value, "%Y-%m-%d").date()).isoformat()  # noqa: DTZ007
    except ValueError as error:
        text = str(error) if str(error).startswith("lies") else "is a date, as 2010-11-11"
        raise ValueError(text) from None


def _minutes_only(value: datetime) -> datetime:
    if value.second or value.microsecond:
        raise ValueError("is given to the minute, as 2010-11-09T10:00")
    return value


Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    BeforeValidator(_newlines),  # runs before what stands above it
    AfterValidator(_one_line),
]
ShortName = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=80),
    AfterValidator(_one_line),
]
Line = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=300),
    BeforeValidator(_newlines),  # runs before what stands above it
    AfterValidator(_one_line),
]
Text = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=1000),
    BeforeValidator(_newlines),  # runs before what stands above it
    AfterValidator(_clean),
]
Words = Annotated[
    str,
    StringConstraints(min_length=1, max_length=20_000, pattern=r"\S"),
    BeforeValidator(_newlines),  # runs before what stands above it
    AfterValidator(_clean),
]
Markdown = Annotated[
    str,
    StringConstraints(max_length=1_500_000),
    BeforeValidator(_newlines),  # runs before what stands above it
    AfterValidator(_clean),
]
Slug = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80),
    Field(examples=["arlington"]),
]
Zone = Annotated[
    str,
    StringConstraints(max_length=64),
    AfterValidator(_zone),
    Field(examples=["America/New_York"]),
]
Url = Annotated[
    str,
    StringConstraints(max_length=500),
    AfterValidator(_address),
    Field(examples=["https://meet.example.org/1"]),
]
Secret = Annotated[str, StringConstraints(max_length=200), AfterValidator(_one_line)]
Email = Annotated[
    str,
    StringConstraints(max_length=254),
    AfterValidator(_email),
    Field(examples=["head@example.org"]),
]
Day = Annotated[date, AfterValidator(_near), Field(examples=["2030-11-09"])]
IsoDay = Annotated[
    str,
    StringConstraints(max_length=10),
    AfterValidator(_iso_day),
    Field(examples=["2030-11-11"], json_schema_extra={"format": "date"}),
]
# In UTC, as tables give it back: an entry of the audit covers what is written.
Instant = Annotated[
    AwareDatetime,
    AfterValidator(_near),
    AfterValidator(lambda one: one.astimezone(UTC)),
    Field(examples=["2030-11-09T15:00:00Z"]),
]
LocalTime = Annotated[
    NaiveDatetime,
    AfterValidator(_near),
    AfterValidator(_minutes_only),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d(:00)?$",
            "description": "As a clock at the place shows it.",
            "examples": ["2030-11-09T10:00"],
        }
    ),
]
Id = Annotated[
    str, StringConstraints(pattern=r"^[0-9a-f]{20}$"), Field(examples=["0123456789abcdef0123"])
]
