"""What is published, as programs read it: JSON-LD in the page, and `/public/{talks}.json`."""

import gzip
import html
import json
import re
import uuid
from collections.abc import Iterable
from typing import Any

import httpx2
from beginnings import once_made
from counting import counted
from factories import (
    NEG,
    World,
    act,
    client_of,
    confirmed,
    in_days,
    plenary_body,
    propose,
    session_body,
    take_seat,
)
from sqlmodel import col, select

from negotiations.access.actor import operator
from negotiations.models import Negotiation
from negotiations.models.parties import Role
from negotiations.overview.structured_data import inert
from negotiations.scheduling import actions as scheduling
from negotiations.scheduling.bodies import NewSession

PAGE, DATA = "/public/water-talks", "/public/water-talks.json"
AT = "http://testserver/public/water-talks"
ORG = {"@type": "Organization"}
# Whatever a person may enter to end the element, begin another, or break the JSON.
HOSTILE = "</script><!--<script>&lt;\"'\\"


async def graph(world: World, path: str = PAGE) -> list[dict[str, Any]]:
    """The events of a public page's one data block."""
    text = (await world.nobody.get(path)).text
    blocks = re.findall(r'<script type="application/ld\+json">(.*?)</script>', text, re.DOTALL)
    assert len(blocks) == 1
    told = json.loads(blocks[0])
    assert told["@context"] == "https://schema.org"
    return list(told["@graph"])


async def data(world: World, path: str = DATA) -> dict[str, Any]:
    answer = await world.nobody.get(path)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


@once_made
async def published(world: World, **more: Any) -> dict[str, Any]:
    session = await confirmed(world, **more)
    answer = await act(world.coordinator, session["id"], "publish")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


SET = {"local_start": "2030-03-04T10:00", "title": "Opening"}  # a Monday, in winter time
BOUND = {"start": "2030-03-04T10:00:00-08:00", "end": "2030-03-04T12:00:00-08:00"}


def anchor(session: dict[str, Any]) -> str:
    return f"{AT}#s-{session['uid'].partition('@')[0]}"


async def test_a_published_session_is_an_event_of_schema_org(world: World) -> None:
    session = await published(world, **SET, room="Room 2")
    assert await graph(world) == [
        {
            "@type": "Event",
            "@id": anchor(session),
            "url": anchor(session),
            "name": "Opening",
            "description": "1. Water rights\n2. Meters",
            "startDate": BOUND["start"],
            "endDate": BOUND["end"],
            "eventStatus": "https://schema.org/EventScheduled",
            "location": {"@type": "Place", "name": "Room 2, City Hall", "address": "City Hall"},
            "organizer": {**ORG, "name": "Water Agency"},
            "attendee": [{**ORG, "name": "X County"}],
        }
    ]


async def told(world: World) -> dict[str, Any]:
    """How the one event stands in both forms."""
    [event] = await graph(world)
    [ocd] = (await data(world))["events"]
    names = ("startDate", "previousStartDate", "eventStatus")
    return {
        **{
            name: event[name].removeprefix("https://schema.org/") for name in names if name in event
        },
        "ocd": (ocd["status"], ocd["start_time"], ocd["extras"]["moved_from"]),
    }


async def test_the_status_follows_what_the_public_learns(world: World) -> None:
    session = await published(world, **SET)
    first, later = BOUND["start"], "2030-03-18T10:00:00-07:00"  # summer time has begun
    assert await told(world) == {
        "startDate": first, "eventStatus": "EventScheduled", "ocd": ("confirmed", first, None),
    }  # fmt: skip
    move = {"local_start": "2030-03-18T10:00", "reason": "Floods"}
    assert (await act(world.head_x, session["id"], "move", move)).status_code == 200
    assert (await told(world))["eventStatus"] == "EventScheduled"  # nothing is agreed yet
    for client in (world.head_x, world.agency_head):
        await act(client, session["id"], "accept")
    assert (await act(world.coordinator, session["id"], "confirm")).status_code == 200
    moved = {
        "startDate": later, "previousStartDate": first, "eventStatus": "EventRescheduled",
        "ocd": ("confirmed", later, first),
    }  # fmt: skip
    assert await told(world) == moved
    assert (await act(world.coordinator, session["id"], "postpone", {"reason": "Ill"})).is_success
    assert await told(world) == {
        "startDate": later, "previousStartDate": later, "eventStatus": "EventPostponed",
        "ocd": ("tentative", later, first),
    }  # fmt: skip
    assert (await act(world.coordinator, session["id"], "cancel", {"reason": "Ill"})).is_success
    assert await told(world) == {
        "startDate": later, "eventStatus": "EventCancelled", "ocd": ("cancelled", later, first),
    }  # fmt: skip


