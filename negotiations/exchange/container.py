"""An archive as one file: what lies in it, and whether all of it is as it was written.

A zip whose members are stored, in order and without times: the same content is the same bytes, so
that a check puts it together again and compares, and nothing in it can unfold to more than it is.
"""

import io
import json
import re
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from hashlib import sha256
from typing import Any

from negotiations.chains import (
    NOTE_PURGED,
    NOTE_RESTORED,
    NOTE_SAVED,
    PRIVATE,
    SUMMARY_SAVED,
    Check,
    Entry,
    Head,
    Link,
    as_values,
    entry_of,
    restored_sha256s,
)
from negotiations.chains import saved_sha256 as saved

FORMAT = "negotiations-archive/1"
MANIFEST = "manifest.json"
MOST_BYTES = 512 * 2**20
MOST_FILES = 100_000
_NAME = re.compile(r"(?:[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}/){0,3}[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}")
_KEYS = {"format", "program", "talks", "track", "as_of", "summaries", "heads", "files"}


class Broken(Exception):
    """It can't be read as an archive; the message says why."""


def audit_name(chain: str) -> str:
    """Where the entries of a chain lie."""
    return f"audit/{chain.replace(':', '-')}.jsonl"


def revision_name(summary_id: str, number: int) -> str:
    """Where the text of a summary's revision lies."""
    return f"summaries/{summary_id}/{number}.md"


def note_name(note_id: str, number: int) -> str:
    """Where the text of a note's revision lies."""
    return f"notes/{note_id}/{number}.md"


def audit_lines(entries: Iterable[Link]) -> bytes:
    return b"".join(_line(as_values(one)) for one in entries)


def packed(files: Mapping[str, bytes], about: Mapping[str, Any]) -> bytes:
    """The archive: these files, and a manifest with their hashes and what it is `about`."""
    listed = {
        name: {"size": len(content), "sha256": sha256(content).hexdigest()}
        for name, content in sorted(files.items())
    }
    manifest = {"format": FORMAT, **about, "files": listed}
    return _zipped({MANIFEST: _manifest(manifest), **dict(sorted(files.items()))})


def _manifest(value: Mapping[str, Any]) -> bytes:
    return (json.dumps(value, sort_keys=True, indent=1, ensure_ascii=False) + "\n").encode()


def _line(value: Mapping[str, Any]) -> bytes:
    return (json.dumps(value, sort_keys=True, ensure_ascii=False) + "\n").encode()


def _zipped(files: Mapping[str, bytes]) -> bytes:
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_STORED) as container:
        for name, content in files.items():
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.create_system, info.external_attr = 3, 0o100644 << 16
            container.writestr(info, content)
    return into.getvalue()


