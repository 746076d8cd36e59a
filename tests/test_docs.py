"""What the README must tell: every command and every event type (settings: see test_cli)."""

from pathlib import Path

from test_cli import commands

from negotiations.outbox import EVENT_TYPES

README = (Path(__file__).parent.parent / "README.md").read_text()


def test_every_command_stands_in_the_readme() -> None:
    assert [words for words in commands() if f"`{words[0]}" not in README] == []


def test_every_event_type_stands_in_the_readme() -> None:
    assert sorted(one for one in EVENT_TYPES if f"`{one}`" not in README) == []
