"""import and export as the operator types them."""

import json
from pathlib import Path
from typing import Any

import pytest
from exchanging import HERE, LABOUR
from test_cli import FOUNDING, run  # noqa: F401  (a fixture)

FILE = HERE / "labour_round.yaml"


def test_every_mistake_of_a_file_is_told_with_its_line_and_nothing_is_imported(
    run: Any,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(HERE)
    golden = HERE / "bad.txt"
    told = run("import", "bad.yaml", code=1).stderr
    if not golden.exists():
        golden.write_text(told)
    assert told == golden.read_text()
    assert len(told.splitlines()) == 32
    as_json = json.loads(run("import", "bad.yaml", "--json", code=1).stdout)
    assert [f"bad.yaml:{one['line']}" for one in as_json["errors"]] == [
        ":".join(line.split(":")[:2]) for line in told.splitlines()[:-1]
    ]
    assert "There are no talks called 'bad-talks'. Known: none yet." in (
        run("export", "bad-talks", code=1).stderr
    )


def test_a_dry_run_says_what_would_be_done_and_does_nothing(run: Any) -> None:  # noqa: F811
    told = run("import", str(FILE), "--dry-run").stdout.splitlines()
    assert told[0] == "negotiation: 1 created"
    assert "session: 9 created" in told
    assert told[-1] == "Nothing was written: this was a dry run."
    assert "Known: none yet." in run("export", "mill-round-2024", code=1).stderr


def test_what_is_imported_is_exported_and_the_same_again_changes_nothing(
    run: Any,  # noqa: F811
    tmp_path: Path,
) -> None:
    first = json.loads(run("import", "-", "--json", stdin=LABOUR.decode()).stdout)
    assert (first["dry_run"], first["notices"], first["missing"]) == (False, [], [])
    assert first["counts"]["session"] == {"created": 9, "updated": 0, "unchanged": 0}
    again = json.loads(run("import", str(FILE), "--json").stdout)
    assert {tuple(one.values())[:2] for one in again["counts"].values()} == {(0, 0)}
    file = tmp_path / "talks.json"
    run("export", "mill-round-2024", "--output", str(file))
    assert run("export", "mill-round-2024").stdout_bytes == file.read_bytes()
    run("import", str(file))
    assert run("export", "mill-round-2024", "--format", "json").stdout_bytes == file.read_bytes()
    tables = tmp_path / "tables"
    run("export", "mill-round-2024", "--format", "csv", "--output", str(tables))
    assert sorted(one.name for one in tables.iterdir()) == [
        "attendance.csv", "commitments.csv", "documents.csv", "outcomes.csv", "positions.csv",
        "sessions.csv",
    ]  # fmt: skip


REFUSED: list[tuple[tuple[str, ...], int, str]] = [
    (("import", "/no/such.yaml"), 1, "Can't read /no/such.yaml: No such file or directory."),
    (("import",), 2, "Missing argument"),
    (("export", "mill-round-2024", "--format", "pdf"), 2, "Invalid value for '--format'"),
    (("export", "mill-round-2024", "--format", "csv"), 2, "name a folder with --output"),
    (
        ("export", "mill-round-2024", "--track", "miners"),
        1,
        "There is no track 'miners' in these talks. Known: machinists, weavers.",
    ),
    (
        ("export", "mill-round-2024", "--output", "/no/such/file"),
        1,
        "Can't write /no/such/file: No such file or directory.",
    ),
]


def test_what_cannot_be_done_is_said(run: Any) -> None:  # noqa: F811
    run("import", str(FILE))
    for words, code, line in REFUSED:
        assert line in run(*words, code=code).stderr, words


def test_the_format_is_explained_on_the_console(run: Any) -> None:  # noqa: F811
    told = run("import", "--format-help").stdout
    assert told.startswith("# The file of a negotiation\n")


def test_an_archive_is_compared_with_the_heads_of_just_its_talks(
    run: Any,  # noqa: F811
    tmp_path: Path,
) -> None:
    """What the README shows; heads of other talks, which no archive of these holds, are faults."""
    run(*FOUNDING)
    run("import", str(FILE))
    for narrowed in ([], ["--track", "weavers"]):
        file, kept = tmp_path / "talks.zip", tmp_path / "heads.txt"
        asked = ["mill-round-2024", *narrowed]
        kept.write_text(run("audit", "heads", *asked).stdout)
        run("export", *asked, "--format", "archive", "--output", str(file))
        told = run("verify", str(file), "--anchors", str(kept)).stdout
        assert told.splitlines()[2:] == kept.read_text().splitlines()
    kept.write_text(run("audit", "heads").stdout)
    told = run("verify", str(file), "--anchors", str(kept), code=1).stdout
    assert "is not in it" in told
    assert "Known: " in run("audit", "heads", "no-talks", code=1).stderr
    assert "name them" in run("audit", "heads", "--track", "x", code=2).stderr
