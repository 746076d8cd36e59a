"""Copies of the whole database under load, brought back elsewhere, that send nothing unasked."""

import asyncio
import itertools
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from factories import NEG, World, act, in_days, propose, session_body
from mail.post import Box
from sqlalchemy import NullPool, create_engine, select, text
from templates import Templates
from typer.testing import CliRunner

from negotiations import backups
from negotiations.app import open_database
from negotiations.cli.commands import app
from negotiations.errors import Refused
from negotiations.mail.jobs import Office
from negotiations.models import metadata
from negotiations.notices.writing import WRITERS
from negotiations.schema import head_revision, migrate, revision_of, unmigrate
from negotiations.settings import Settings
from negotiations.ticks import Periodic, Ticking, is_fenced

# Every table, so that a new one is thought of: what of it a copy has to hold.
WHOLE = {
    "acknowledgement", "agenda_item", "api_token", "attendance", "audit_entry", "availability",
    "booking", "busy_block", "busy_calendar", "caucus", "caucus_party",
    "circulation", "commitment", "document_request", "document_request_event",
    "document_request_party", "document_request_session", "document_request_source",
    "event_bytes", "external_id", "feed", "feed_fetch", "fence", "former_address", "generation",
    "idempotency_key", "invitation", "issue", "job", "kept_note", "login", "look", "mail",
    "mail_event", "mail_trouble", "matrix_change", "membership", "negotiation", "note",
    "note_draft", "note_revision", "notice", "outbox_event", "outcome", "outcome_source",
    "party", "person", "plan", "plan_item", "plan_track", "poll", "poll_option", "position",
    "position_source",
    "published_summary", "reminder",
    "search_entry", "session",
    "session_change", "session_party", "session_team", "source", "standing_outcome", "summary",
    "summary_comment", "summary_decision", "summary_revision", "team", "track",
    "vote", "webhook_delivery", "webhook_endpoint",
}  # fmt: skip


_numbers = itertools.count()


@pytest.fixture
def empty_url(database_url: str, templates: Templates, tmp_path: Path) -> Iterator[str]:
    """The address of a database of the same engine without any table."""
    if database_url.startswith("sqlite"):
        yield f"sqlite:///{tmp_path}/restored.db"
        return
    try:
        backups._program("pg_dump", 0)
    except Refused as error:
        pytest.skip(error.detail)
    name = f"restored_{os.getpid()}_{next(_numbers)}"
    templates.postgresql.create_database(name)
    yield templates.postgresql.url(name)
    templates.postgresql.drop_database(name)


