"""What is found through the service: by whom, in which order, and in which state of the record."""

from datetime import date
from typing import Any

import pytest
from beginnings import once_made
from factories import (
    ACTORS,
    NEG,
    World,
    act,
    caucus_body,
    confirmed,
    in_days,
    plenary_body,
    propose,
    session_body,
    signed_in,
)
from faults import nasty
from permissions.tries import a_try
from problems import problem
from searching import entry, find, found, stored, talks_of, track_of
from sharing import thinned
from sqlalchemy import text
from sqlmodel import col, delete, select, update

from negotiations.app import freshen
from negotiations.models import Commitment, Membership, SearchEntry
from negotiations.models.search import SearchAudience, SearchKind

API = "/api/v1"


async def change(client: Any, path: str, **body: Any) -> Any:
    tag = (await client.get(path)).headers["etag"]
    answer = await client.patch(path, json=body, headers={"If-Match": tag})
    assert answer.status_code == 200, answer.text
    return answer.json()


@once_made
async def held(world: World, title: str = "Held", **more: Any) -> str:
    """A session of X of three days ago, with a draft of its summary; its id."""
    agenda = [{"title": "Anything"}]
    session = await confirmed(world, title=title, local_start=in_days(-3), agenda=agenda)
    answer = await world.coordinator.put(
        f"{API}/sessions/{session['id']}/summary",
        json={"body": "A draft", "close": "concluded", **more},
        headers={"If-None-Match": "*"},
    )
    assert answer.status_code == 201, answer.text
    return str(session["id"])


