"""A file's values keep their lines; what YAML can do besides is refused before it does harm."""

import json
from typing import Any

import pytest

from negotiations.exchange import document, json_reading, yaml_reading
from negotiations.exchange.sections import SECTIONS
from negotiations.exchange.tree import Faulty, Node, faults_of

YAML = """\
negotiation:
  slug: talks   # a comment
parties:
- slug: a
  same_as: [x,
    y]
-
  slug: "b"
"""
JSON = """{
"negotiation":
{"slug": "talks"},
"parties": [
{"slug": "a",
"same_as": ["x",
"y"]},
{"slug": "b"}]}
"""


def lines(root: Node) -> dict[tuple[Any, ...], int]:
    paths = [
        ("negotiation",), ("negotiation", "slug"), ("parties", 0), ("parties", 0, "same_as"),
        ("parties", 0, "same_as", 1), ("parties", 1), ("parties", 1, "slug"),
    ]  # fmt: skip
    return {path: root.line_of(path) for path in paths}


def test_every_value_of_a_yaml_file_knows_its_line() -> None:
    root, faults = yaml_reading.read(YAML)
    assert faults == []
    assert list(lines(root).values()) == [1, 2, 4, 5, 6, 8, 8]


def test_every_value_of_a_json_file_knows_its_line() -> None:
    root = json_reading.read(JSON)
    assert list(lines(root).values()) == [2, 3, 5, 6, 7, 8, 8]
    assert root.plain() == json.loads(JSON)


def test_what_is_not_there_has_the_line_of_what_it_would_stand_in() -> None:
    root, _ = yaml_reading.read(YAML)
    assert root.line_of(("parties", 0, "tz")) == 4
    assert root.line_of(("parties", 7)) == 3
    assert root.known(("parties", 0, "moved", "same_as", 1)) == ("parties", 0, "same_as", 1)


def test_yaml_scalars_stay_what_is_written() -> None:
    root, _ = yaml_reading.read("[1.10, no, 2010-11-05, 10:30, 0x1f, null, ~, '', 'null']")
    assert root.plain() == ["1.10", "no", "2010-11-05", "10:30", "0x1f", None, None, "", "null"]


@pytest.mark.parametrize("text", ['{"a": "\\ud83d\\ude00"}', '{\t"a":\t"😀"}', '{"a": "\\/😀"}'])
def test_json_is_read_as_the_rfc_has_it(text: str) -> None:
    assert json_reading.read(text).plain() == json.loads(text)


def mistakes(text: str | bytes, *, is_json: bool = False) -> list[str]:
    raw = text.encode() if isinstance(text, str) else text
    try:
        read = document.read(raw, is_json=is_json, sections=SECTIONS)
    except Faulty as faulty:
        return [str(fault) for fault in faulty.faults]
    return [str(fault) for fault in read.faults]


BOMB = "a: &a [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{name}: &{name} [{','.join([f'*{before}'] * 10)}]\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "1: The file is empty."),
        ("just words", "1: A file begins with names of sections, as negotiation:."),
        ("a: 1\n b: 2", "2: This is not YAML: mapping values are not allowed in this context."),
        ("a: [1\nb: 2", "2: This is not YAML: did not find expected ',' or ']'"),
        ("a: 1\n---\nb: 2", "2: A second document begins here. One file tells of one talks."),
        ("a: *x", "1: *x isn't defined above it. Write the value out."),
        ("a: &x\n- *x", "2: *x holds itself. Write the value out."),
        ("[a, b]: c", "1: A name before a colon is a word, as title. Write one."),
        ("x: " + "[" * 30 + "]" * 30, "1: Values are nested deeper than 20 levels. Flatten them."),
        (BOMB, "5: A file holds at most 1,000,000 values. Split it."),
        (b"a: 1\nb: \xff", "2: This is not UTF-8. Save the file as UTF-8."),
        ("a: 1\nb: \x07", "2: The character U+0007 can't stand here. Take it out."),
    ],
)
def test_what_is_no_yaml_of_ours_is_refused_with_its_line(text: str | bytes, told: str) -> None:
    said = mistakes(text)
    assert len(said) == 1
    assert said[0].startswith(told)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "1: This is not JSON: a value is expected, not the end."),
        ('{"a": 1,\n}', "2: This is not JSON: a comma stands before }. Take it out."),
        ('{"a": 1\n"b": 2}', '2: This is not JSON: } or a comma is expected, not "b".'),
        ("{\n'a': 1}", "2: This is not JSON: \"'a':\" can't stand here."),
        ('{"a": NaN}', "1: This is not JSON: 'NaN}' can't stand here."),
        ('{"a": "\\ud800"}', '1: This is not JSON: "\\ud800" holds half a character.'),
        ('{"a": 1}\n{', "2: This is not JSON: something follows after its end."),
        ("[" * 30, "1: Values are nested deeper than 20 levels. Flatten them."),
    ],
)
def test_what_is_no_json_is_refused_with_its_line(text: str, told: str) -> None:
    said = mistakes(text, is_json=True)
    assert len(said) == 1
    assert said[0].startswith(told)


def test_tags_and_merge_keys_are_told_with_everything_else() -> None:
    text = "issues:\n- &x {code: !!python/name:os.system 1, title: A}\n- {<<: *x, code: 2}\n"
    assert mistakes(text) == [
        "2: The tag tag:yaml.org,2002:python/name:os.system isn't read. Take it out.",
        "3: Merge keys (<<) aren't read. Write the fields out.",
        "3: issues[1]: title is missing.",
        "3: issues[1].<<: is not a field here. Take it out.",
        "1: negotiation: A file names its talks in a section negotiation. Add it.",
    ]


def test_a_name_twice_is_a_mistake_and_an_alias_tells_of_it_once() -> None:
    root, _ = yaml_reading.read("a: &x {b: 1,\n  b: 2}\nc: *x\n")
    assert [fault.detail for fault in faults_of(root)] == [
        "b stands here twice, first on line 1. Keep one."
    ]
