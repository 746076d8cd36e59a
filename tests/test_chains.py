"""What an entry of a chain is hashed as, and what is taken for one."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from negotiations.chains import Entry, as_values, canonical_sha256, entry_hash, entry_of

TEXTS = st.text(st.characters(exclude_categories=("Cs",)), max_size=20)
ZONES = st.sampled_from([UTC, timezone(timedelta(hours=-8)), timezone(timedelta(minutes=345))])
ENTRIES = st.builds(
    Entry,
    chain=TEXTS, number=st.integers(), action=TEXTS, actor=TEXTS, object_type=TEXTS,
    object_id=TEXTS, content_sha256=TEXTS, previous_sha256=TEXTS, sha256=TEXTS,
    at=st.datetimes(datetime(1970, 1, 2), datetime(2200, 1, 1), timezones=ZONES),
)  # fmt: skip


@given(ENTRIES)
def test_an_entry_is_hashed_as_the_canonical_json_of_what_it_says(entry: Entry) -> None:
    told = {
        "chain": entry.chain,
        "number": entry.number,
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": entry.actor,
        "action": entry.action,
        "object": [entry.object_type, entry.object_id],
        "content": entry.content_sha256,
        "previous": entry.previous_sha256,
    }
    assert entry_hash(entry) == canonical_sha256(told)


NOW = datetime(2030, 1, 1, tzinfo=UTC)
GOOD = as_values(Entry("track:a", 1, NOW, "p", "acted", "test", "1", "0" * 64, "0" * 64, "0" * 64))


@pytest.mark.parametrize("name", sorted(GOOD))
@pytest.mark.parametrize("bad", [5, None, True, ["a"], {"a": 1}])
def test_a_line_with_anything_but_texts_and_a_number_is_no_entry(name: str, bad: object) -> None:
    if (name, bad) == ("number", 5):
        bad = "5"
    assert as_values(entry_of(GOOD)) == GOOD
    with pytest.raises(ValueError, match="not an entry"):
        entry_of({**GOOD, name: bad})
