"""An archive: it holds all that was handed over, and nothing in it changes unseen."""

import io
import json
import re
import zipfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from exchanging import Held, handed, one_file
from factories import World
from hypothesis import given
from hypothesis import strategies as st
from notebook.jotting import of, saved
from test_audit import a_life, chain
from test_cli import run  # noqa: F401  (a fixture)

from negotiations.chains import Head, as_values, entry_hash, entry_of
from negotiations.exchange.container import (
    MANIFEST,
    Broken,
    audit_lines,
    faults,
    manifest_of,
    packed,
    unpacked,
)
from negotiations.exchange.exporting import Format

SLUG = "mill-round-2024"


def about(files: dict[str, bytes]) -> dict[str, Any]:
    manifest = manifest_of(files)
    return {name: one for name, one in manifest.items() if name not in ("format", "files")}


def repacked(files: dict[str, bytes], **told: Any) -> dict[str, bytes]:
    """The files as somebody writes them who makes the manifest anew."""
    rest = {name: content for name, content in files.items() if name != MANIFEST}
    return unpacked(packed(rest, {**about(files), **told}))


async def test_an_archive_holds_every_form_text_and_chain(world: World) -> None:
    await a_life(world)
    raw = await one_file(world.database, "water-talks", Format.archive)
    assert await one_file(world.database, "water-talks", Format.archive) == raw
    files = unpacked(raw)
    assert faults(files) == []
    entries = await chain(world)
    name = f"audit/{entries[0].chain.replace(':', '-')}.jsonl"
    assert files[name] == audit_lines(entries)
    [saved] = [one for one in entries if one.action == "summary.saved"]
    assert files[f"summaries/{saved.object_id}/1.md"] == b"Held"
    assert files["record.json"] == await one_file(world.database, "water-talks", Format.json)
    assert files["record.md"] == await one_file(world.database, "water-talks", Format.md)
    assert files["calendar.ics"] == await one_file(world.database, "water-talks", Format.ics)
    tables = await handed(world.database, "water-talks", Format.csv)
    assert {one[7:]: files[one] for one in files if one.startswith("tables/")} == tables
    manifest = manifest_of(files)
    head = asdict(Head(entries[-1].chain, 11, entries[-1].sha256))
    assert head in manifest["heads"]
    assert (manifest["talks"], manifest["track"]) == ("water-talks", None)
    assert manifest["as_of"] >= as_values(entries[-1])["at"]
    assert sorted(manifest["files"]) == sorted(set(files) - {MANIFEST})
    narrow = unpacked(await one_file(world.database, "water-talks", Format.archive, track="x"))
    assert manifest_of(narrow)["heads"] == [head]
    assert faults(narrow, [Head(**head)]) == []


async def test_an_archive_is_whole_without_the_secretariats_notes(world: World) -> None:
    """Their saves stand in the chain of their table; the texts may be off the record."""
    session = await a_life(world)
    path = of(session, "secretariat")
    await saved(world, "note_taker", path, "OFF RECORD: Wordofnotes", "Wordofnotes again")
    again = {"If-Match": (await world.note_taker.get(path)).headers["etag"]}
    restored = await world.note_taker.post(f"{path}/restore", json={"revision": 1}, headers=again)
    assert restored.status_code == 200
    raw = await one_file(world.database, "water-talks", Format.archive)
    assert b"note.restored" in raw and b"Wordofnotes" not in raw
    assert faults(unpacked(raw)) == []
    [note] = {one.object_id for one in await chain(world) if one.object_type == "note"}
    other = repacked({**unpacked(raw), f"notes/{note}/1.md": b"Another text"})
    [fault] = faults(other)
    assert fault.startswith(f"notes/{note}/1.md is not what track:")


async def test_each_file_that_is_altered_missing_or_added_is_told(mill: Held) -> None:
    files = unpacked(await one_file(mill.database, SLUG, Format.archive))
    assert faults(files) == []
    assert sum(name.startswith("summaries/") for name in files) > 2
    for name in set(files) - {MANIFEST}:
        altered = {**files, name: files[name] + b"\n"}
        assert f"{name} was altered" in faults(altered)
        missing = {one: content for one, content in files.items() if one != name}
        assert f"{name} is missing" in faults(missing)
    assert faults({**files, "more.md": b""}) == ["more.md is not in the manifest"]


