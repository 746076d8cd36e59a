"""Line tags become suggestions and nothing more; what is off the record enters no summary."""

from datetime import date

import pytest
from factories import World
from hypothesis import given
from hypothesis import strategies as st
from notebook.jotting import place, saved

from negotiations.notebook.suggestions import Suggestion, for_summary, suggestions

NOTE = """OUTCOME: agreed in principle
Long talk.
- ACTION San Francisco: send the letter by 2010-11-30.
ACTION: call back by 2010-02-31
> ASK: may a county opt out?
DOC: memorandum of 2 October: the second
An OUTCOME: within a line is none
outcome: nor is this one
OFF RECORD: they settle for less
ACTION ICE: withdraw
and this is on record"""


def test_tags_are_read_with_owner_date_and_line() -> None:
    assert suggestions(NOTE) == [
        Suggestion("outcome", "agreed in principle", None, None, 1),
        Suggestion("commitment", "send the letter", "San Francisco", date(2010, 11, 30), 3),
        Suggestion("commitment", "call back by 2010-02-31", None, None, 4),
        Suggestion("question", "may a county opt out?", None, None, 5),
        Suggestion("document", "memorandum of 2 October: the second", None, None, 6),
        Suggestion("commitment", "withdraw", "ICE", None, 10),
    ]


@pytest.mark.parametrize(
    ("text", "left", "count"),
    [
        ("On\nOFF RECORD: secret\nsecret\n\nOn", "On\n\nOn", 1),
        ("OFF RECORD:\n\n\nsecret\nsecret\n\nOn", "\nOn", 1),
        ("OFF RECORD: secret\nASK: on?", "ASK: on?", 1),
        ("OFF RECORD: secret\nOFF RECORD: secret\n \nOn", " \nOn", 2),
        ("**Off record:** secret\n\nOn", "\nOn", 1),
        ("## OFF THE RECORD: secret\n\nOn", "\nOn", 1),
        ("3. [ ] off-record : secret\n\nOn", "\nOn", 1),
        ("They said. OFF RECORD: secret\nsecret\n\nOn", "\nOn", 1),
        ("This was off the record: secret\nsecret\n\nOn", "\nOn", 1),
        ("_OFF RECORD:_ secret\n\nOn", "\nOn", 1),
        ("OFF RECORD: secret", "", 1),
        ("OFF RECORD\nsecret\n\nOn", "\nOn", 1),
        ("### Off the record\n\nsecret\n\nOn", "\nOn", 1),
        ("**[OFF RECORD]**\nsecret\n\nOn", "\nOn", 1),
        ("OFF RECORD：secret\n\nOn", "\nOn", 1),
        ("Takeoff record: ten minutes", "Takeoff record: ten minutes", 0),
        ("The words “off record” alone\nare on", "The words “off record” alone\nare on", 0),
        ("", "", 0),
    ],
)
def test_what_is_off_the_record_is_held_back(text: str, left: str, count: int) -> None:
    assert for_summary(text) == (left, count)


WORDS = (
    "OFF RECORD:", "Off record:", "ACTION X:", "OUTCOME:", "ASK:", "DOC:", "secret", "by", "ACTION",
    "2010-11-30", "2010-99-99", "-", ">", "**", ":", "", "İ", "\u2028", "\t",
)  # fmt: skip
LINES = st.lists(st.sampled_from(WORDS), max_size=5).map(" ".join) | st.text(max_size=30)
NOTES = st.lists(LINES, max_size=12).map("\n".join)


def is_within(lines: list[str], all_: list[str]) -> bool:
    """Whether the lines stand in the others in the same order."""
    rest = iter(all_)
    return all(line in rest for line in lines)


@given(NOTES)
def test_no_text_is_too_odd_and_only_whole_lines_go(body: str) -> None:
    text, count = for_summary(body)
    lines = body.split("\n")
    assert is_within(text.split("\n") if text else [], lines)
    assert (count == 0) == (text == body) or not body.strip()
    assert "OFF RECORD:" not in text
    assert for_summary(text) == (text, 0)
    assert count <= len(lines)


@given(NOTES)
def test_a_suggestion_is_a_line_of_what_is_on_record(body: str) -> None:
    lines, (kept, _) = body.split("\n"), for_summary(body)
    found = suggestions(body)
    assert [one.line for one in found] == sorted({one.line for one in found})
    assert all(one.text in lines[one.line - 1] for one in found)
    # Numbers apart, they are those of the text that may be shown.
    assert [(one.kind, one.text, one.owner, one.due) for one in found] == [
        (one.kind, one.text, one.owner, one.due) for one in suggestions(kept)
    ]


def test_a_very_long_line_is_read_in_no_time() -> None:
    for line in (" " * 10**6, "ACTION x: " + " by" * 300_000, "off " * 300_000, "*" * 10**6):
        assert for_summary(line) == (line, 0)
        assert len(suggestions(line)) <= 1


async def test_the_secretariats_note_comes_with_suggestions_and_records_nothing(
    world: World,
) -> None:
    path = await place(world, "secretariat")
    note = await saved(world, "note_taker", path, "ACTION X: write by 2030-01-02\nOUTCOME: agreed")
    assert note["suggestions"] == [
        {"kind": "commitment", "text": "write", "owner": "X", "due": "2030-01-02", "line": 1},
        {"kind": "outcome", "text": "agreed", "owner": None, "due": None, "line": 2},
    ]
    session = path.split("/")[4]
    assert (await world.coordinator.get(f"/api/v1/sessions/{session}/outcomes")).json()[
        "items"
    ] == []
    own = await saved(world, "head_x", path.replace("secretariat", "mine"), "ASK: why?")
    assert "suggestions" not in own


@pytest.mark.parametrize("told", [
    "off\u2011record: words", "OFF\u2013RECORD: words", "`OFF RECORD`: words",
    "[OFF RECORD]: words", "~~OFF RECORD~~: words", "<b>OFF RECORD</b>: words",
    "**OFF** **RECORD:** words", "OFF_RECORD: words",
])  # fmt: skip
def test_off_the_record_however_it_is_marked_up(told: str) -> None:
    assert "words" not in for_summary(told)[0]
