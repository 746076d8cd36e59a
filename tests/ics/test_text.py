"""What may stand in a text or a link. (calendar.md 5 and 7)"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from negotiations.ics.text import clean, escape, has_forbidden, safe_uri

ANY_CHARACTER = st.characters(exclude_categories=())  # lone surrogates as well


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("", None),
        ("tab\tand\nnewline", None),
        ("日本語 עברית 🧑🏽‍⚖️", None),
        ("a\x00", "U+0000"),
        ("a\r\nb", "U+000D"),
        ("a\x0bb", "U+000B"),
        ("a\x1fb", "U+001F"),
        ("a\x7fb", "U+007F"),
        ("a\x80b", "U+0080"),
        ("a\x85b", "U+0085"),
        ("a\x9fb", "U+009F"),
        ("a\xa0b", None),
        ("a\u2028b", "U+2028"),
        ("a\u2029b\x00", "U+2029"),
        ("a\ud800b", "U+D800"),
        ("a\udfffb", "U+DFFF"),
    ],
)
def test_the_first_forbidden_character_is_named(text: str, name: str | None) -> None:
    """calendar.md 7: refused at input."""
    assert has_forbidden(text) == name


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("a\r\nb\rc\nd", "a\nb\nc\nd"),
        ("a\r\n\r\nb", "a\n\nb"),
        ("a\x00b\x85c\u2028d\u2029e\ud800f\x7fg", "a b c d e f g"),
        ("\ufeffmark", "mark"),
        ("tab\tstays, emoji 🏛️ too", "tab\tstays, emoji 🏛️ too"),
    ],
)
def test_a_forbidden_character_in_a_row_becomes_a_space(text: str, cleaned: str) -> None:
    """calendar.md 7: rendered all the same."""
    assert clean(text) == cleaned


@given(st.text(ANY_CHARACTER))
def test_a_cleaned_text_holds_nothing_forbidden_and_stays_as_it_is(text: str) -> None:
    """calendar.md 7."""
    cleaned = clean(text)
    assert has_forbidden(cleaned) is None
    assert clean(cleaned) == cleaned


def test_a_text_escapes_four_characters_and_no_others() -> None:
    r"""calendar.md 5: backslash, semicolon, comma, newline; a backslash before N as well."""
    assert escape("a\\b;c,d\ne:f\"g'\tC:\\New") == r'a\\b\;c\,d\ne:f"g' + "'\t" + r"C:\\New"


@pytest.mark.parametrize(
    ("uri", "written"),
    [
        (None, None),
        ("", None),
        ("https://example.org/s/1?a=1&b=2;c,d#e", "https://example.org/s/1?a=1&b=2;c,d#e"),
        ("HTTP://example.org", "HTTP://example.org"),
        ("https://[2001:db8::1]:8443/", "https://[2001:db8::1]:8443/"),
        ("mailto:desk@example.org", "mailto:desk@example.org"),
        ("tel:+1-202-555-0100", "tel:+1-202-555-0100"),
        ("https://example.org/Straße/日", "https://example.org/Stra%C3%9Fe/%E6%97%A5"),
        ("https://example.org/o'neill", "https://example.org/o%27neill"),
        ("https://example.org/\u202egpj.exe", "https://example.org/%E2%80%AEgpj.exe"),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("ftp://example.org/", None),
        ("//example.org/", None),
        ("example.org", None),
        ("https:", None),
        ("https:///path", None),
        ("mailto:", None),
        ("https://[broken/", None),
        ("https://example.org/a b", None),
        ("https://example.org/a\u00a0b", None),
        (" https://example.org/", None),
        ("https://example.org/\n", None),
        ("https://example.org/\r\nATTACH:x", None),
        ("https://example.org/\u2028", None),
        ("https://example.org/\ud800", None),
        ("https://example.org\\@evil.example", None),
        ('https://example.org/"', None),
        ("https://example.org/<b>", None),
    ],
)
def test_a_link_is_written_only_if_it_is_safe(uri: str | None, written: str | None) -> None:
    """calendar.md 5: a URI isn't escaped, so it must not need it."""
    assert safe_uri(uri) == written


def test_only_the_schemes_asked_for_are_let_through() -> None:
    """calendar.md 5 and 31."""
    assert safe_uri("mailto:desk@example.org", ("https", "tel")) is None
    assert safe_uri("tel:+12025550100", ("https", "tel")) == "tel:+12025550100"


@given(st.text(ANY_CHARACTER))
def test_a_safe_link_is_visible_ascii(rest: str) -> None:
    """calendar.md 5."""
    written = safe_uri("https://example.org/" + rest)
    assert written is None or (written.isascii() and not set(written) & set(" \"'\\<>^`{|}"))
    assert written is None or written.isprintable()
