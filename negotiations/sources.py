"""Where something was read: one row per citation in a negotiation, however many rows cite it."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlmodel import col, select

from negotiations.db import Db
from negotiations.models import Source
from negotiations.models.outcomes import Certainty
from negotiations.web.answers import TypedDict
from negotiations.web.fields import Body, Name, Url


class NewSource(Body):
    """Where something was read, and how certain it is."""

    citation: Name
    url: Url | None = None
    certainty: Certainty = Certainty.A


async def cited(
    db: Db, negotiation_id: str, sources: Sequence[NewSource], *, now: datetime
) -> list[Source]:
    """The rows of these sources in this negotiation; new ones where none says the same."""
    found = []
    for given in sources:
        rows = await db.exec(
            select(Source).where(
                col(Source.negotiation_id) == negotiation_id,
                col(Source.citation) == given.citation,
                col(Source.url) == given.url,
                col(Source.certainty) == given.certainty,
            )
        )
        source = rows.first()
        if source is None:
            source = Source(created_at=now, negotiation_id=negotiation_id, **given.model_dump())
            db.add(source)
            await db.flush()
        found.append(source)
    return found


def says(sources: Iterable[NewSource | Source]) -> set[tuple[str, str | None, str]]:
    """What makes two lists of sources the same."""
    return {(one.citation, one.url, one.certainty.value) for one in sources}


class SourceView(TypedDict):
    """Where something was read, and how certain it is."""

    citation: str
    url: str | None
    certainty: Certainty


def source_view(source: Source) -> SourceView:
    return {"citation": source.citation, "url": source.url, "certainty": source.certainty}


def from_lines(text: str) -> list[dict[str, str]]:
    """One on each line: `citation | address | certainty`, of which the last two may be missing."""
    found = []
    for line in text.splitlines():
        parts = [part.strip() for part in line.split("|")]
        if any(parts):
            certainty = parts.pop() if len(parts) > 1 and parts[-1] in ("A", "B", "C") else ""
            url = parts.pop() if len(parts) > 1 else ""
            fields = {"citation": " | ".join(parts), "url": url, "certainty": certainty}
            found.append({name: value for name, value in fields.items() if value})
    return found


def written(sources: Iterable[Source]) -> str:
    """The same text again, for a form."""
    return "\n".join(
        " | ".join(part for part in (one.citation, one.url, one.certainty.value) if part)
        for one in sources
    )
