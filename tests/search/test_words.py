"""Which words a text has and a question asks for, and what is shown and marked of a text."""

import pytest
from faults import nasty
from hypothesis import given
from hypothesis import strategies as st

from negotiations.errors import BadRequest
from negotiations.search.marking import SHOWN, excerpt, marked, places
from negotiations.search.words import (
    LONGEST,
    LONGEST_QUESTION,
    MOST_BYTES,
    Question,
    Term,
    kept,
    question_of,
    words_of,
)


def test_words_are_folded_and_parted_by_what_is_no_letter() -> None:
    assert words_of("Straße, STRASSE; ﬁnal ＡＢＣ x²") == [
        "strasse", "strasse", "final", "abc", "x2",
    ]  # fmt: skip
    assert words_of("SC-ARL/S1_SUM don't") == ["sc", "arl", "s1", "sum", "don", "t"]
    assert words_of("soft\u00adhyphen zero\u200bwidth \u202eright") == [
        "softhyphen", "zerowidth", "right",
    ]  # fmt: skip
    assert words_of("e\u0301 é") == ["é", "é"]
    assert words_of("é") != words_of("e")
    assert words_of("— * \u0301 👩\u200d👩 %") == []
    assert words_of("x" * 100) == ["x" * LONGEST]


def test_a_question_has_words_beginnings_and_what_stands_side_by_side() -> None:
    assert question_of('Water met* "Two  words" "be gin"* SC-ARL "open end*') == Question(
        (
            Term(("water",)),
            Term(("met",), begins=True),
            Term(("two", "words")),
            Term(("be", "gin"), begins=True),
            Term(("sc", "arl")),
            Term(("open", "end"), begins=True),
        )
    )
    asked = question_of('a "b c*"')
    assert asked.fts5(["1", "2"]) == '("1a" AND "1b" AND "1c" *) OR ("2a" AND "2b" AND "2c" *)'
    assert asked.tsquery(["1", "2"]) == "('1a' & '1b' & '1c':*) | ('2a' & '2b' & '2c':*)"
    assert [one.like("1") for one in asked.terms] == ["% 1a %", "% 1b 1c%"]
    assert kept(["1", "2"], "A", "b C") == " 1a 1b 1c 2a 2b 2c "


@pytest.mark.parametrize(
    "text", ["", "  ", "*", '""', "—", "x" * (LONGEST_QUESTION + 1), "a " * 17, "ﷺ" * 6]
)
def test_what_cannot_be_asked_says_what_to_do(text: str) -> None:
    with pytest.raises(BadRequest, match=r"q is what to look for, as: .+ It has at "):
        question_of(text)


@pytest.mark.parametrize("text", nasty.ALL)
def test_whatever_is_asked_is_made_of_words_alone(text: str) -> None:
    try:
        asked = question_of(text)
    except BadRequest:
        return
    assert all(
        word and len(word) <= LONGEST and not set(word) & set(" \"'*:&|!()\\%_\x00")
        for word, _ in asked.each()
    )


@given(st.text())
def test_each_part_of_a_text_is_found_in_it(text: str) -> None:
    words = kept([""], text)
    for part in text.split():
        assert f" {' '.join(words_of(part))} " in words or not words_of(part)


def test_of_a_very_long_text_the_first_words_are_kept() -> None:
    shelf, many = "p1234abcd", " ".join(f"w{number}" for number in range(200_000))
    words = kept([shelf], "title", f"{'é' * 60} {many}")
    assert words.startswith(f" {shelf}title {shelf}{'é' * 60} {shelf}w0 {shelf}w1 ")
    assert MOST_BYTES - 40 < len("".join(set(words.split())).encode()) <= MOST_BYTES
    assert kept(["p"], "again " * 400_000).count("again") == 400_000


def test_the_words_asked_for_are_marked_as_they_are_written() -> None:
    asked = question_of("strasse met*")
    pieces = marked("STRAßE, Meters & me\u00adters; geometry", asked)
    assert [one.text for one in pieces if one.marked] == ["STRAßE", "Meters", "me\u00adters"]
    text = "".join(one.text for one in pieces)
    assert [text[begin:end] for begin, end in places(pieces)] == [
        "STRAßE",
        "Meters",
        "me\u00adters",
    ]


def test_a_line_is_shown_around_the_first_word() -> None:
    text = f"{'before ' * 100}the\nMETER{' after' * 100}"
    shown = excerpt(text, question_of("meter"))
    assert shown.startswith("… before before") and shown.endswith("after …")
    assert "the · METER after" in shown and len(shown) <= SHOWN + 4
    assert excerpt("Short.\n\nAnd all of it", question_of("gone")) == "Short. · And all of it"
    marked_up = "# The *practice* session\n\n- one `of` **them**\n> 2 * 3 in my_file"
    assert excerpt(marked_up, question_of("gone")) == (
        "The practice session · one of them · 2 * 3 in my_file"
    )


@given(st.text(), st.sampled_from(["a", "met*", '"b c"', "ﬁ"]))
def test_nothing_is_lost_or_added_by_marking(text: str, asked: str) -> None:
    question = question_of(asked)
    assert "".join(one.text for one in marked(text, question)) == text
    assert len(excerpt(text, question)) <= SHOWN + 4
