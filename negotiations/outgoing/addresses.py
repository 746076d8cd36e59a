"""PURE: may a request go to this address? Judged is what a name led to, never how it was spelled.

Only what is nobody's inside: IPv4 outside of the special-purpose registry (RFC 6890), IPv6 of the
global unicast space (RFC 4291 §2.4) less what is set apart in it. All that carries an IPv4 address
in an IPv6 one (mapped, compatible, NAT64, 6to4, Teredo) lies outside of that.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from urllib.parse import urlsplit

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_NOT_PUBLIC_4 = tuple(
    IPv4Network(one)
    for one in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
        "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24",
        "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24",
        "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        "168.63.129.16/32",  # in no registry: what every machine of one hoster asks for its own
    )
)  # fmt: skip
_GLOBAL_6 = IPv6Network("2000::/3")
_NOT_PUBLIC_6 = tuple(
    IPv6Network(one)
    for one in (
        "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "2620:4f:8000::/48",
    )
)  # fmt: skip

# One parser for what is checked and what is connected with. Not in it, so refused: userinfo,
# backslash, space, control characters, whatever isn't ASCII, fragments, zones of IPv6.
_URL = re.compile(
    r"(?P<scheme>https?)://(?P<host>\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9._-]{1,253})"
    r"(?::(?P<port>[0-9]{1,5}))?(?P<path>(?:[/?][A-Za-z0-9\-._~:/?@!$&'()*+,;=%\[\]]*)?)",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"[0-9]+|0[xX][0-9A-Fa-f]*")
_PORTS = {"http": 80, "https": 443}


def is_public(address: Address) -> bool:
    """Whether it is an address of the public internet."""
    if isinstance(address, IPv4Address):
        return not any(address in one for one in _NOT_PUBLIC_4)
    beyond = address.scope_id is not None or address not in _GLOBAL_6
    return not beyond and not any(address in one for one in _NOT_PUBLIC_6)


@dataclass(frozen=True, slots=True)
class Target:
    """Where a request goes. `host` is in small ASCII letters, an IPv6 one without brackets."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def url(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == _PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{host}{port}{self.path}"

    @property
    def literal(self) -> Address | None:
        """The address that stands in place of a name, if one does."""
        try:
            return ip_address(self.host)
        except ValueError:
            return None


def target_of(url: str) -> Target:
    """The parts of an address as somebody typed it; ValueError says what is wrong with it."""
    found = _URL.fullmatch(url)
    if found is None:
        raise ValueError(
            "is not an address a program can be reached at; write https://HOST/PATH in plain "
            "letters, without a name or password before the host"
        )
    scheme, host = found["scheme"].lower(), found["host"].lower()
    port = int(found["port"] or _PORTS[scheme])
    if not 0 < port < 65536:
        raise ValueError("names no port there is; leave it out")
    path = found["path"]
    return Target(scheme, _host(host), port, path if path.startswith("/") else f"/{path}")


def _host(host: str) -> str:
    if host.startswith("["):
        try:
            return str(IPv6Address(host[1:-1]))
        except ValueError:
            raise ValueError("holds no IPv6 address between the brackets") from None
    host = host.removesuffix(".")
    labels = host.split(".")
    if any(not 0 < len(label) < 64 for label in labels):
        raise ValueError("names no host there can be")
    if _NUMBER.fullmatch(labels[-1]):
        # Programs read such numbers in several ways: with eight, ten or sixteen digits, in one
        # piece or in two.
        try:
            return str(IPv4Address(host))
        except ValueError:
            raise ValueError("names a number as its host; write it as 192.0.2.1") from None
    return host


@dataclass(frozen=True, slots=True)
class Rule:
    """What an installation lets through.

    `inside`: networks that aren't public and may be reached all the same, by http too and at any
    port. `own`: host and port of the service itself, which is never called.
    """

    inside: tuple[Network, ...]
    own: tuple[str, int]
    ports: frozenset[int] = frozenset({443})

    def fault(self, target: Target) -> str | None:
        """What of an address can be seen to be wrong before anybody is asked."""
        literal = target.literal
        within = literal is not None and self._is_inside(literal)
        if (target.host, target.port) == self.own:
            return "is this service itself; name the program that is to be told"
        if target.scheme != "https" and not self.inside:
            return "must begin with https://"
        if literal is not None and not within and not is_public(literal):
            return "is not an address that can be reached from here"
        if target.port not in self.ports and not self.inside:
            return f"names a port other than {', '.join(map(str, sorted(self.ports)))}"
        return None

    def admits(self, address: str, port: int, *, secure: bool) -> Address | None:
        """The address to connect with, if a request may go there; None where it may not."""
        try:
            one = ip_address(address)
        except ValueError:
            return None
        if self._is_inside(one) or (secure and port in self.ports and is_public(one)):
            return one
        return None

    def _is_inside(self, address: Address) -> bool:
        return any(address in one for one in self.inside if one.version == address.version)


def networks_of(told: str) -> tuple[Network, ...]:
    """The networks of a setting, as `10.1.2.0/24,::1`."""
    return tuple(ip_network(one.strip()) for one in told.split(",") if one.strip())


def place_of(base_url: str) -> tuple[str, int]:
    """Host and port of an address of ours."""
    parts = urlsplit(base_url)
    return (parts.hostname or "").lower(), parts.port or _PORTS.get(parts.scheme, 0)


def only(admitted: Sequence[Address | None]) -> list[Address]:
    """All of them where every one may be reached; none where a single one may not."""
    given = [one for one in admitted if one is not None]
    return given if len(given) == len(admitted) else []
