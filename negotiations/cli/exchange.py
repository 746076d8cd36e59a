"""Talks as files on the console: import and export."""

import sys
import time
from dataclasses import asdict
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any

import typer

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
from negotiations.errors import Refused
from negotiations.exchange import document
from negotiations.exchange.actions import import_document
from negotiations.exchange.exporting import Format, files_of
from negotiations.exchange.sections import SECTIONS
from negotiations.exchange.tree import Faulty
from negotiations.exchange.work import Report

STDIN = "-"
MOST = 20  # lines that a reader takes in


def _print_format(wanted: bool) -> None:
    if wanted:
        print(files("negotiations.exchange").joinpath("FORMAT.md").read_text("utf-8"), end="")
        raise typer.Exit


@app.command("import")
@refusing
async def import_command(
    file: Annotated[Path, typer.Argument(help="YAML or JSON (*.json); - reads standard input.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")
    ] = False,
    format_help: Annotated[
        bool,
        typer.Option(
            "--format-help",
            is_eager=True,
            callback=_print_format,
            help="Print how a file is written.",
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Take talks in from a file: all of it, or with any mistake none of it.

    Every mistake is told with its line. The same file again changes nothing.

    Example: negotiations import talks.yaml --dry-run
    """
    raw = _bytes_of(file)
    is_json = file.suffix == ".json" or (str(file) == STDIN and raw.lstrip()[:1] == b"{")

    async def work(console: Console) -> Report:
        read = document.read(raw, is_json=is_json, sections=SECTIONS)
        async with console.database.write(dry_run=dry_run) as db:
            return await import_document(db, read, now=console.now(), progress=_Progress())

    try:
        report = await with_console(work)
    except Faulty as faulty:
        raise _refused(file, faulty, as_json) from None
    _tell(file, report, dry_run, as_json)


def _bytes_of(file: Path) -> bytes:
    try:
        return sys.stdin.buffer.read() if str(file) == STDIN else file.read_bytes()
    except OSError as error:
        raise Refused(f"Can't read {file}: {error.strerror}.") from None


class _Progress:
    """One line every two seconds, where somebody looks."""

    def __init__(self) -> None:
        self._next = time.monotonic() + 2

    def __call__(self, done: int, of: int) -> None:
        if sys.stderr.isatty() and time.monotonic() >= self._next:
            print(f"{done:,} of {of:,} items", file=sys.stderr)
            self._next = time.monotonic() + 2


def _refused(file: Path, faulty: Faulty, as_json: bool) -> typer.Exit:
    for fault in faulty.faults:
        print(f"{file}:{fault}", file=sys.stderr)
    if as_json:
        show({"errors": [asdict(fault) for fault in faulty.faults]}, "", as_json=True)
    count = len(faulty.faults)
    mistakes = "1 mistake" if count == 1 else f"{count} mistakes"
    return refuse(f"{mistakes} in {file}; nothing was imported.")


def _tell(file: Path, report: Report, dry_run: bool, as_json: bool) -> None:
    for notice in sorted(report.notices):
        print(f"{file}:{notice}", file=sys.stderr)
    counts = {kind: dict(one) for kind, one in report.counts.items()}
    lines = [
        f"{kind.replace('_', ' ')}: "
        + ", ".join(f"{number} {what}" for what, number in one.items() if number)
        for kind, one in counts.items()
    ]
    lines += [f"not in the file, and stays: {one}" for one in report.missing[:MOST]]
    if len(report.missing) > MOST:
        lines.append(f"and {len(report.missing) - MOST} more, which --json lists")
    if dry_run:
        lines.append("Nothing was written: this was a dry run.")
    value: dict[str, Any] = {
        "dry_run": dry_run,
        "counts": counts,
        "notices": [asdict(notice) for notice in sorted(report.notices)],
        "missing": report.missing,
    }
    show(value, "\n".join(lines), as_json=as_json)


@app.command("export")
@refusing
async def export_command(
    talks: Annotated[str, typer.Argument(help="Short name of the talks.")],
    form: Annotated[Format, typer.Option("--format", help="What to write.")] = Format.json,
    track: Annotated[
        str | None, typer.Option(help="Only the talks with this party, by its short name.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option(help="File to write, for csv a folder; else standard output.")
    ] = None,
) -> None:
    """Hand talks over as one file, as the secretariat sees them; csv is several files.

    json is what import reads, ics the calendar, md the record to print, ocd Open Civic Data;
    archive is one zip of all of these with hashes and the audit chains, for “verify”.
    Caucuses and personal notes are never in it.

    Example: negotiations export secure-communities-2010 --track arlington --format md
    """
    if form is Format.csv and output is None:
        raise typer.BadParameter("csv is several files: name a folder with --output.")

    async def work(console: Console) -> dict[str, bytes]:
        async with console.database.read() as db:
            row = await negotiation(db, talks)
            return await files_of(db, row, track, form, console.settings.base_url)

    _write(await with_console(work), output, form)


def _write(found: dict[str, bytes], output: Path | None, form: Format) -> None:
    """To standard output, into a file, or each into a folder; what is there is written over."""
    if output is None:
        sys.stdout.buffer.write(next(iter(found.values())))
        sys.stdout.buffer.flush()
        return
    try:
        if form is Format.csv:
            output.mkdir(parents=True, exist_ok=True)
            for name, content in found.items():
                (output / name).write_bytes(content)
        else:
            output.write_bytes(next(iter(found.values())))
    except OSError as error:
        raise Refused(f"Can't write {output}: {error.strerror}.") from None