async def test_a_session_by_link_is_virtual_and_its_link_stays_unknown(world: World) -> None:
    await published(world, **SET, location=None, conference_url="https://meet.example.org/secret")
    [event] = await graph(world)
    assert event["location"] == {
        "@type": "VirtualLocation", "name": "By link, for those who take part",
    }  # fmt: skip
    [ocd] = (await data(world))["events"]
    assert ocd["location"] == {"name": "", "url": "", "coordinates": None}


async def test_no_text_can_end_the_data_block(world: World) -> None:
    await published(world, **{**SET, "title": HOSTILE}, location=HOSTILE, room=HOSTILE)
    tag = (await world.coordinator.get(NEG)).headers["etag"]
    named = {"title": HOSTILE, "subject": HOSTILE}
    await world.coordinator.patch(NEG, json=named, headers={"If-Match": tag})
    [event] = await graph(world)
    assert (event["name"], event["location"]["address"]) == (HOSTILE, HOSTILE)
    text = (await world.nobody.get(PAGE)).text
    assert len(re.findall("<script", text)) == len(re.findall("</script", text)) == 2
    assert "<!--" not in text
    assert (await data(world))["events"][0]["name"] == HOSTILE


def test_what_stands_in_a_data_block_is_inert_and_the_same_text() -> None:
    text = f"{HOSTILE}<>&\u2028\u2029\U0001f600é]]>"
    written = inert({text: [text]})
    assert json.loads(written) == {text: [text]}
    assert [one for one in "<>&\u2028\u2029" if one in written] == []
    assert inert("\u2028<é") == '"\\u2028\\u003cé"'


async def test_a_page_without_published_sessions_has_no_data_block(world: World) -> None:
    await confirmed(world)
    assert "ld+json" not in (await world.nobody.get(PAGE)).text


async def test_a_published_session_is_an_event_of_open_civic_data(world: World) -> None:
    session = await published(world, **SET)
    talks = (await world.coordinator.get(NEG)).json()
    seen = (await world.coordinator.get(f"/api/v1/sessions/{session['id']}")).json()
    empty: dict[str, Any] = {"subjects": [], "notes": [], "related_entities": [], "media": []}
    assert await data(world) == {
        "name": "Water Talks",
        "description": talks["subject"],
        "url": AT,
        "calendar": f"{AT}.ics",
        "timezone": "America/New_York",
        "opens_on": talks["opens_on"],
        "closes_on": talks["closes_on"],
        "agency": "Water Agency",
        "no_session_recorded": ["Y County"],
        "events": [
            {
                "id": f"ocd-event/{uuid.uuid5(uuid.NAMESPACE_URL, session['uid'])}",
                "_type": "event",
                "name": "Opening",
                "description": talks["subject"],
                "classification": "joint",
                "start_time": BOUND["start"],
                "end_time": BOUND["end"],
                "timezone": "America/Los_Angeles",
                "all_day": False,
                "status": "confirmed",
                "location": {"name": "City Hall", "url": "", "coordinates": None},
                "participants": [
                    {
                        "type": "organization", "name": name, "note": kind,
                        "extras": {"ocd_division_id": None},
                    }
                    for name, kind in (("Water Agency", "agency"), ("X County", "jurisdiction"))
                ],
                "agenda": [
                    {"description": "Water rights", "order": "1", **empty},
                    {"description": "Meters", "order": "2", **empty},
                ],
                "media": [],
                "documents": [],
                "links": [
                    {"note": "Calendar of all published sessions", "url": f"{AT}.ics"}
                ],
                "sources": [{"note": "Public page of the talks", "url": anchor(session)}],
                "created_at": seen["published_at"],
                "extras": {
                    "negotiation": "water-talks",
                    "jurisdictions": ["x"],
                    "number": 1,
                    "uid": session["uid"],
                    "sequence": seen["sequence"],
                    "status": "confirmed",
                    "moved_from": None,
                    "basis": "live",
                    "basis_note": None,
                },
            }
        ],
        "document_requests": [],
        "summaries": [],
    }  # fmt: skip