def unpacked(raw: bytes) -> dict[str, bytes]:
    """The files by name, the manifest among them; Broken when it is not as `packed` writes it."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as container:
            members = container.infolist()
            _check_members(members, len(raw))
            files = {one.filename: container.read(one) for one in members}
    except Broken:
        raise
    except Exception as error:  # zipfile answers hostile bytes with many kinds
        raise Broken("it is not a zip file, or a damaged one") from error
    if _zipped(files) != raw:
        raise Broken("the zip file itself was changed: it is not the bytes that export wrote")
    return files


def _check_members(members: Sequence[zipfile.ZipInfo], size: int) -> None:
    if len(members) > MOST_FILES:
        raise Broken(f"it holds more than {MOST_FILES:,} files")
    names = set()
    for one in members:
        if not _NAME.fullmatch(one.filename):
            raise Broken(f"{one.filename[:80]!r} is not a name for a file of an archive")
        if one.filename in names:
            raise Broken(f"{one.filename} is in it twice")
        if one.compress_type != zipfile.ZIP_STORED or one.file_size != one.compress_size:
            raise Broken(f"{one.filename} is compressed, which export never does")
        names.add(one.filename)
    if sum(one.file_size for one in members) > size:
        raise Broken("its files overlap")


def manifest_of(files: Mapping[str, bytes]) -> dict[str, Any]:
    """What the manifest says; Broken when it says nothing that can be checked."""
    if MANIFEST not in files:
        raise Broken(f"there is no {MANIFEST} in it")
    try:
        value: Any = json.loads(files[MANIFEST])
        as_written = isinstance(value, dict) and _manifest(value) == files[MANIFEST]
    except (ValueError, RecursionError) as error:
        raise Broken(f"{MANIFEST} can't be read") from error
    if not as_written or set(value) != _KEYS or value["format"] != FORMAT:
        raise Broken(f"{MANIFEST} is not that of {FORMAT}")
    if not isinstance(value["files"], dict) or not isinstance(value["heads"], list):
        raise Broken(f"{MANIFEST} is not that of {FORMAT}")
    return dict(value)


def faults(files: Mapping[str, bytes], anchors: Sequence[Head] = ()) -> list[str]:
    """What is wrong with the content of an archive; empty when it verifies."""
    manifest = manifest_of(files)
    found = list(_hash_faults(files, manifest["files"]))
    recorded: dict[str, list[Entry]] = defaultdict(list)
    noted: dict[str, list[Entry]] = defaultdict(list)
    purged: set[str] = set()
    heads: list[dict[str, Any]] = []
    times: list[str] = []
    for name in sorted(one for one in files if one.startswith("audit/")):
        entries = _entries(files[name])
        if not entries:
            found.append(f"{name} can't be read")
            continue
        check = Check(entries[0].chain, anchors)
        for entry in entries:
            check.take(entry)
            if entry.action == SUMMARY_SAVED:
                recorded[entry.object_id].append(entry)
            if entry.action in (NOTE_SAVED, NOTE_RESTORED):
                noted[entry.object_id].append(entry)
            if entry.action == NOTE_PURGED:
                purged.add(entry.object_id)
        found += check.end()
        if name != audit_name(check.chain):
            found.append(f"{name} holds the entries of {check.chain}")
        heads.append(asdict(Head(check.chain, check.number, check.sha256)))
        times += [as_values(one)["at"] for one in entries]
    if manifest["heads"] != heads:
        found.append("the heads in the manifest are not those of the chains")
    if manifest["as_of"] != max(times, default=None):
        found.append("the manifest's as_of is not the time of the last entry")
    there = {one["chain"] for one in heads}
    found += [f"{one.chain} is not in it" for one in anchors if one.chain not in there]
    left = {note: entries for note, entries in noted.items() if note not in purged}
    return [*found, *_text_faults(files, recorded), *_note_faults(files, left)]


def _entries(raw: bytes) -> list[Entry]:
    """The entries of a chain; none when they aren't written as `audit_lines` does."""
    try:
        entries = [entry_of(json.loads(line)) for line in raw.splitlines()]
        return entries if audit_lines(entries) == raw else []
    except (ValueError, RecursionError):
        return []


def _hash_faults(files: Mapping[str, bytes], listed: Mapping[str, Any]) -> Iterable[str]:
    for name in sorted(set(listed) - set(files)):
        yield f"{name} is missing"
    for name in sorted(set(files) - set(listed) - {MANIFEST}):
        yield f"{name} is not in the manifest"
    for name in sorted(set(files) & set(listed)):
        content = files[name]
        is_so = {"size": len(content), "sha256": sha256(content).hexdigest()}
        if listed[name] != is_so:
            yield f"{name} was altered"


def _text_faults(
    files: Mapping[str, bytes], recorded: Mapping[str, Sequence[Entry]]
) -> Iterable[str]:
    """Each revision of a summary is the text of which its entry has kept the hash."""
    known = set()
    for summary_id, entries in recorded.items():
        for number, entry in enumerate(entries, start=1):
            name = revision_name(summary_id, number)
            known.add(name)
            if name not in files:
                yield f"{name} is missing, which {entry.chain}, entry {entry.number} recorded"
            elif saved(number, files[name]) != entry.content_sha256:
                yield f"{name} is not what {entry.chain}, entry {entry.number} recorded"
    for name in sorted(one for one in files if one.startswith("summaries/")):
        if name not in known:
            yield f"{name} was recorded by no entry"


def _note_faults(
    files: Mapping[str, bytes], recorded: Mapping[str, Sequence[Entry]]
) -> Iterable[str]:
    """Each text of a note is the one of which its entry has kept the hash.

    None of a side's own may be missing where its chain is. The secretariat's are recorded in the
    chains of the tables, and an archive of the talks has them not: they may be off the record.
    (Personal notes are in no chain: of them the manifest alone tells.)
    """
    for note_id, entries in recorded.items():
        for number, entry in enumerate(entries, start=1):
            name = note_name(note_id, number)
            if name not in files:
                if entry.chain.startswith(PRIVATE):
                    yield f"{name} is missing, which {entry.chain}, entry {entry.number} recorded"
                continue
            may = {saved(number, files[name])}
            if entry.action == NOTE_RESTORED:
                may = restored_sha256s(number, files[name])
            if entry.content_sha256 not in may:
                yield f"{name} is not what {entry.chain}, entry {entry.number} recorded"
