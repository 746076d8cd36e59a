"""What differs between two texts: nothing is lost, and what is the same says so."""

from hypothesis import given
from hypothesis import strategies as st

from negotiations.notes.differences import LineView, differences

texts = st.lists(st.text("ab .\u00e9", max_size=6), max_size=8).map("\n".join)


def side(found: list[LineView], name: str) -> str:
    other = {"a": "added", "b": "removed"}[name]
    return "\n".join(
        "".join(piece["text"] for piece in one["words"]) for one in found if one["kind"] != other
    )


@given(texts, texts)
def test_both_texts_can_be_read_from_it(a: str, b: str) -> None:
    found = differences(a, b)
    assert (side(found, "a"), side(found, "b")) == (a, b)
    for name in ("a", "b"):
        numbers = [one[name] for one in found if one[name] is not None]  # type: ignore[literal-required]
        assert numbers == list(range(1, len(numbers) + 1))


@given(texts)
def test_equal_texts_differ_in_nothing(a: str) -> None:
    assert {one["kind"] for one in differences(a, a)} == {"same"}


def test_a_changed_line_says_which_words() -> None:
    assert differences("One\nICE said no.", "One\nICE said yes.") == [
        {"kind": "same", "a": 1, "b": 1, "words": [{"kind": "same", "text": "One"}]},
        {
            "kind": "removed",
            "a": 2,
            "b": None,
            "words": [
                {"kind": "same", "text": "ICE said "},
                {"kind": "removed", "text": "no"},
                {"kind": "same", "text": "."},
            ],
        },
        {
            "kind": "added",
            "a": None,
            "b": 2,
            "words": [
                {"kind": "same", "text": "ICE said "},
                {"kind": "added", "text": "yes"},
                {"kind": "same", "text": "."},
            ],
        },
    ]