async def test_before_anything_is_published_only_the_talks_are_told(world: World) -> None:
    await confirmed(world)
    told_ = await data(world)
    nothing: dict[str, Any] = {
        "agency": None, "no_session_recorded": [], "events": [], "document_requests": [],
        "summaries": [],
    }  # fmt: skip
    assert {name: told_[name] for name in nothing} == nothing
    assert told_["name"] == "Water Talks"


async def test_it_works_for_any_program_and_says_its_version(world: World) -> None:
    """It needs no Accept, sets no cookie, and every coding has a tag of its own."""
    await published(world)
    plain = await world.nobody.get(DATA, headers={"Accept-Encoding": "identity", "Accept": "x/y"})
    assert {name: plain.headers.get(name) for name in (
        "content-type", "cache-control", "vary", "access-control-allow-origin",
        "access-control-expose-headers", "cross-origin-resource-policy", "set-cookie",
        "content-encoding",
    )} == {
        "content-type": "application/json",
        "cache-control": "public, no-cache",
        "vary": "Accept-Encoding",
        "access-control-allow-origin": "*",
        "access-control-expose-headers": "ETag",
        "cross-origin-resource-policy": "cross-origin",
        "set-cookie": None,
        "content-encoding": None,
    }  # fmt: skip
    tag = plain.headers["etag"]
    assert re.fullmatch('"[0-9a-f]{32}"', tag)
    async with world.nobody.stream("GET", DATA, headers={"Accept-Encoding": "gzip"}) as zipped:
        raw = b"".join([part async for part in zipped.aiter_raw()])
    assert (zipped.headers["content-encoding"], zipped.headers["etag"]) == (
        "gzip", f'{tag[:-1]}-gz"',
    )  # fmt: skip
    assert gzip.decompress(raw) == plain.content
    for sent in (tag, f"W/{tag}", f'"other", {tag}', zipped.headers["etag"], "*"):
        for coding in ("identity", "gzip"):
            asked = {"If-None-Match": sent, "Accept-Encoding": coding}
            again = await world.nobody.get(DATA, headers=asked)
            assert (again.status_code, again.content) == (304, b""), sent
            assert again.headers["etag"] == (zipped if coding == "gzip" else plain).headers["etag"]
            assert again.headers["access-control-allow-origin"] == "*"
    changed = await world.nobody.get(DATA, headers={"If-None-Match": '"other"'})
    assert changed.status_code == 200
    head = await world.nobody.head(DATA, headers={"Accept-Encoding": "identity"})
    assert (head.status_code, head.headers["etag"]) == (200, tag)
    assert (await world.nobody.post(DATA)).status_code == 405


async def test_unknown_talks_have_the_answer_of_anything_unknown(world: World) -> None:
    unknown = (await world.coordinator.get("/api/v1/sessions/none")).content
    for path in ("/public/none.json", "/public/%00.json", "/public/water-talks.json.json"):
        answer = await world.nobody.get(path)
        assert (answer.status_code, answer.content) == (404, unknown), path
        assert answer.headers["cache-control"] == "no-store"
    page = await world.nobody.get("/public/water-talks")
    assert page.headers["content-type"].startswith("text/html")


async def test_the_page_names_its_data_and_calendars(world: World) -> None:
    session = await published(world)
    text = (await world.nobody.get(PAGE)).text
    links = re.findall(r'<link rel="alternate" type="([^"]+)" title="[^"]+" href="([^"]+)">', text)
    assert links == [
        ("text/calendar", f"{AT}.ics"),
        ("text/calendar", f"{AT}/x.ics"),
        ("text/calendar", f"{AT}/y.ics"),
        ("application/json", f"{AT}.json"),
    ]
    assert f'<a href="{AT}.json">' in text
    assert f'id="{anchor(session).partition("#")[2]}"' in text


CANARY = "Unpublished"


async def everything_public(world: World) -> list[httpx2.Response]:
    return [await world.nobody.get(path) for path in (PAGE, DATA)]


