"""Which bytes are handed over: one form of some talks, or of one track of them."""

from enum import StrEnum
from importlib.metadata import version

from negotiations.access.actor import operator
from negotiations.db import Db
from negotiations.exchange.archiving import archive
from negotiations.exchange.formats.file import to_json
from negotiations.exchange.formats.open_civic_data import to_events
from negotiations.exchange.formats.printed import to_markdown
from negotiations.exchange.formats.tables import to_tables
from negotiations.exchange.queries import handed_over
from negotiations.exchange.record import chosen_tracks, record
from negotiations.exchange.sections import SECTIONS
from negotiations.feeds.bodies import secretariat_body
from negotiations.models import Negotiation


class Format(StrEnum):
    """json is what import reads; csv is several files; archive is one zip of all of it."""

    json = "json"
    csv = "csv"
    ics = "ics"
    md = "md"
    ocd = "ocd"
    archive = "archive"


_NAMES = {
    Format.json: "record.json",
    Format.ics: "calendar.ics",
    Format.md: "record.md",
    Format.ocd: "open-civic-data.json",
}


async def files_of(
    db: Db, negotiation: Negotiation, jurisdiction: str | None, form: Format, base_url: str
) -> dict[str, bytes]:
    """The files by name; their bytes depend on what is stored alone, never on the clock.

    Refused when there is no track of that jurisdiction.
    """
    tracks = await chosen_tracks(db, operator(negotiation.id), negotiation, jurisdiction)
    if form is Format.archive:
        forms = await _forms(db, negotiation, jurisdiction, base_url)
        told = await record(db, negotiation, tracks, whole=jurisdiction is None)
        program = f"negotiations {version('negotiations')}"
        return {f"{negotiation.slug}.zip": await archive(db, told, jurisdiction, forms, program)}
    name = f"{negotiation.slug}.{'ocd.json' if form is Format.ocd else form.value}"
    if form is Format.json:
        found = await handed_over(db, negotiation, jurisdiction)
        return {name: to_json((section, found.of(section.name)) for section in SECTIONS)}
    if form is Format.ics:
        track = (tracks[0][0].id, tracks[0][1].name) if jurisdiction else None
        return {name: await secretariat_body(db, negotiation, track, base_url)}
    told = await record(db, negotiation, tracks, whole=jurisdiction is None)
    if form is Format.csv:
        return to_tables(told)
    return {name: to_markdown(told) if form is Format.md else to_events(told)}


async def _forms(
    db: Db, negotiation: Negotiation, jurisdiction: str | None, base_url: str
) -> dict[str, bytes]:
    """Every other form under a name that doesn't depend on the talks."""
    found = {}
    for form in Format:
        if form is Format.archive:
            continue
        files = await files_of(db, negotiation, jurisdiction, form, base_url)
        for name, content in files.items():
            called = f"tables/{name}" if form is Format.csv else _NAMES[form]
            found[called] = content
    return found
