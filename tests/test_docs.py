"""What the README must tell: every command, setting and event type; and what it shows is true."""

import re
import shlex
from pathlib import Path

from test_cli import commands
from typer.testing import CliRunner

from negotiations.cli.commands import app
from negotiations.outbox import EVENT_TYPES
from negotiations.settings import Settings

README = (Path(__file__).parent.parent / "README.md").read_text()


def test_every_command_stands_in_the_readme() -> None:
    assert [words for words in commands() if f"`{words[0]}" not in README] == []


def test_every_event_type_stands_in_the_readme() -> None:
    assert sorted(one for one in EVENT_TYPES if f"`{one}`" not in README) == []


def test_every_setting_named_in_the_readme_exists() -> None:
    named = {one.lower() for one in re.findall(r"NEGOTIATIONS_([A-Z_]+)", README)}
    assert named == set(Settings.model_fields)


def test_every_command_line_shown_in_the_readme_is_one_of_ours() -> None:
    text = README.replace("\\\n", " ")
    shown = re.findall(
        r"^ {4}(?:export |ExecStart=)?(?:/\S*/)?negotiations (.+)$", text, re.MULTILINE
    )
    shown += re.findall(r"`negotiations ([a-z][^`…]*)`", text)
    assert len(shown) > 8
    for line in shown:
        words = [one for one in shlex.split(line) if not re.fullmatch("[A-Z]+", one)]
        result = CliRunner().invoke(app, [*words, "--help"])
        assert result.exit_code == 0, (line, result.output)


def test_every_file_named_in_the_readme_is_there() -> None:
    root = Path(__file__).parent.parent
    named = re.findall(r"`((?:docker|negotiations|tests)/[\w./]+)`", README)
    assert [one for one in named if not (root / one).exists()] == ["docker/.env"]  # one's own
