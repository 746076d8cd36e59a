"""F24's table: addresses that are nobody's to reach from here, in every class and spelling."""

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest

from negotiations.outgoing.addresses import Rule, Target, is_public, networks_of, target_of

# One of each class, by what it is.
INSIDE = {
    "this network": "0.0.0.0", "this network, another": "0.1.2.3", "private 10": "10.0.0.1",
    "shared by carriers": "100.64.0.1", "loopback": "127.0.0.1", "loopback, another": "127.8.8.8",
    "link-local": "169.254.0.1", "a cloud's metadata": "169.254.169.254",
    "private 172": "172.31.255.254", "protocol assignments": "192.0.0.8",
    "a cloud's metadata, Oracle": "192.0.0.192", "documentation 1": "192.0.2.1",
    "AS112": "192.31.196.1", "AMT": "192.52.193.1", "6to4 relay": "192.88.99.1",
    "private 192": "192.168.1.1", "AS112 delegation": "192.175.48.1", "benchmarks": "198.19.0.1",
    "documentation 2": "198.51.100.1", "documentation 3": "203.0.113.1", "multicast": "224.0.0.1",
    "reserved": "240.0.0.1", "broadcast": "255.255.255.255", "a hoster's own": "168.63.129.16",
    "unspecified 6": "::", "loopback 6": "::1", "unique local": "fd00:ec2::254",
    "link-local 6": "fe80::1", "site-local": "fec0::1", "multicast 6": "ff02::1",
    "discard-only": "100::1", "NAT64 of one's own": "64:ff9b:1::a00:1", "Teredo": "2001::1",
    "ORCHID": "2001:20::1", "documentation 6": "2001:db8::1", "documentation 6, newer": "3fff::1",
    "AS112 6": "2620:4f:8000::1", "segment routing": "5f00::1",
}  # fmt: skip
PUBLIC = (
    "1.1.1.1", "8.8.8.8", "93.184.215.14", "100.63.255.255", "172.32.0.1", "192.167.255.255",
    "2606:4700:4700::1111", "2a00:1450:4001:80b::200e", "2001:4860:4860::8888",
)  # fmt: skip
RULE = Rule((), ("talks.example.org", 443))


def as_six(address: str) -> dict[str, str]:
    """An IPv4 address in each way in which an IPv6 one may carry it."""
    four = IPv4Address(address)
    high, low = int(four) >> 16, int(four) & 0xFFFF
    tail = f"{high:x}:{low:x}"
    turned = int(four) ^ 0xFFFFFFFF
    return {
        "mapped": f"::ffff:{tail}", "mapped, dotted": f"::ffff:{address}",
        "mapped, in full": f"0:0:0:0:0:ffff:{tail}", "compatible": f"::{tail}",
        "translated": f"::ffff:0:{tail}", "NAT64": f"64:ff9b::{tail}",
        "6to4": f"2002:{tail}::1",
        "Teredo": f"2001:0:{tail}:0:0:{turned >> 16:x}:{turned & 0xFFFF:x}",
    }  # fmt: skip


def as_numbers(address: str) -> dict[str, str]:
    """An IPv4 address in each way in which programs read numbers for one."""
    number, parts = int(IPv4Address(address)), address.split(".")
    return {
        "decimal": str(number), "octal": f"0{number:o}", "hexadecimal": f"0x{number:x}",
        "in parts, octal": ".".join(f"0{int(one):o}" for one in parts),
        "in parts, hexadecimal": ".".join(f"0x{int(one):x}" for one in parts),
        "padded": ".".join(f"{int(one):04o}" for one in parts),
        "two parts": f"{parts[0]}.{number & 0xFFFFFF}",
        "three parts": f"{parts[0]}.{parts[1]}.{number & 0xFFFF}",
        "mixed": f"0x{int(parts[0]):x}.{number & 0xFFFFFF}",
    }  # fmt: skip


@pytest.mark.parametrize("what", INSIDE)
def test_no_address_that_is_not_public_passes_in_any_spelling(what: str) -> None:
    address = INSIDE[what]
    assert not is_public(ip_address(address))
    assert RULE.admits(address, 443, secure=True) is None
    literal = f"[{address}]" if ":" in address else address
    assert RULE.fault(target_of(f"https://{literal}/")) is not None
    if ":" in address:
        return
    for spelled in as_six(address).values():
        assert RULE.admits(spelled, 443, secure=True) is None, spelled
        assert RULE.fault(target_of(f"https://[{spelled}]/hook")) is not None, spelled
    for spelled in as_numbers(address).values():
        with pytest.raises(ValueError, match=r"number|host"):
            target_of(f"https://{spelled}/")
        # Were it asked for all the same, what it leads to would be judged.
        found = socket.inet_ntoa(socket.inet_aton(spelled))
        assert RULE.admits(found, 443, secure=True) is None, spelled
    assert target_of(f"https://{address}./").host == address


