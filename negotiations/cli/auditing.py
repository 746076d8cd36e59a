"""The audit chains on the operator's console: verify them, and print heads to keep elsewhere."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from negotiations import audit
from negotiations.access.actor import operator
from negotiations.chains import PRIVATE, Head, head_of
from negotiations.cli.base import (
    AsJson,
    Console,
    app,
    negotiation,
    refuse,
    refusing,
    show,
    with_console,
)
from negotiations.db import Db
from negotiations.errors import Refused
from negotiations.exchange.record import chosen_tracks

chains = typer.Typer(help="The audit chains.")
app.add_typer(chains, name="audit")
Anchors = Annotated[
    list[str] | None,
    typer.Option("--anchor", help="A head kept earlier, “CHAIN NUMBER SHA256”; may be repeated."),
]
AnchorFile = Annotated[
    Path | None, typer.Option("--anchors", help="A file of heads as “audit heads” prints them.")
]


def anchors_of(given: list[str] | None, file: Path | None) -> list[Head]:
    """The heads that were kept; wrong use when one isn't a head."""
    lines = list(given or ())
    if file is not None:
        try:
            lines += file.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise Refused(f"Can't read {file}: {error}") from None
    found = []
    for line in filter(str.strip, lines):
        head = head_of(line)
        if head is None:
            raise typer.BadParameter(f"{line[:80]!r} is not a head: CHAIN NUMBER SHA256.")
        found.append(head)
    return found


def _told(report: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Without the chains of caucuses and parties: they are checked, and only a fault says that
    one is there."""
    shared = {name: one for name, one in report.items() if not name.startswith(PRIVATE)}
    faults = [
        f"a {name.partition(':')[0]}: {fault.partition(': ')[2]}"
        for name, one in report.items()
        if name not in shared
        for fault in one["faults"]
    ]
    return {**shared, **({"caucuses": {"faults": faults}} if faults else {})}


@chains.command("verify")
@refusing
async def verify(
    anchor: Anchors = None, anchors: AnchorFile = None, as_json: AsJson = False
) -> None:
    """Check every audit chain from its first entry; caucuses' are checked, not listed.

    Edits, deletions, swaps and insertions are found; a cut end and a chain written anew only
    with an anchor: a head that was printed earlier and kept where nobody here can write.

    Example: negotiations audit verify --anchors heads.txt
    """
    kept = anchors_of(anchor, anchors)

    async def work(console: Console) -> dict[str, dict[str, Any]]:
        async with console.database.read() as db:
            return await audit.verify(db, kept)

    report = _told(await with_console(work))
    faults = [fault for chain in report.values() for fault in chain["faults"]]
    lines = [
        f"{name}  {chain['entries']} entries  head {chain['head'][:16]}"
        for name, chain in report.items()
        if "head" in chain
    ]
    show(report, "\n".join([*lines, *faults]) or "No chains yet.", as_json=as_json)
    if faults:
        raise refuse("1 fault found." if len(faults) == 1 else f"{len(faults)} faults found.")


@chains.command("heads")
@refusing
async def heads(
    talks: Annotated[str | None, typer.Argument(help="Only of these talks, by short name.")] = None,
    track: Annotated[
        str | None, typer.Option(help="Only of the talks with this party, by its short name.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Print the head of every shared chain, as --anchor takes it; caucuses' are not for us.

    Of talks, or of one track of them, these are the heads that an archive of just that holds.

    Example: negotiations audit heads secure-communities-2010 > heads.txt
    """
    if track is not None and talks is None:
        raise typer.BadParameter("--track is of some talks: name them.")

    async def work(console: Console) -> list[Head]:
        async with console.database.read() as db:
            return await audit.heads(db, await _chains_of(db, talks, track) if talks else None)

    found = [one for one in await with_console(work) if not one.chain.startswith(PRIVATE)]
    show([asdict(one) for one in found], "\n".join(map(str, found)), as_json=as_json)


async def _chains_of(db: Db, talks: str, jurisdiction: str | None) -> list[str]:
    """The shared chains of these talks, or that of one track; Refused where there is none."""
    row = await negotiation(db, talks)
    tracks = await chosen_tracks(db, operator(row.id), row, jurisdiction)
    chains = [f"track:{track.id}" for track, _ in tracks]
    return chains if jurisdiction else [*chains, f"negotiation:{row.id}"]
