"""F24's tables: addresses that are nobody's to reach from here, in every class and spelling."""

from ipaddress import IPv4Address

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
# What parsers might read in two ways.
STRANGE = (
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
)  # fmt: skip


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
