"""Sources: one row per citation in a negotiation, which outcomes and positions point to."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlmodel import col, select

from negotiations.db import Db
from negotiations.models import Source
from negotiations.outcomes.bodies import NewSource


async def cited(
    db: Db, negotiation_id: str, sources: Sequence[NewSource], *, now: datetime
) -> list[Source]:
    """The row of each citation, made where it isn't there yet."""
    rows = []
    for given in sources:
        found = await db.exec(
            select(Source).where(
                col(Source.negotiation_id) == negotiation_id,
                col(Source.citation) == given.citation,
                col(Source.url) == given.url,
                col(Source.certainty) == given.certainty,
            )
        )
        source = found.first()
        if source is None:
            source = Source(created_at=now, negotiation_id=negotiation_id, **given.model_dump())
            db.add(source)
            await db.flush()
        rows.append(source)
    return rows


def says(sources: Iterable[NewSource | Source]) -> set[tuple[str, str | None, str]]:
    """What makes two lists of sources the same."""
    return {(one.citation, one.url, one.certainty.value) for one in sources}


def read_lines(text: str) -> list[dict[str, str]]:
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