async def test_nothing_unpublished_comes_out(world: World) -> None:
    """Links, notes, people, reasons, what is proposed, and sessions that aren't published."""
    shown = await published(
        world, **SET, conference_url=f"https://meet.example.org/{CANARY}",
        access_note=f"{CANARY} door", chair=world.people["coordinator"],
    )  # fmt: skip
    hidden = await confirmed(world, title=f"{CANARY} session", local_start=in_days(12))
    await propose(world, title=f"{CANARY} proposal", local_start=in_days(14))
    before = [one.content for one in await everything_public(world)]
    new = {"local_start": "2030-03-05T09:00", "reason": CANARY}
    assert (await act(world.head_x, shown["id"], "move", new)).status_code == 200
    place = {"location": f"{CANARY} hall", "reason": CANARY}
    assert (await act(world.head_x, shown["id"], "relocate", place)).status_code == 200
    assert [one.content for one in await everything_public(world)] == before
    reason = {"reason": f"{CANARY} reason"}
    assert (await act(world.coordinator, shown["id"], "cancel", reason)).status_code == 200
    names = [f"The {name}" for name in ("head_x", "coordinator", "agency_head", "delegate_x")]
    secrets = [CANARY, hidden["id"], hidden["uid"], shown["id"], "example.org", "2030-03-05",
               *names, *world.people.values()]  # fmt: skip
    for answer in await everything_public(world):
        text = html.unescape(answer.text)
        assert [one for one in secrets if one in text] == []
        assert "set-cookie" not in answer.headers
    assert [one["name"] for one in (await data(world))["events"]] == ["Opening"]


async def test_signed_in_or_not_it_is_the_same(world: World) -> None:
    await published(world)
    others = [world.coordinator, world.head_x, client_of(world.app, "neg_wrong")]
    answers = {(await one.get(DATA)).content for one in (world.nobody, *others)}
    assert len(answers) == 1


async def publish_on(world: World, days: Iterable[int]) -> None:
    """A published session on each of these days from now, all in one transaction."""
    now = world.clock.now()
    consents = [{"party": side, "how": "by telephone"} for side in ("agency", "x")]
    async with world.database.write() as db:
        rows = await db.exec(select(Negotiation).where(col(Negotiation.slug) == "water-talks"))
        actor = operator((talks := rows.one()).id)
        for day in days:
            sent = session_body(local_start=in_days(day), consents=consents)
            body = NewSession.model_validate(sent)
            session, _ = await scheduling.propose(db, actor, talks, body, now=now)
            await scheduling.confirm(db, actor, session, now=now)
            await scheduling.publish(db, actor, session, now=now)


async def test_it_asks_as_much_for_thirty_sessions_as_for_one(world: World) -> None:
    async def asked() -> tuple[int, dict[str, int]]:
        found, size = {}, 0
        for path in (PAGE, DATA):
            with counted(world) as statements:
                answer = await world.nobody.get(path)
            found[path] = len(statements)
            if path == DATA:
                size = len(answer.json()["events"])
        return size, found

    await published(world)
    size, few = await asked()
    assert size == 1
    await publish_on(world, range(21, 50))
    assert await asked() == (30, few)
    assert max(few.values()) <= 9


async def test_a_plenary_names_all_who_sit_there(world: World) -> None:
    await take_seat(world, "head_y", Role.head, "y")
    body = plenary_body(**SET)
    made = (await world.coordinator.post(f"{NEG}/sessions", json=body)).json()
    for client in (world.head_x, world.agency_head, world.head_y):
        assert (await act(client, made["id"], "accept")).status_code == 200
    for event in ("confirm", "publish"):
        assert (await act(world.coordinator, made["id"], event)).status_code == 200
    [ocd] = (await data(world))["events"]
    assert [one["name"] for one in ocd["participants"]] == ["Water Agency", "X County", "Y County"]
    [event] = await graph(world)
    assert event["attendee"] == [{**ORG, "name": "X County"}, {**ORG, "name": "Y County"}]


INVENTED = "Clock time and room are invented for the demonstration; the date is on record."


async def test_the_record_of_2010_is_told_with_its_gaps(demonstration: World) -> None:
    """What is invented says so, DC has no session, and the move of San Francisco is told."""
    told_ = await data(demonstration, "/public/secure-communities-2010.json")
    events = told_["events"]
    assert [(one["start_time"], one["status"]) for one in events] == [
        ("2010-11-05T14:00:00-04:00", "passed"),
        ("2010-11-09T10:00:00-08:00", "passed"),
        ("2010-11-09T14:00:00-08:00", "passed"),
    ]
    assert {one["extras"]["basis_note"] for one in events} == {INVENTED}
    assert told_["no_session_recorded"] == ["Washington, DC"]
    division = "ocd-division/country:us/state:ca/county:san_francisco"
    assert events[1]["participants"][1]["extras"] == {"ocd_division_id": division}
    [request] = told_["document_requests"]
    assert (request["state"], request["events"][0]["happened_on"]) == ("ordered", "2010-04-27")
    shown = await graph(demonstration, "/public/secure-communities-2010")
    assert {one["description"].partition("\n")[0] for one in shown} == {INVENTED}
