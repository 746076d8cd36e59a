"""How a feed answers calendar programs: validators, verbs, endings, and never a false emptiness."""

import gzip

import pytest
from factories import NEG, World, act, propose, signed_in
from readers import blocks, find_octet_faults
from sqlmodel import col, delete, select

from negotiations.models import EventBytes, Membership, NegotiationSession
from negotiations.web.codings import takes_gzip

PUBLIC = "/public/water-talks.ics"


async def test_get_and_head_agree_on_every_validator(world: World) -> None:
    """calendar.md 4, 42, 47, 48, 49: the type, no cookie, no redirect, no need of Accept."""
    for address, cache in ((world.feeds["delegate_x"], "private"), (PUBLIC, "public")):
        get = await world.nobody.get(address, headers={"Accept": "text/html", "User-Agent": ""})
        head = await world.nobody.head(address)
        assert (get.status_code, head.status_code, head.content) == (200, 200, b"")
        names = ("etag", "last-modified", "content-type", "content-length", "cache-control")
        assert {name: get.headers[name] for name in names} == {
            name: head.headers[name] for name in names
        }
        assert get.headers["content-type"] == "text/calendar; charset=utf-8"
        assert get.headers["cache-control"] == f"{cache}, no-cache"
        assert get.headers["referrer-policy"] == "no-referrer"
        assert get.headers["x-robots-tag"] == "noindex"
        assert "set-cookie" not in get.headers
        assert find_octet_faults(get.content) == []


async def test_if_none_match_in_every_form_and_over_if_modified_since(world: World) -> None:
    """calendar.md 43, 44, 45."""
    address = world.feeds["delegate_x"]
    first = await world.nobody.get(address)
    tag, modified = first.headers["etag"], first.headers["last-modified"]
    old = "Thu, 01 Jan 1970 00:00:00 GMT"
    cases: list[tuple[dict[str, str], int]] = [
        ({"If-None-Match": tag}, 304),
        ({"If-None-Match": f"W/{tag}"}, 304),
        ({"If-None-Match": f'"other", {tag}'}, 304),
        ({"If-None-Match": "*"}, 304),
        ({"If-None-Match": '"other"'}, 200),
        ({"If-None-Match": '"other"', "If-Modified-Since": modified}, 200),
        ({"If-None-Match": tag, "If-Modified-Since": old}, 304),
        ({"If-Modified-Since": modified}, 304),
        ({"If-Modified-Since": old}, 200),
        ({"If-Modified-Since": "yesterday"}, 200),
        ({"If-Modified-Since": "Thu, 99 Jan 99999 00:00:00 GMT"}, 200),
    ]
    answers = [await world.nobody.get(address, headers=headers) for headers, _ in cases]
    assert [one.status_code for one in answers] == [status for _, status in cases]
    for answer in answers:
        assert answer.headers["etag"] == tag
        assert (answer.content == b"") == (answer.status_code == 304)


async def test_gzip_is_the_same_body_under_a_tag_of_its_own(world: World) -> None:
    """calendar.md 46: Vary on 200 and 304; either tag is the version that the program has."""
    for address in (world.feeds["delegate_x"], PUBLIC):
        plain = await world.nobody.get(address, headers={"Accept-Encoding": "br, identity"})
        assert "content-encoding" not in plain.headers
        tag = plain.headers["etag"]
        head = await world.nobody.head(address, headers={"Accept-Encoding": "gzip"})
        async with world.nobody.stream("GET", address) as answer:  # it asks for gzip, as all do
            raw = b"".join([chunk async for chunk in answer.aiter_raw()])
        assert answer.headers["content-encoding"] == "gzip"
        assert gzip.decompress(raw) == plain.content
        assert answer.headers["etag"] == f'{tag[:-1]}-gz"'
        for one in (plain, answer, head):
            assert one.headers["vary"] == "Accept-Encoding"
        names = ("etag", "content-encoding", "content-length", "last-modified")
        assert {name: head.headers[name] for name in names} == {
            name: answer.headers[name] for name in names
        }
        for coding, own in (("gzip", f'{tag[:-1]}-gz"'), ("identity", tag)):
            for sent in (tag, f'{tag[:-1]}-gz"', f'W/{tag[:-1]}-gz"', f'"a", {tag}'):
                asked = {"Accept-Encoding": coding, "If-None-Match": sent}
                has_it = await world.nobody.get(address, headers=asked)
                told = (has_it.status_code, has_it.headers["etag"], has_it.headers["vary"])
                assert told == (304, own, "Accept-Encoding")
        other = await world.nobody.get(address, headers={"If-None-Match": f'{tag[:-1]}-br"'})
        assert other.status_code == 200


