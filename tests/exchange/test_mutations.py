"""Whatever is wrong with a file: no traceback, and nothing of it is kept."""

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from checksum import state
from exchanging import LABOUR, Held, take_in
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from negotiations.exchange.tree import Fault, Faulty

GOOD: dict[str, Any] = yaml.load(LABOUR, yaml.BaseLoader)
ODD: list[Any] = [
    None, "", "x", "-1", "1e9", "2024-03-07T14:00", "2024-02-30", "W1", "weavers", "company",
    "\u0000", "a\nb", "=1+1", "😀" * 300, [], [[]], {}, {"": ""}, ["a", "a"], True, 3.5,
    "closed", "carried_over", "plenary", "Europe/London", "concluded",
]  # fmt: skip
Place = tuple[str | int, ...]


def places(value: Any, path: Place = ()) -> Iterator[Place]:
    """Every place in a file, from the top down."""
    if path:
        yield path
    if isinstance(value, dict):
        for name, child in value.items():
            yield from places(child, (*path, name))
    elif isinstance(value, list):
        for number, child in enumerate(value):
            yield from places(child, (*path, number))


PLACES = list(places(GOOD))


def spoil(whole: Any, path: Place, how: str, odd: Any) -> None:
    """Drop, replace, double, or rename what is at a place, if it still is there."""
    here = whole
    for part in path[:-1]:
        try:
            here = here[part]
        except (KeyError, IndexError, TypeError):
            return
    last = path[-1]
    there = isinstance(here, dict) and last in here
    there = there or (isinstance(here, list) and isinstance(last, int) and last < len(here))
    if not there:
        return
    if how == "drop":
        del here[last]
    elif how == "replace":
        here[last] = odd
    elif isinstance(here, list):
        here.insert(0, copy.deepcopy(here[last]))
    elif how == "double" and isinstance(here[last], list):
        here[last] = here[last] * 2
    else:
        here[f"{last}x"] = here.pop(last)


SPOILED = st.lists(
    st.tuples(
        st.sampled_from(PLACES),
        st.sampled_from(["drop", "replace", "double", "rename"]),
        st.sampled_from(ODD),
    ),
    min_size=1,
    max_size=4,
)


@pytest.mark.parametrize("there", [False, True], ids=["into nothing", "over what is there"])
async def test_a_spoiled_file_is_taken_in_whole_or_not_at_all(
    elsewhere: Held, mill: Held, there: bool
) -> None:
    held, seen = (mill if there else elsewhere), set[bool]()
    for spoiled in examples(40):
        whole = copy.deepcopy(GOOD)
        for path, how, odd in spoiled:
            spoil(whole, path, how, odd)
        raw = json.dumps(whole, indent=1)
        before = await state(held)
        faults = await attempt(held, raw)
        seen.add(bool(faults))
        if faults:
            assert await state(held) == before
            last = raw.count("\n") + 1
            assert [one for one in faults if not (1 <= one.line <= last and one.detail)] == []
    assert seen == {True, False}, "some are refused, some are not"


async def attempt(held: Held, raw: str) -> list[Fault]:
    """What is wrong with the file; nothing when it was taken in."""
    try:
        await take_in(held.database, raw, is_json=True)
    except Faulty as faulty:
        return faulty.faults
    return []


def examples(number: int) -> list[list[tuple[Place, str, Any]]]:
    """What Hypothesis thinks of: the import is asynchronous, and it isn't."""
    found: list[list[tuple[Place, str, Any]]] = []

    @settings(max_examples=number, database=None, suppress_health_check=list(HealthCheck))
    @given(SPOILED)
    def collect(spoiled: list[tuple[Place, str, Any]]) -> None:
        found.append(spoiled)

    collect()
    return found
