"""One gzip member from parts: every decoder reads the whole text, and the check sum holds."""

import gzip
import zlib

from hypothesis import given
from hypothesis import strategies as st

from negotiations.feeds.packing import compress, member

texts = st.lists(st.binary(max_size=400), max_size=8)


@given(st.binary(max_size=200), texts)
def test_the_member_inflates_to_the_texts_in_order(first: bytes, rest: list[bytes]) -> None:
    packed = member(compress(first), [compress(one) for one in rest])
    whole = first + b"".join(rest)
    assert gzip.decompress(packed.body) == whole
    # One member and nothing behind it: what stops at the first one still has everything.
    reading = zlib.decompressobj(16 + zlib.MAX_WBITS)
    assert (reading.decompress(packed.body), reading.eof, reading.unused_data) == (whole, True, b"")


@given(st.binary(max_size=200), st.binary(max_size=200), texts)
def test_the_rest_can_be_taken_out_again(first: bytes, other: bytes, rest: list[bytes]) -> None:
    parts = [compress(one) for one in rest]
    taken = member(compress(first), parts).rest
    assert bytes(taken.deflated) == b"".join(one.deflated for one in parts)
    assert member(compress(other), [taken]) == member(compress(other), parts)


@given(st.binary(max_size=200), texts)
def test_the_check_sum_of_the_rest_is_that_of_its_parts(first: bytes, rest: list[bytes]) -> None:
    taken = member(compress(first), [compress(one) for one in rest]).rest
    whole = b"".join(rest)
    assert (taken.crc, taken.length) == (zlib.crc32(whole), len(whole))