@pytest.mark.parametrize(
    ("accepted", "taken"),
    [
        (None, False),
        ("", False),
        ("gzip", True),
        ("br, GZIP;q=0.5", True),
        ("x-gzip", True),
        ("gzip;q=0", False),
        ("gzip; q=0.000, *", False),
        ("*", True),
        ("*;q=0", False),
        ("identity, *;q=0.1", True),
        ("deflate, br", False),
        ("gzip;q=much", False),
        ("gzipped", False),
    ],
)
def test_gzip_is_given_only_to_who_takes_it(accepted: str | None, taken: bool) -> None:
    """calendar.md 46, RFC 9110 §12.5.3."""
    assert takes_gzip(accepted) is taken


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PROPFIND", "REPORT"])
async def test_other_verbs_are_told_the_right_ones(world: World, method: str) -> None:
    """calendar.md 53."""
    for address in (world.feeds["delegate_x"], PUBLIC):
        answer = await world.nobody.request(method, address)
        assert answer.status_code == 405
        assert set(answer.headers["allow"].split(", ")) == {"GET", "HEAD"}


async def test_unknown_is_404_and_ended_is_410(world: World) -> None:
    """calendar.md 51: Thunderbird takes 404 for a new calendar and ends one at 410."""
    unknown = await world.nobody.get("/feeds/" + "A" * 43 + ".ics")
    assert (unknown.status_code, "no-referrer") == (404, unknown.headers["referrer-policy"])
    listed = (await world.delegate_x.get("/api/v1/feeds")).json()["items"]
    path = f"/api/v1/feeds/{listed[0]['id']}"
    tag = (await world.delegate_x.get(path)).headers["etag"]
    assert (await world.delegate_x.delete(path, headers={"If-Match": tag})).status_code == 200
    assert (await world.nobody.get(world.feeds["delegate_x"])).status_code == 410


async def test_a_feed_ends_with_the_membership_and_with_its_date(world: World) -> None:
    """calendar.md 51, invariant of domain.md: rights are those of now."""
    made = await world.agency_delegate.post(
        "/api/v1/feeds",
        json={"expires_at": (world.clock.now().replace(microsecond=0)).isoformat()},
    )
    assert made.status_code == 422
    seats = (await world.coordinator.get(f"{NEG}/memberships")).json()["items"]
    seat = next(one for one in seats if one["person"] == world.people["agency_delegate"])
    path = f"{NEG}/memberships/{seat['id']}"
    tag = (await world.coordinator.get(path)).headers["etag"]
    assert (await world.nobody.get(world.feeds["agency_delegate"])).status_code == 200
    await world.coordinator.delete(path, headers={"If-Match": tag})
    assert (await world.nobody.get(world.feeds["agency_delegate"])).status_code == 410


async def test_a_feed_without_any_event_is_an_error_not_an_emptiness(world: World) -> None:
    """calendar.md 34: programs delete what is absent."""
    async with world.database.write() as db:
        await db.exec(delete(EventBytes))
    answer = await world.nobody.get(world.feeds["delegate_x"])
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "300")
    assert b"VCALENDAR" not in answer.content


async def test_one_bad_row_is_served_as_its_last_good_bytes(world: World) -> None:
    """calendar.md, fail closed: the other events follow their changes, the bad one stays."""
    bad, good = await propose(world), await propose(world, local_start="2030-05-07T10:00")
    before = blocks((await world.nobody.get(world.feeds["delegate_x"])).content)
    async with world.database.write() as db:
        rows = await db.exec(
            select(NegotiationSession).where(col(NegotiationSession.id) == bad["id"])
        )
        rows.one().tz = "Nowhere/Gone"
    moved = {"local_start": "2030-05-08T10:00", "reason": "Rain"}
    assert (await act(world.coordinator, good["id"], "move", moved)).status_code == 200
    after = blocks((await world.nobody.get(world.feeds["delegate_x"])).content)
    assert after[bad["uid"]] == before[bad["uid"]]
    assert b"20300508T100000" in after[good["uid"]]
    async with world.database.read() as db:
        defects = await db.exec(
            select(EventBytes.object_id).where(col(EventBytes.defect).is_not(None)).distinct()
        )
        assert defects.all() == [bad["id"]]
    note = "Calendars show its last good text"
    for name, shown in (("coordinator", True), ("note_taker", False), ("delegate_x", False)):
        page = await (await signed_in(world, name)).get("/")
        assert (page.status_code, note in page.text) == (200, shown), name


async def test_a_token_shows_what_its_owner_may_see_now(world: World) -> None:
    """A delegate of x who becomes one of nothing else keeps x only; y never appears."""
    mine = await propose(world)
    theirs = await propose(world, jurisdiction="y", local_start="2030-05-07T10:00",
                           tz="America/New_York")  # fmt: skip
    seen = {
        name: {mine["uid"], theirs["uid"]} & set(blocks((await world.nobody.get(url)).content))
        for name, url in world.feeds.items()
    }
    assert seen == {
        "delegate_x": {mine["uid"]},
        "delegate_y": {theirs["uid"]},
        "agency_delegate": {mine["uid"], theirs["uid"]},
        "coordinator": {mine["uid"], theirs["uid"]},
    }
    async with world.database.read() as db:
        roles = (await db.exec(select(Membership.role))).all()
    assert roles