async def outcome(world: World, session: str, **more: Any) -> dict[str, Any]:
    body = {"issue": "1", "value": "noted", "text": "Gauges will be read", **more}
    answer = await world.coordinator.post(f"{API}/sessions/{session}/outcomes", json=body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def test_a_result_tells_what_it_is_and_where_it_stands(world: World) -> None:
    session = await held(world)
    made = await outcome(world, session)
    told = (await world.coordinator.get(f"{API}/sessions/{session}")).json()
    assert await find(world.delegate_x, "gauges") == [
        {
            "kind": "outcome",
            "id": made["id"],
            "date": made["effective_on"],
            "title": "1 Water rights",
            "title_marks": [],
            "excerpt": "noted · Gauges will be read",
            "excerpt_marks": [{"begin": 8, "end": 14}],
            "session": session,
            "session_title": told["title"],
            "jurisdiction": "x",
            "superseded": False,
            "path": f"/s/{session}",
        }
    ]


async def test_every_kind_is_found_the_newest_first_and_the_session_before_the_rest(
    world: World,
) -> None:
    session = await held(
        world,
        "Pipes and more",
        body="On pipes",
        outcomes=[{"issue": "1", "value": "noted", "text": "Pipes leak"}],
        commitments=[{"text": "Mend the pipes", "owner": "x"}],
    )
    place = {"jurisdiction": "x", "party": "x", "issue": "2", "text": "No pipes"}
    answer = await world.coordinator.post(f"{NEG}/positions", json={**place, "session": session})
    assert answer.status_code == 201, answer.text
    later = await propose(world, title="More pipes", local_start=in_days(30))
    own = [
        ("session", "More pipes"),
        ("session", "Pipes and more"),
        ("outcome", "1 Water rights"),
        ("position", "2 Meters"),
        ("commitment", "Commitment"),
    ]
    summary = (await world.coordinator.get(f"{API}/sessions/{session}/summary")).json()["symbol"]
    assert await found(world.delegate_x, "pipes") == own
    assert await found(world.agency_head, "PIPE*") == own
    assert await found(world.note_taker, "pipes") == [
        *own[:2], ("summary", f"Summary {summary}"), *own[2:],
    ]  # fmt: skip
    assert await found(world.delegate_y, "pipes") == []
    assert [one["session"] for one in await find(world.delegate_x, "more")] == [
        later["id"], session,
    ]  # fmt: skip


async def test_all_words_are_wanted_side_by_side_where_they_are_in_quotes(world: World) -> None:
    await propose(world, title="The red river dam", location="Old Town Hall")
    for q, is_found in {
        "dam red": True,
        "dam blue": False,
        '"red river"': True,
        '"river red"': False,
        '"red riv"': False,
        '"red riv"*': True,
        "town-hall": True,
        "hall-town": False,
        "riv": False,
        "riv*": True,
        "DAM": True,
        "meters": True,  # an item of its agenda
    }.items():
        assert bool(await find(world.delegate_x, q)) is is_found, q


async def test_what_cannot_be_asked_is_told_what_to_do(world: World) -> None:
    for options in ("", "?q=", "?q=%20*%20", f"?q={'x' * 201}", f"?q={'a+' * 17}", "?q=%00"):
        problem(await world.delegate_x.get(f"{NEG}/search{options}"), 400)
    assert "at least one word" in problem(await world.delegate_x.get(f"{NEG}/search"), 400)
    problem(await world.delegate_x.get(f"{API}/negotiations/no-talks/search"), 404)
    problem(await world.nobody.get(f"{NEG}/search"), 401)


async def test_a_title_that_changed_is_found_and_the_one_before_is_not(world: World) -> None:
    session = await propose(world, title="Alpha")
    await change(world.coordinator, f"{API}/sessions/{session['id']}", title="Beta")
    assert await found(world.delegate_x, "alpha") == []
    assert await found(world.delegate_x, "beta") == [("session", "Beta")]
    body = {"local_start": in_days(40), "reason": "Later"}
    assert (await act(world.coordinator, session["id"], "move", body)).status_code == 200
    assert [one["date"] for one in await find(world.delegate_x, "beta")] == [in_days(40)[:10]]


async def test_what_is_superseded_is_marked_and_found_under_the_issues_new_title(
    world: World,
) -> None:
    session = await held(world)
    first = await outcome(world, session)
    await outcome(world, session, text="Gauges won't be read", supersedes=first["id"])
    issues = (await world.coordinator.get(f"{NEG}/issues")).json()["items"]
    issue = next(one["id"] for one in issues if one["code"] == "1")
    await change(world.coordinator, f"{NEG}/issues/{issue}", title="Rights in water")
    results = await find(world.delegate_x, '"rights in water" gauges')
    assert sorted((one["excerpt"], one["superseded"]) for one in results) == [
        ("noted · Gauges will be read", True),
        ("noted · Gauges won't be read", False),
    ]
    assert await found(world.delegate_x, '"water rights" gauges') == []


async def test_what_is_deleted_leaves_the_index_with_it(world: World) -> None:
    path = (await a_try(world, "GET /negotiations/{neg}/commitments/{id}")).path
    assert await found(world.delegate_x, "write") == [("commitment", "Commitment")]
    async with world.database.write() as db:
        row = (await db.exec(select(Commitment).where(col(Commitment.id) == path[-20:]))).one()
        await db.delete(row)
    assert await found(world.delegate_x, "write") == []


async def test_what_is_only_tried_is_not_found(world: World) -> None:
    body = session_body(title="Ghost")
    answer = await world.coordinator.post(f"{NEG}/sessions?dry_run=true", json=body)
    assert answer.status_code == 200, answer.text
    assert await found(world.coordinator, "ghost") == []


async def test_the_public_finds_what_it_was_shown_once(world: World) -> None:
    session = (await confirmed(world, title="Harbour", location="Quay"))["id"]
    assert await found(world.delegate_y, "harbour") == []
    assert (await act(world.coordinator, session, "publish")).status_code == 200
    seen = await find(world.delegate_y, "harbour")
    assert [(one["session"], one["path"]) for one in seen] == [(None, "/public/water-talks")]
    for name in ("delegate_x", "agency_head", "note_taker", "coordinator"):
        results = await find(world.clients[name], "harbour quay")
        assert [one["path"] for one in results] == [f"/s/{session}"], name
    # What its own sides call it meanwhile isn't public, and they find it by nothing else.
    body = {"local_start": in_days(50), "reason": "Later"}
    assert (await act(world.head_x, session, "move", body)).status_code == 200
    await change(world.coordinator, f"{API}/sessions/{session}", title="Secret cove")
    assert await found(world.delegate_y, "cove") == []
    assert await found(world.delegate_y, "harbour") == [("session", "Harbour")]
    assert await found(world.delegate_x, "harbour") == []
    assert await found(world.delegate_x, "cove") == [("session", "Secret cove")]


async def test_plenaries_and_caucuses_are_found_by_who_sits_there(world: World) -> None:
    bodies = {
        "Everyone": plenary_body(title="Everyone"),
        "Without": plenary_body("agency", "y", title="Without X", local_start=in_days(11)),
    }
    for body in bodies.values():
        answer = await world.coordinator.post(f"{NEG}/sessions", json=body)
        assert answer.status_code == 201, answer.text
    caucus = (await world.head_x.post(f"{NEG}/caucuses", json={"name": "Ours"})).json()["id"]
    body = caucus_body(caucus, title="Whisper", local_start=in_days(12))
    answer = await world.head_x.post(f"{NEG}/sessions", json=body)
    assert answer.status_code == 201, answer.text
    seen = {
        name: [
            title
            for q in ("everyone", "without", "whisper")
            for _, title in await found(world.clients[name], q)
        ]
        for name in ("delegate_x", "delegate_y", "agency_delegate", "note_taker", "coordinator",
                     "administrator")
    }  # fmt: skip
    assert seen == {
        "delegate_x": ["Everyone", "Whisper"],
        "delegate_y": ["Everyone", "Without X"],
        "agency_delegate": ["Everyone", "Without X"],
        "note_taker": ["Everyone", "Without X"],
        "coordinator": ["Everyone", "Without X"],
        "administrator": [],
    }


async def party_of(db: Any, world: World, name: str) -> str:
    rows = await db.exec(
        select(Membership.party_id).where(col(Membership.person_id) == world.people[name])
    )
    return str(rows.one())


EVERYONE = {*ACTORS} - {"nobody", "feed_token", "former_delegate_x", "coordinator_elsewhere"}
SECRETARIAT = {"coordinator", "note_taker"}
OF_X = {"delegate_x", "head_x", "party_note_taker_x"}
MAY_FIND = {
    "public": EVERYONE,
    "negotiation": EVERYONE - {"administrator"},
    "track": OF_X | SECRETARIAT | {"agency_delegate", "agency_head"},
    "party": OF_X,
    "secretariat": SECRETARIAT,
    "mine": {"delegate_x"},
    "elsewhere": set[str](),
}


async def test_each_audience_finds_its_own_entries_alone(world: World) -> None:
    """Also of kinds that this service doesn't write."""
    async with world.database.write() as db:
        talks, other = await talks_of(db), await talks_of(db, "other-talks")
        x = await party_of(db, world, "delegate_x")
        readers = {
            SearchAudience.public: talks.id,
            SearchAudience.negotiation: talks.id,
            SearchAudience.track: await track_of(db, talks, x),
            SearchAudience.party: x,
            SearchAudience.secretariat: talks.id,
            SearchAudience.mine: world.people["delegate_x"],
        }
        for audience, reader in readers.items():
            db.add(entry(talks.id, audience, reader, title=audience.value, text="canary"))
        db.add(entry(other.id, SearchAudience.public, other.id, title="elsewhere", text="canary"))
    seen = {name: {title for _, title in await found(world.clients[name], "canary")}
            for name in EVERYONE}  # fmt: skip
    assert seen == {
        name: {title for title, people in MAY_FIND.items() if name in people} for name in EVERYONE
    }
    for name in {*ACTORS} - EVERYONE:
        answer = await world.clients[name].get(f"{NEG}/search?q=canary")
        assert answer.status_code == (404 if name == "coordinator_elsewhere" else 401)


async def test_a_document_request_is_found_by_every_side_with_all_that_happened(
    world: World,
) -> None:
    body = {
        "title": "Meter readings", "requester": "x", "holder": "agency", "legal_basis": "foia",
        "scope": "Of 2019", "reference": "F-77", "events": [
            {"kind": "state", "state": "submitted", "happened_on": "2020-03-01", "text": "By mail"},
        ],
    }  # fmt: skip
    made = await world.note_taker.post(f"{NEG}/document-requests", json=body)
    assert made.status_code == 201, made.text
    path = f"{NEG}/document-requests/{made.json()['id']}"
    told = [("document_request", "Meter readings")]
    for name in ("delegate_x", "delegate_y", "agency_head", "note_taker", "coordinator"):
        for asked in ("meter", "F-77", '"by mail"', "2019"):
            assert await found(world.clients[name], asked) == told, (name, asked)
    [one] = await find(world.delegate_y, "meter")
    assert (one["date"], one["path"], one["session"], one["jurisdiction"]) == (
        "2020-03-01", f"/n/water-talks/requests/{made.json()['id']}", None, None,
    )  # fmt: skip
    event = {"kind": "note", "happened_on": "2020-04-02", "text": "Boxes came"}
    seen = {"If-Match": (await world.note_taker.get(path)).headers["etag"]}
    added = await world.note_taker.post(f"{path}/events", json=event, headers=seen)
    assert added.status_code < 300, added.text
    assert [one["date"] for one in await find(world.delegate_x, "boxes")] == ["2020-04-02"]
    assert await found(world.administrator, "meter") == []
    tag = (await world.coordinator.get(path)).headers["etag"]
    published = await world.coordinator.post(f"{path}/publish", json={}, headers={"If-Match": tag})
    assert published.status_code == 200, published.text
    await change(world.coordinator, path, title="Readings of meters")
    [public] = await find(world.administrator, "boxes")
    assert (public["title"], public["path"]) == ("Meter readings", "/public/water-talks")
    assert await found(world.delegate_y, "boxes") == [("document_request", "Readings of meters")]


async def test_an_object_is_found_by_its_text_for_the_fewest(world: World) -> None:
    """As a summary, whose draft the secretariat writes on while the sides have the last one."""
    async with world.database.write() as db:
        talks = await talks_of(db)
        track = await track_of(db, talks, await party_of(db, world, "delegate_x"))
        same: dict[str, Any] = {"object_id": "a" * 20, "kind": SearchKind.summary}
        for audience, reader, title in (
            (SearchAudience.secretariat, talks.id, "latest"),
            (SearchAudience.track, track, "circulated"),
            (SearchAudience.public, talks.id, "published"),
        ):
            db.add(entry(talks.id, audience, reader, title=title, text="canary", **same))
    titles = {"coordinator": "latest", "delegate_x": "circulated", "agency_head": "circulated",
              "delegate_y": "published"}  # fmt: skip
    for name, title in titles.items():
        assert await found(world.clients[name], "canary") == [("summary", title)], name
        for other in {*titles.values()} - {title}:
            assert await found(world.clients[name], other) == [], (name, other)


async def test_parts_follow_each_other_whatever_others_keep(world: World) -> None:
    """Neither order nor cursor nor a byte tells of what somebody else may find."""

    async def all_parts() -> list[bytes]:
        path, parts = f"{NEG}/search?q=canary&limit=2", []
        while path:
            answer = await world.delegate_y.get(path)
            parts.append(answer.content + answer.headers["etag"].encode())
            path = answer.headers.get("link", "").partition(">")[0].removeprefix("<")
        return parts

    days = [date(2030, 5, day) for day in (3, 1, 2, 1, 5)]
    async with world.database.write() as db:
        talks = await talks_of(db)
        y = await party_of(db, world, "delegate_y")
        for day in days:
            db.add(entry(talks.id, SearchAudience.party, y, text="canary", day=day))
    before = await all_parts()
    assert len(before) == 3
    listed = await find(world.delegate_y, "canary")
    assert [one["date"][-1] for one in listed] == ["5", "3", "2", "1", "1"]
    ids = [one["id"] for one in listed]
    assert ids[3:] == sorted(ids[3:])
    async with world.database.write() as db:
        x = await party_of(db, world, "delegate_x")
        for day in days * 10:
            more = {"text": "canary canary", "day": day}
            db.add(entry(talks.id, SearchAudience.party, x, **more))
            db.add(entry(talks.id, SearchAudience.secretariat, talks.id, **more))
    assert await all_parts() == before
    of_another = (await world.delegate_y.get(f"{NEG}/search?q=canary&limit=2")).json()["next"]
    problem(await world.delegate_y.get(f"{NEG}/search?q=other&after={of_another}"), 400)


async def test_a_start_makes_the_same_entries_as_the_changes_did(demonstration: World) -> None:
    made = await stored(demonstration)
    kinds = {"session", "summary", "outcome", "position", "commitment", "document_request"}
    assert {one["kind"] for one in made} == kinds
    async with demonstration.database.write() as db:
        ids = sorted({one["object_id"] for one in made})
        third = ids[::3]
        await db.exec(delete(SearchEntry).where(col(SearchEntry.object_id).in_(third)))
        await db.exec(
            update(SearchEntry)
            .where(col(SearchEntry.object_id).in_(ids[1::3]))
            .values(stamp="0", words="gone", title="Gone")
        )
    assert await stored(demonstration) != made
    await freshen(demonstration.database)
    assert await stored(demonstration) == made
    if demonstration.database.is_sqlite:
        async with demonstration.database.write() as db:
            check = "INSERT INTO search_words (search_words, rank) VALUES ('integrity-check', 1)"
            await db.exec(text(check))  # raises where the index differs from the entries


async def test_the_record_of_2010_answers_what_was_asked(demonstration: World) -> None:
    path = f"{API}/negotiations/secure-communities-2010/search"
    answer = await demonstration.clients["arlington"].get(path, params={"q": "opt out"})
    items = answer.json()["items"]
    told = {(one["kind"] == "document_request", one["jurisdiction"]) for one in items}
    assert told == {(False, "arlington"), (True, None)}  # requests are of the whole talks
    answer = await demonstration.clients["coordinator"].get(path, params={"q": "opt out"})
    assert {one["jurisdiction"] for one in answer.json()["items"]} > {"arlington"}


@pytest.mark.walks
@pytest.mark.parametrize("part", range(4))
async def test_nasty_texts_are_found_or_refused_and_never_break(world: World, part: int) -> None:
    """Each as a question, and as a text in which its own words are found; on PostgreSQL a third."""
    texts = [one for one in nasty.ALL[part::4] if len(one) < 3000]
    async with world.database.write() as db:
        talks = await talks_of(db)
        for place, one in enumerate(texts):
            kept = one.replace("\x00", "").encode("utf-8", "replace").decode()
            more: dict[str, Any] = {"title": f"n{place}", "text": kept}
            db.add(entry(talks.id, SearchAudience.public, talks.id, **more))
    browser = await signed_in(world, "delegate_x")
    for place, one in thinned(world, enumerate(texts), 3):
        answer = await world.delegate_x.get(f"{NEG}/search", params={"q": one})
        assert answer.status_code in (200, 400), one
        if answer.status_code == 200:
            assert f"n{place}" in [item["title"] for item in answer.json()["items"]], one
        page = await browser.get("/n/water-talks/search", params={"q": one})
        assert page.status_code in (200, 400), one
        assert nasty.SCRIPT not in page.text and "<svg" not in page.text, one


async def test_the_page_shows_marks_and_what_is_earlier(world: World) -> None:
    browser = await signed_in(world, "delegate_x")
    path = "/n/water-talks/search"
    form = (await browser.get(path)).text
    assert 'name="q"' in form and "Found" not in form
    assert f'href="{path}"' in (await browser.get("/n/water-talks")).text
    empty = (await browser.get(path, params={"q": "unheard"})).text
    assert "Nothing that you may see has all of these words." in empty
    refused = await browser.get(path, params={"q": "*"})
    assert refused.status_code == 400 and "at least one word" in refused.text
    session = await propose(world, title="Red <river>")
    shown = (await browser.get(path, params={"q": "river"})).text
    assert f'<a href="/s/{session["id"]}">Red &lt;<mark>river</mark>&gt;</a>' in shown
    async with world.database.write() as db:
        talks = await talks_of(db)
        for _ in range(100):
            db.add(entry(talks.id, SearchAudience.public, talks.id, text="river"))
    shown = (await browser.get(path, params={"q": "river"})).text
    follows = shown.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
    assert shown.count('class="card"') == 100
    last = (await browser.get(path + follows)).text
    assert last.count('class="card"') == 1 and 'rel="next"' not in last
    anyone = await world.nobody.get(path, params={"q": "river"})
    assert (anyone.status_code, anyone.headers["location"]) == (303, "/sign-in")
