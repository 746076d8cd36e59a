"""PURE: one gzip member put together from parts that were compressed once.

Several members would be as valid (RFC 1952 §2.2), but curl, wget and httpx cut such bodies short.
So each part is a piece of one deflate stream that refers to nothing before it, and the check sum of
the whole is computed from those of the parts.
"""

import struct
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

LEVEL = 6
_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"  # no name, no time, no system (RFC 1952 §2.3)
_END = b"\x03\x00"  # an empty last block (RFC 1951 §3.2.6)
_POLYNOMIAL = 0xEDB88320  # of the CRC-32, its bits reversed (RFC 1952 §8)
_ONE = 1 << 31  # the polynomial 1 in that order of bits


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a deflate stream that ends at a byte, and what it inflates to.

    `length` is in bytes of the text; `shift` is x^(8 length) modulo the CRC's polynomial.
    """

    deflated: bytes
    crc: int
    length: int
    shift: int

    @property
    def size(self) -> int:
        """Bytes of memory, about."""
        return len(self.deflated) + 200


def compress(text: bytes) -> Part:
    """The part for this text. (zlib lets other threads run meanwhile.)"""
    making = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    deflated = making.compress(text) + making.flush(zlib.Z_FULL_FLUSH)
    return Part(deflated, zlib.crc32(text), len(text), _power(8 * len(text)))


def join(parts: Iterable[Part]) -> Part:
    """These parts as one."""
    listed = list(parts)
    crc, length = 0, 0
    for one in listed:
        crc = _times(one.shift, crc) ^ one.crc
        length += one.length
    return Part(b"".join([one.deflated for one in listed]), crc, length, _power(8 * length))


def member(first: Part, rest: Part) -> bytes:
    """The gzip member of two parts."""
    crc = _times(rest.shift, first.crc) ^ rest.crc
    length = (first.length + rest.length) & 0xFFFFFFFF
    end = struct.pack("<LL", crc, length)
    return b"".join((_HEADER, first.deflated, rest.deflated, _END, end))


def _times(a: int, b: int) -> int:
    """The product of two polynomials over GF(2) modulo the CRC's, bits reversed."""
    product, bit = 0, _ONE
    while True:
        if a & bit:
            product ^= b
            a ^= bit
            if not a:
                return product
        bit >>= 1
        if not bit:
            return product
        b = (b >> 1) ^ _POLYNOMIAL if b & 1 else b >> 1


def _powers() -> list[int]:
    """x^1, x^2, x^4, x^8 and so on, modulo the CRC's polynomial."""
    found = [_ONE >> 1]
    while len(found) < 48:
        found.append(_times(found[-1], found[-1]))
    return found


_POWERS = _powers()


def _power(exponent: int) -> int:
    """x^exponent modulo the CRC's polynomial."""
    result = _ONE
    for at in range(exponent.bit_length()):
        if exponent >> at & 1:
            result = _times(_POWERS[at], result)
    return result