def test_public_addresses_pass() -> None:
    for address in PUBLIC:
        assert RULE.admits(address, 443, secure=True) == ip_address(address)
        literal = f"[{address}]" if ":" in address else address
        assert RULE.fault(target_of(f"https://{literal}/hook")) is None
    for spelled in ("1.1.1.1%eth0", "2606:4700::1%eth0", "fe80::1%1", "one", ""):
        assert RULE.admits(spelled, 443, secure=True) is None


@pytest.mark.parametrize(
    "url",
    [
        "http:/\\127.0.0.1", "https://127.0.0.1\\@example.org", "https://example.org\\.inside/",
        "https://user@example.org/", "https://user:word@example.org/", "https://@example.org/",
        "https://example.org@127.0.0.1/", "https://example.org#@inside/", "https://exa mple.org/",
        " https://example.org/", "https://example.org/\n", "https://example.org/\r\nHost: a",
        "https://example.org/\x00", "https://exämple.org/", "https://example。org/",
        "https://①②⑦.0.0.1/", "https://[::1%25eth0]/", "https://[::1/", "https://::1/",
        "https://[example.org]/", "https:///hook", "https://", "https:example.org", "//example.org",
        "ftp://example.org/", "file:///etc/passwd", "gopher://example.org/", "javascript:alert(1)",
        "https://example.org:0/", "https://example.org:65536/", "https://example.org:-1/",
        "https://.example.org/", "https://example..org/", "https://./", f"https://{'a' * 64}.org/",
        "https://1.1.1.1.1/", "https://256.1.1.1/", "https://0x/", "https://%31.1.1.1/",
        "https://example.org/ö", "https://example.org/<a>", 'https://example.org/"',
    ],
)  # fmt: skip
def test_what_parsers_might_read_in_two_ways_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        target_of(url)


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("https://Example.ORG", Target("https", "example.org", 443, "/")),
        ("https://example.org.?a=b", Target("https", "example.org", 443, "/?a=b")),
        ("HTTPS://example.org:8443/a/b?c=@d", Target("https", "example.org", 8443, "/a/b?c=@d")),
        ("https://[2606:4700:0:0::1]/", Target("https", "2606:4700::1", 443, "/")),
        ("https://xn--exmple-cua.org/", Target("https", "xn--exmple-cua.org", 443, "/")),
        ("http://my_host/x", Target("http", "my_host", 80, "/x")),
    ],
)
def test_an_address_has_one_reading(url: str, target: Target) -> None:
    assert target_of(url) == target
    assert target_of(target.url) == target


def test_what_is_seen_to_be_wrong_is_told_by_a_sentence() -> None:
    def fault(url: str, rule: Rule = RULE) -> str | None:
        return rule.fault(target_of(url))

    assert fault("https://hooks.example.org/x") is None
    assert fault("http://hooks.example.org/") == "must begin with https://"
    assert fault("https://hooks.example.org:444/") == "names a port other than 443"
    assert "this service itself" in str(fault("https://Talks.example.org./hook"))
    assert "can't" not in str(fault("https://10.0.0.1/"))
    within = Rule(networks_of("10.1.0.0/16, ::1"), ("10.1.0.1", 8000))
    assert fault("http://10.1.2.3:9000/", within) is None
    assert fault("http://[::1]:9000/", within) is None
    assert fault("http://10.2.0.1/", within) == "is not an address that can be reached from here"
    assert "this service itself" in str(fault("http://10.1.0.1:8000/", within))
    assert fault("http://10.1.0.1:8001/", within) is None


def test_networks_inside_are_reached_by_http_too_and_nothing_else_is() -> None:
    within = Rule(networks_of("10.1.0.0/16,::1"), ("talks.example.org", 443))
    assert within.admits("10.1.2.3", 9000, secure=False) == IPv4Address("10.1.2.3")
    assert within.admits("::1", 80, secure=False) == IPv6Address("::1")
    assert within.admits("10.2.0.1", 443, secure=True) is None
    assert within.admits("::ffff:10.1.2.3", 443, secure=True) is None
    assert within.admits("1.1.1.1", 443, secure=False) is None
    assert within.admits("1.1.1.1", 9000, secure=True) is None
    assert within.admits("1.1.1.1", 443, secure=True) == IPv4Address("1.1.1.1")
