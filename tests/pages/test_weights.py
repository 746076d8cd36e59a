"""What a reader's first view of a page takes over the line, and how the pages come in gzip."""

import gzip
import re

import httpx2
from pages.conftest import Site

KILOBYTE = 1024
ADDED = re.compile(r'(?:href|src)="(/static/[^"]+)"')


def weight(client: httpx2.Client, address: str, known: dict[str, int]) -> int:
    """Bytes of the page, its style and its scripts, as a browser gets them; `known` is what style
    and scripts weigh, once they were fetched."""
    with client.stream("GET", address) as answer:
        total = len(packed := b"".join(answer.iter_raw()))
        assert answer.headers["content-encoding"] == "gzip"
    for added in set(ADDED.findall(gzip.decompress(packed).decode())):
        if added not in known:
            with client.stream("GET", added) as answer:
                assert answer.headers["content-encoding"] == "gzip"
                known[added] = len(b"".join(answer.iter_raw()))
        total += known[added]
    return total


def test_no_first_view_takes_over_thirty_kilobytes(filled: Site) -> None:
    known: dict[str, int] = {}
    weights = {
        (name, address): weight(filled.people[name], address, known)
        for name in ("coordinator", "arlington", "nobody")
        for address in filled.pages(name)
        if address != "/docs"  # the reference of all of the interface, for those who program
    }
    assert len(weights) > 60
    assert {key: one for key, one in weights.items() if one > 30 * KILOBYTE} == {}


def test_a_page_is_the_same_whether_packed_or_not(filled: Site) -> None:
    client = filled.people["nobody"]
    plain = client.get("/help", headers={"Accept-Encoding": "identity"})
    with client.stream("GET", "/help", headers={"Accept-Encoding": "gzip"}) as answer:
        raw = b"".join(answer.iter_raw())
    assert gzip.decompress(raw) == plain.content
    assert plain.headers["vary"] == answer.headers["vary"] == "Accept-Encoding"
    assert len(raw) == int(answer.headers["content-length"]) < len(plain.content) / 2


def test_the_proof_in_a_form_is_another_one_each_time(filled: Site) -> None:
    """Else its place among the compressed bytes would tell of it."""
    client = filled.people["coordinator"]
    tokens = {re.findall(r'name="csrf" value="(\w+)"', client.get("/me").text)[0] for _ in range(3)}
    assert len(tokens) == 3


def test_style_and_scripts_are_asked_for_again_only_when_they_changed(filled: Site) -> None:
    client = filled.people["nobody"]
    for name, media in (("app.css", "text/css"), ("live.js", "text/javascript")):
        first = client.get(f"/static/{name}")
        assert first.headers["content-type"].partition(";")[0] == media
        again = client.get(f"/static/{name}", headers={"If-None-Match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
    assert client.get("/static/none.css").status_code == 404
    assert client.get("/static/..%2Fapp.py").status_code == 404