async def test_a_manifest_made_anew_hides_no_change_of_a_summary_or_a_chain(mill: Held) -> None:
    files = unpacked(await one_file(mill.database, SLUG, Format.archive))
    for text in [name for name in files if name.startswith("summaries/")]:
        [fault] = faults(repacked({**files, text: b"Something else"}))
        assert re.match(rf"{text} is not what (track|negotiation):", fault)
        [fault] = faults(repacked({name: one for name, one in files.items() if name != text}))
        assert re.match(rf"{text} is missing, which (track|negotiation):", fault)
    added = "summaries/0123/1.md"
    assert faults(repacked({**files, added: b"x"})) == [f"{added} was recorded by no entry"]
    for name in [one for one in files if one.startswith("audit/")]:
        lines = files[name].splitlines(keepends=True)
        cut = {**files, name: b"".join(lines[:2] + lines[3:])}
        assert any("entry 3 is missing" in one for one in faults(repacked(cut)))
        assert faults(repacked({**files, name: b"{}\n"}))[0] == f"{name} can't be read"


async def test_a_cut_end_is_found_with_an_anchor(mill: Held) -> None:
    files = unpacked(await one_file(mill.database, SLUG, Format.archive))
    name = next(one for one in files if one.startswith("audit/negotiation-"))
    entries = [entry_of(json.loads(line)) for line in files[name].splitlines()]
    assert [one.sha256 for one in entries] == [entry_hash(one) for one in entries]
    heads = manifest_of(files)["heads"]
    anchor = Head(**heads[0])
    assert anchor.chain == entries[0].chain
    gone = {one: content for one, content in files.items() if one != name}
    forged = repacked(gone, heads=heads[1:])
    assert f"{anchor.chain} is not in it" in faults(forged, [anchor])
    later = Head(anchor.chain, anchor.number + 1, "a" * 64)
    assert faults(files, [later]) == [
        f"{anchor.chain}: it ends at entry {anchor.number}, and the anchor is entry {later.number}"
    ]


SMALL = packed(
    {"record.json": b"{}", "record.md": b"# Talks\n"},
    {
        "program": "negotiations 1", "talks": "t", "track": None, "as_of": None, "summaries": {},
        "heads": [],
    },
)  # fmt: skip


@given(place=st.integers(0, len(SMALL) - 1), to=st.integers(1, 255))
def test_no_byte_of_an_archive_is_changed_unseen(place: int, to: int) -> None:
    raw = bytearray(SMALL)
    raw[place] ^= to
    with pytest.raises(Broken):
        faults(unpacked(bytes(raw)))


@given(st.binary(max_size=400) | st.integers(0, len(SMALL) - 1).map(lambda end: SMALL[:end]))
def test_what_is_no_archive_is_refused(raw: bytes) -> None:
    with pytest.raises(Broken):
        unpacked(raw)


def zipped(name: str, content: bytes, how: int = zipfile.ZIP_STORED) -> bytes:
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", how) as container:
        container.writestr(name, content)
    return into.getvalue()


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (zipped("../../etc/passwd", b"x"), "'../../etc/passwd' is not a name"),
        (zipped("/etc/passwd", b"x"), "'/etc/passwd' is not a name"),
        (zipped("a", bytes(10**7), zipfile.ZIP_DEFLATED), "a is compressed"),
        (zipped("a", b"x"), "the zip file itself was changed"),
        (SMALL + b"more", "it is not a zip file|the zip file itself was changed"),
        (b"", "it is not a zip file"),
    ],
)
def test_a_hostile_container_is_refused(raw: bytes, said: str) -> None:
    with pytest.raises(Broken, match=said):
        unpacked(raw)


def test_an_archive_is_verified_without_a_database(
    run: Any,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run("import", str(Path(__file__).parent / "labour_round.yaml"))
    file = tmp_path / "talks.zip"
    run("export", SLUG, "--format", "archive", "--output", str(file))
    heads = run("audit", "heads").stdout
    (tmp_path / "heads.txt").write_text(heads)
    monkeypatch.delenv("NEGOTIATIONS_DATABASE_URL")
    told = run("verify", str(file), "--anchors", str(tmp_path / "heads.txt")).stdout
    assert "all as they were written." in told
    assert told.endswith(heads)
    assert json.loads(run("verify", str(file), "--json").stdout)["whole"] is True
    line = heads.splitlines()[0]
    other = f"{line[:-64]}{'0' * 64}"
    said = run("verify", str(file), "--anchor", other, code=1).stderr
    assert "is not the one of the anchor: the chain was written anew" in said
    assert said.count("\n") == 1
    file.write_bytes(file.read_bytes()[:-1])
    said = run("verify", str(file), code=1).stderr
    assert "is no archive that can be trusted" in said
    assert "Can't read /no/such" in run("verify", "/no/such", code=1).stderr
