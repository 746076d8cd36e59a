"""Checking an archive on any machine: no database and no service is needed."""

from hashlib import sha256
from pathlib import Path
from typing import Annotated

import typer

from negotiations.chains import Head
from negotiations.cli.auditing import AnchorFile, Anchors, anchors_of
from negotiations.cli.base import AsJson, app, refuse, refusing, show
from negotiations.errors import Refused
from negotiations.exchange.container import MOST_BYTES, Broken, faults, manifest_of, unpacked


@app.command("verify")
@refusing
def verify_archive(
    file: Annotated[Path, typer.Argument(help="What “export --format archive” wrote.")],
    anchor: Anchors = None,
    anchors: AnchorFile = None,
    as_json: AsJson = False,
) -> None:
    """Check an archive: every file's hash, the audit chains, and the summaries they recorded.

    Whoever can write the file can write all of it anew: compare a head that was kept elsewhere
    (--anchor), or the sha256 that this prints with that of the day it was written.

    Example: negotiations verify talks.zip --anchors heads.txt
    """
    kept = anchors_of(anchor, anchors)
    raw = _read(file)
    try:
        files = unpacked(raw)
        manifest, found = manifest_of(files), faults(files, kept)
    except Broken as broken:
        if as_json:
            show({"whole": False, "faults": [str(broken)]}, "", as_json=True)
        raise refuse(f"{file} is no archive that can be trusted: {broken}.") from None
    value = {
        "whole": not found,
        "faults": found,
        "sha256": sha256(raw).hexdigest(),
        **{name: manifest[name] for name in ("talks", "track", "program", "as_of", "heads")},
    }
    heads = [] if found else [str(Head(**one)) for one in manifest["heads"]]
    lines = found or [f"{len(files)} files, as of {manifest['as_of']}: all as they were written."]
    show(value, "\n".join([*lines, f"sha256 {value['sha256']}", *heads]), as_json=as_json)
    if found:
        count = "1 fault" if len(found) == 1 else f"{len(found)} faults"
        raise refuse(f"{count} in {file}: {found[0]}.")


def _read(file: Path) -> bytes:
    """The bytes, at most as many as an archive may have."""
    try:
        with file.open("rb") as stream:
            raw = stream.read(MOST_BYTES + 1)
    except OSError as error:
        raise Refused(f"Can't read {file}: {error.strerror}.") from None
    if len(raw) > MOST_BYTES:
        raise Refused(f"{file} is larger than an archive may be ({MOST_BYTES // 2**20} MiB).")
    return raw
