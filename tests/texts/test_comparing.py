"""Two texts are told apart line by line and word by word, and both can be read off the result."""

from typing import Any

import pytest
from factories import World
from hypothesis import given
from hypothesis import strategies as st
from notebook.jotting import place, saved
from notes.rounds import held, rewrite
from problems import problem

from negotiations.texts.comparing import MOST_LINES, Line, Part, compare

TEXTS = st.lists(st.sampled_from(["a", "b", "the law", "the bylaw", "", "x y z"]), max_size=8)


def text_of(lines: list[Line], side: str) -> str:
    return "\n".join(line.text for line in lines if getattr(line, side) is not None)


def test_a_changed_word_is_shown_within_its_line() -> None:
    lines = compare("one\nthe old law\nlast", "one\nthe new law\nlast\nmore")
    assert [(line.change, line.a, line.b, line.text) for line in lines] == [
        ("same", 1, 1, "one"),
        ("removed", 2, None, "the old law"),
        ("added", None, 2, "the new law"),
        ("same", 3, 3, "last"),
        ("added", None, 4, "more"),
    ]
    assert lines[1].parts == (
        Part("same", "the "),
        Part("removed", "old"),
        Part("same", " law"),
    )
    assert lines[2].parts == (Part("same", "the "), Part("added", "new"), Part("same", " law"))


@given(TEXTS.map("\n".join) | st.text(), TEXTS.map("\n".join) | st.text())
def test_both_texts_can_be_read_off_the_comparison(a: str, b: str) -> None:
    lines = compare(a, b)
    assert (text_of(lines, "a"), text_of(lines, "b")) == (a, b)
    for side in ("a", "b"):
        numbers = [getattr(line, side) for line in lines if getattr(line, side) is not None]
        assert numbers == list(range(1, len(numbers) + 1))
    changed = {part.change for line in lines for part in line.parts} - {"same"}
    assert a != b or changed == set()


@pytest.mark.parametrize("count", [MOST_LINES, 20 * MOST_LINES])
def test_long_texts_are_compared_in_bounded_time(count: int) -> None:
    a = "\n".join(f"line {number} of {count}" for number in range(count))
    b = "\n".join(reversed(a.split("\n")))
    lines = compare(a, b)
    assert (text_of(lines, "a"), text_of(lines, "b")) == (a, b)


async def diff(world: World, path: str, **options: Any) -> Any:
    return await world.head_x.get(f"{path}/diff", params=options)


async def test_two_revisions_are_compared(world: World) -> None:
    path = await place(world, "caucus")
    await saved(world, "head_x", path, "One", "One\nTwo", "Three")
    assert (await diff(world, path, a=1, b=2)).json() == {
        "a": 1,
        "b": 2,
        "lines": [
            {"change": "same", "a": 1, "b": 1, "parts": [{"change": "same", "text": "One"}]},
            {"change": "added", "a": None, "b": 2, "parts": [{"change": "added", "text": "Two"}]},
        ],
    }
    last = (await diff(world, path)).json()
    assert (last["a"], last["b"]) == (2, 3)
    assert (await diff(world, path, b=1)).json()["a"] == 1
    problem(await diff(world, path, a=1, b=4), 404)
    for odd in ("0", "x", "-1", "1.5"):
        problem(await diff(world, path, a=odd), 400)
    problem(await world.agency_head.get(f"{path}/diff"), 404)


async def test_revisions_of_a_summary_are_compared_alike(world: World) -> None:
    path = await held(world, "One")
    assert (await rewrite(world, path, "One\nTwo")).status_code == 200
    assert (await world.note_taker.get(f"{path}/diff?a=1&b=2")).json() == {
        "a": 1,
        "b": 2,
        "lines": [
            {"change": "same", "a": 1, "b": 1, "parts": [{"change": "same", "text": "One"}]},
            {"change": "added", "a": None, "b": 2, "parts": [{"change": "added", "text": "Two"}]},
        ],
    }
    problem(await world.note_taker.get(f"{path}/diff?a=1&b=3"), 404)
    problem(await world.note_taker.get(f"{path}/diff?a=1"), 400)
