"""The commands as the operator types them: 0 done, 1 refused with one line, 2 wrong use."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from templates import ROLE
from typer.testing import CliRunner, Result

from negotiations.cli.commands import app
from negotiations.schema import head_revision, migrate
from negotiations.settings import Settings

FOUNDING = [
    "init", "--title", "Water talks", "--agency", "Water Agency", "--short-name", "Agency",
    "--home-zone", "America/New_York", "--mail", "coordinator@example.org",
]  # fmt: skip


SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def run(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The command line against this test's database."""
    monkeypatch.setenv("NEGOTIATIONS_DATABASE_URL", database_url)
    monkeypatch.setenv("NEGOTIATIONS_BASE_URL", "https://talks.example.org")

    def call(*words: str, code: int = 0, stdin: str | None = None) -> Result:
        result = CliRunner().invoke(app, list(words), input=stdin)
        assert result.exit_code == code, (words, result.output, result.exception)
        return result

    return call


def test_the_operator_founds_talks_and_adds_people(run: Any) -> None:
    told = run(*FOUNDING).stdout.split("\n")
    assert told[0] == "Founded water-talks. Sign in once with:"
    assert told[1].startswith("https://talks.example.org/sign-in/")
    assert "There are talks called 'water-talks' already." in run(*FOUNDING, code=1).stderr
    added = json.loads(
        run(
            "people", "add", "water-talks", "notes@example.org", "--name", "Notes",
            "--role", "note_taker", "--json",
        ).stdout
    )  # fmt: skip
    assert added["mail"] == "notes@example.org"
    listed = json.loads(run("people", "list", "water-talks", "--json").stdout)
    assert listed == [
        {"name": "Coordinator", "mail": "coordinator@example.org", "role": "coordinator",
         "party": None},
        {"name": "Notes", "mail": "notes@example.org", "role": "note_taker", "party": None},
    ]  # fmt: skip
    link = run("people", "link", "NOTES@example.org").stdout.strip()
    assert link.startswith("https://talks.example.org/sign-in/") and link != added["login"]


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (("people", "link", "who@example.org"), "Nobody has the address 'who@example.org'"),
        (("people", "list", "no-talks"), "There are no talks called 'no-talks'. Known: none yet."),
        (("matrix", "no-talks"), "There are no talks called 'no-talks'. Known: none yet."),
        (("matrix", "x", "--as-of", "soon"), "'soon' is not a date. Write it as 2010-11-05."),
        (("feed", "revoke", "abc"), "abc is not the id of one that is still good."),
        (("summary", "post", "abc", "/no/file.md"), "Can't read /no/file.md"),
        (
            (*FOUNDING[:7], "--home-zone", "Mars/Base", "--mail", "a@example.org"),
            "'Mars/Base' is not an IANA time zone",
        ),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(run: Any, words: tuple[str, ...], line: str):
    said = run(*words, code=1).stderr.strip().split("\n")
    assert len(said) == 1
    assert line in said[0]


@SQLITE
@pytest.mark.parametrize(
    ("words", "line"),
    [
        (("serve", "--workers", "2"), "SQLite takes one serving process, not 2."),
        (("serve", "--no-worker"), "so this one must do the worker's part. Leave out --no-worker"),
        (("worker",), "`negotiations serve` does the worker's part there."),
    ],
)
def test_sqlite_takes_one_process_and_others_are_refused_in_one_line(
    run: Any, words: tuple[str, ...], line: str
) -> None:
    [said] = run(*words, code=1).stderr.strip().split("\n")
    assert line in said


def test_a_feed_and_a_token_are_shown_once_and_revoked(run: Any) -> None:
    run(*FOUNDING)
    url = run("feed", "create", "coordinator@example.org", "--label", "Phone").stdout.strip()
    assert url.startswith("https://talks.example.org/feeds/") and url.endswith(".ics")
    token = run("token", "create", "coordinator@example.org", "--scope", "read").stdout.strip()
    assert token.startswith("neg_")
    for kind, label in (("feed", "Phone"), ("token", "program")):
        listed = json.loads(run(kind, "list", "--json").stdout)
        assert [(one["label"], one["state"]) for one in listed] == [(label, "good")]
        assert run(kind, "revoke", listed[0]["id"]).stdout == "Revoked.\n"
        listed = json.loads(run(kind, "list", "--json").stdout)
        assert [one["state"] for one in listed] == ["revoked"]


