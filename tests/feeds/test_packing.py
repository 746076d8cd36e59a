"""One gzip member from parts: every decoder reads the whole text, and the check sum holds."""

import gzip
import zlib

from hypothesis import given
from hypothesis import strategies as st

from negotiations.feeds.packing import compress, join, member

texts = st.lists(st.binary(max_size=400), max_size=8)


@given(st.binary(max_size=200), texts)
def test_the_member_inflates_to_the_texts_in_order(first: bytes, rest: list[bytes]) -> None:
    packed = member(compress(first), join(map(compress, rest))).body
    whole = first + b"".join(rest)
    assert gzip.decompress(packed) == whole
    # One member and nothing behind it: what stops at the first one still has everything.
    reading = zlib.decompressobj(16 + zlib.MAX_WBITS)
    assert (reading.decompress(packed), reading.eof, reading.unused_data) == (whole, True, b"")


@given(st.binary(max_size=200), st.binary(max_size=200), texts)
def test_the_second_part_can_be_taken_out_again(
    first: bytes, other: bytes, rest: list[bytes]
) -> None:
    joined = join(map(compress, rest))
    taken = member(compress(first), joined).rest
    assert taken == joined
    assert member(compress(other), taken) == member(compress(other), joined)


@given(texts)
def test_the_check_sum_of_the_whole_is_that_of_its_parts(rest: list[bytes]) -> None:
    joined = join(map(compress, rest))
    whole = b"".join(rest)
    assert (joined.crc, joined.length) == (zlib.crc32(whole), len(whole))


@given(st.lists(texts, max_size=4))
def test_parts_can_be_joined_in_any_grouping(groups: list[list[bytes]]) -> None:
    at_once = join([compress(one) for group in groups for one in group])
    in_groups = join([join(map(compress, group)) for group in groups])
    assert in_groups == at_once
