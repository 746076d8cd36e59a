"""Every page that a reader comes to by following links, one or a few of each kind."""

import re
from collections import defaultdict, deque
from collections.abc import Generator
from html import unescape
from urllib.parse import parse_qsl, urljoin, urlsplit

import httpx2

# What a link leads to that is no page of ours to look at.
NO_PAGE = re.compile(r"\.(ics|json|csv|md|jsonl|zip|css|js|yaml)$|^/(sign-out|api/|static/|docs)")
LINK = re.compile(r'<a\b[^>]*?\bhref="([^"#]*)')
ID = re.compile(r"(?<=/)[0-9a-f]{16,}(?=/|$)")
TALKS = re.compile(r"(?<=^/n/)[\w-]+|(?<=^/public/)[\w-]+")
PART = re.compile(r"(?<=/tracks/)[\w-]+|(?<=/issues/)\w+|(?<=/revisions/)\d+")


def kind_of(address: str) -> str:
    """The page's kind: its path without ids and names, and the names of its options."""
    parts = urlsplit(address)
    path = TALKS.sub(":talks", ID.sub(":id", parts.path))
    names = sorted({name for name, _ in parse_qsl(parts.query, keep_blank_values=True)})
    return PART.sub(":one", path) + ("?" + "&".join(names) if names else "")


def opened(link: str) -> httpx2.Client:
    """A browser without a window, in which this one-time link was opened."""
    client = httpx2.Client(base_url=link.partition("/sign-in/")[0], follow_redirects=True)
    form = client.get(link).text
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
    assert client.post(link, data=fields).status_code == 200
    return client


def pages(client: httpx2.Client, *starts: str, each: int = 1) -> dict[str, list[str]]:
    """The addresses by kind, at most so many `each` besides the starts; all of them answer 200."""
    walk = walking(*starts, each=each)
    address = next(walk)
    while True:
        try:
            address = walk.send(client.get(address))
        except StopIteration as end:
            return dict(end.value)


def walking(*starts: str, each: int = 1) -> Generator[str, httpx2.Response, dict[str, list[str]]]:
    """The same for who asks by themselves: yields an address, and is sent the answer."""
    found: dict[str, list[str]] = defaultdict(list)
    waiting, seen = deque(starts or ("/",)), set(starts or ("/",))
    while waiting:
        address = waiting.popleft()
        if address not in starts and len(found[kind_of(address)]) >= each:
            continue
        answer = yield address
        assert answer.status_code == 200, (address, answer.status_code)
        if not answer.headers["content-type"].startswith("text/html"):
            continue
        found[kind_of(address)].append(address)
        for href in LINK.findall(answer.text):
            parts = urlsplit(urljoin(address, unescape(href)))
            if parts.netloc or NO_PAGE.search(parts.path):
                continue
            further = parts.path + (f"?{parts.query}" if parts.query else "")
            if further not in seen:
                seen.add(further)
                waiting.append(further)
    return {kind: addresses for kind, addresses in sorted(found.items()) if addresses}