def test_doctor_lists_every_setting_and_no_password(run: Any) -> None:
    report = json.loads(run("doctor", "--json").stdout)
    assert report["database"].startswith("answers. ")
    assert report["what is saved"] == "outlives a crash"
    assert set(report["settings"]) == {f"NEGOTIATIONS_{n.upper()}" for n in Settings.model_fields}
    readme = (Path(__file__).parent.parent / "README.md").read_text()
    for name in report["settings"]:
        assert name in readme


@pytest.mark.parametrize(
    ("address", "line"),
    [
        (None, "NEGOTIATIONS_DATABASE_URL is not set."),
        ("nonsense", "NEGOTIATIONS_DATABASE_URL is not a database address"),
        ("mysql://x/y", "NEGOTIATIONS_DATABASE_URL names 'mysql'"),
        ("sqlite://", "NEGOTIATIONS_DATABASE_URL needs a file"),
        ("sqlite:////no/such/folder/x.db", "can't be used"),
        ("postgresql://nobody@127.0.0.1:1/none", "can't be used"),
    ],
)
@pytest.mark.parametrize("command", ["serve", "doctor", "migrate"])
def test_a_wrong_database_address_is_refused_in_one_line(
    monkeypatch: pytest.MonkeyPatch, command: str, address: str | None, line: str
) -> None:
    monkeypatch.delenv("NEGOTIATIONS_DATABASE_URL", raising=False)
    if address is not None:
        monkeypatch.setenv("NEGOTIATIONS_DATABASE_URL", address)
    if command != "migrate" and address and address.startswith("sqlite:////no"):
        line = "this version needs"
    result = CliRunner().invoke(app, [command])
    assert result.exit_code == 1, result.output
    said = result.stderr.strip().split("\n")
    assert (len(said), line in said[0]) == (1, True), result.stderr


def test_serve_refuses_tables_of_another_version(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path}/empty.db"
    monkeypatch.setenv("NEGOTIATIONS_DATABASE_URL", url)
    said = CliRunner().invoke(app, ["serve"]).stderr
    assert said == (
        f"negotiations: The database is at revision none, this version needs {head_revision()}. "
        "Run: negotiations migrate\n"
    )
    assert not (tmp_path / "empty.db").exists()
    migrate(url, role=ROLE)
    assert (tmp_path / "empty.db").exists()


def commands(group: Any = None, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    group = group or typer.main.get_command(app)
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name)


@pytest.mark.parametrize("words", list(commands()), ids=" ".join)
def test_every_command_has_help_with_an_example_and_refuses_wrong_use(
    words: tuple[str, ...],
) -> None:
    shown = CliRunner().invoke(app, [*words, "--help"])
    assert shown.exit_code == 0
    assert f"Example: negotiations {' '.join(words)}" in " ".join(shown.stdout.split())
    assert CliRunner().invoke(app, [*words, "--no-such-option"]).exit_code == 2


def test_heads_are_printed_and_verified_as_anchors(run: Any, tmp_path: Path) -> None:
    run(*FOUNDING)
    heads = run("audit", "heads").stdout
    [head] = json.loads(run("audit", "heads", "--json").stdout)
    assert heads == f"{head['chain']} {head['number']} {head['sha256']}\n"
    (tmp_path / "heads.txt").write_text(heads)
    run("audit", "verify", "--anchors", str(tmp_path / "heads.txt"))
    later = f"{head['chain']} 99 {head['sha256']}"
    told = run("audit", "verify", "--anchor", heads, "--anchor", later, code=1)
    said = f"{head['chain']}: it ends at entry {head['number']}, and the anchor is entry 99"
    assert said in told.stdout
    assert told.stderr == "negotiations: 1 fault found.\n"
    assert "is not a head" in run("audit", "verify", "--anchor", "track:x", code=2).stderr
    assert "Can't read" in run("audit", "verify", "--anchors", "/no/such", code=1).stderr