def rows(url: str) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, sorted."""
    engine = create_engine(url.replace("+aiosqlite", ""), poolclass=NullPool)
    with engine.connect() as link:
        return {
            table.name: sorted(map(repr, link.execute(select(*table.columns))))
            for table in metadata.sorted_tables
        }


def test_every_table_is_thought_of() -> None:
    assert set(metadata.tables) == WHOLE


async def test_a_copy_holds_every_row_and_comes_back_fenced(
    world: World, tmp_path: Path, empty_url: str
) -> None:
    await propose(world, local_start=in_days(10))
    url, file = world.settings.database_url, tmp_path / "copy"
    size = await asyncio.to_thread(backups.back_up, url, file)
    assert size == file.stat().st_size > 10_000
    assert file.stat().st_mode & 0o777 == 0o600
    with pytest.raises(Refused, match="is there already"):
        backups.back_up(url, file)
    assert await asyncio.to_thread(backups.restore, empty_url, file) == head_revision()
    found, meant = rows(empty_url), rows(url)
    assert len(found.pop("fence")) == 1
    assert meant.pop("fence") == []
    assert found == meant
    with pytest.raises(Refused, match="has tables already"):
        backups.restore(empty_url, file)


async def test_what_was_acknowledged_before_is_in_a_copy_made_under_load(
    world: World, tmp_path: Path, empty_url: str
) -> None:
    url, made = world.settings.database_url, list[str]()
    for number in range(3):
        before = set(made)
        copy = asyncio.to_thread(backups.back_up, url, tmp_path / f"copy {number}")
        copying = asyncio.create_task(copy)
        while not copying.done():
            body = session_body(local_start=in_days(10 + 2 * len(made)))
            answer = await world.coordinator.post(f"{NEG}/sessions", json=body)
            made.append(answer.json()["id"])
        await copying
    backups.restore(empty_url, tmp_path / "copy 2")
    engine = create_engine(empty_url.replace("+aiosqlite", ""), poolclass=NullPool)
    with engine.connect() as link:
        ids = set(link.scalars(text("SELECT id FROM session")))
        logged = set(link.scalars(text("SELECT session_id FROM session_change")))
    assert before <= ids <= set(made)
    assert ids == logged


async def test_a_restored_copy_sends_nothing_until_it_is_released(
    world: World, tmp_path: Path, empty_url: str
) -> None:
    session = await propose(world, local_start=in_days(10))
    answer = await act(world.coordinator, session["id"], "cancel", {"reason": "Off"})
    assert answer.status_code == 200
    backups.back_up(world.settings.database_url, tmp_path / "copy")
    backups.restore(empty_url, tmp_path / "copy")
    settings = Settings(database_url=empty_url, base_url="http://testserver")
    database, box = open_database(settings, world.clock), Box()
    office = Office(settings, box, WRITERS)
    sending = Periodic("mail", timedelta(seconds=2), office.send_due, by_all=True, sends=True)
    ticking = Ticking(database, world.clock, [sending])
    world.clock.forward(minutes=5)
    await ticking._look(sending)
    assert (await is_fenced(database), box.letters) == (True, [])
    command(empty_url, "release")
    await ticking._look(sending)
    assert (await is_fenced(database), "head_x" in box.to) == (False, True)
    await database.close()


def command(url: str, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "negotiations", *words], capture_output=True, text=True, check=False,
        env={"NEGOTIATIONS_DATABASE_URL": url, "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    return f"{done.returncode} {done.stdout}{done.stderr}".strip()


def test_by_commands_and_what_they_refuse(
    database_url: str, empty_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "copy"
    assert command(database_url, "backup", str(file)).startswith(f"0 Copied into {file}, ")

    def said(url: str, *words: str) -> str:
        """The same in this process: to begin another takes most of a second."""
        monkeypatch.setenv("NEGOTIATIONS_DATABASE_URL", url)
        done = CliRunner().invoke(app, list(words))
        return f"{done.exit_code} {done.stdout}{done.stderr}".strip()

    assert said(database_url, "backup", str(file)) == (
        f"1 negotiations: {file} is there already. Name a new file."
    )
    assert said(empty_url, "restore", str(file)) == (
        f"0 Restored, at revision {head_revision()}. No mail and nothing else is sent from this "
        "copy until: negotiations release"
    )
    assert "NOTHING GOES: a restored copy" in said(empty_url, "doctor")
    assert said(empty_url, "release", "--drop") == ("0 It sends from now on. 0 mails were dropped.")
    assert said(empty_url, "release") == "0 It was no restored copy: it sends anyway."
    assert said(empty_url, "restore", str(file)).startswith("1 negotiations: The database of")
    assert said(empty_url, "restore", str(tmp_path / "none")).startswith("1 negotiations: There")


def test_what_is_no_whole_copy_leaves_nothing_behind(empty_url: str, tmp_path: Path) -> None:
    for number, content in enumerate(
        (b"", b"nothing like it", b"SQLite format 3\x00" + b"x" * 900)
    ):
        file = tmp_path / str(number)
        file.write_bytes(content)
        with pytest.raises(Refused):
            backups.restore(empty_url, file)
        assert revision_of(empty_url) is None


def test_a_copy_of_an_earlier_version_is_brought_up(
    database_url: str, empty_url: str, tmp_path: Path
) -> None:
    unmigrate(database_url, "0025")
    backups.back_up(database_url, tmp_path / "copy")
    assert backups.restore(empty_url, tmp_path / "copy") == head_revision()


def test_a_copy_of_a_newer_version_leaves_nothing_behind(
    database_url: str, empty_url: str, tmp_path: Path
) -> None:
    """Its tables, unfenced, would be served by that version."""
    engine = create_engine(database_url.replace("+aiosqlite", ""), poolclass=NullPool)
    with engine.begin() as link:
        link.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    backups.back_up(database_url, tmp_path / "copy")
    with pytest.raises(Refused, match="of a newer version"):
        backups.restore(empty_url, tmp_path / "copy")
    assert revision_of(empty_url) is None


def test_a_torn_file_is_found_out(tmp_path: Path) -> None:
    """The control: a plain copy of a file that is being written isn't taken for a whole one."""
    url = f"sqlite:///{tmp_path}/live.db"
    migrate(url)
    whole = (tmp_path / "live.db").read_bytes()
    torn = tmp_path / "torn"
    torn.write_bytes(whole[: len(whole) // 2] + bytes(len(whole) // 2))
    with pytest.raises(Refused, match=r"copied|whole"):
        backups.restore(f"sqlite:///{tmp_path}/other.db", torn)
    assert not (tmp_path / "other.db").exists()
