"""F24's table: addresses that are nobody's to reach from here, in every class and spelling."""

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from outgoing.spellings import INSIDE, PUBLIC, STRANGE, as_numbers, as_six

from negotiations.outgoing.addresses import Rule, Target, is_public, networks_of, target_of

RULE = Rule((), ("talks.example.org", 443))


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
    STRANGE,
)
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
