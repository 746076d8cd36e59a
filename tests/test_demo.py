"""The record of November 2010 as the demonstration has it, cell by cell and instant by instant."""

import re
from hashlib import sha1
from pathlib import Path
from typing import Any

import pytest
from factories import Demonstration
from readers import READERS, blocks, events, find_octet_faults, renamed
from sqlmodel import col, select

from negotiations import audit
from negotiations.demo.load import load
from negotiations.models import SessionChange

NEG = "/api/v1/negotiations/secure-communities-2010"
PUBLIC = "/public/secure-communities-2010"
GOLDEN = Path(__file__).parent / "feeds" / "golden"
JURISDICTIONS = ("arlington", "san-francisco", "santa-clara", "dc")  # by name

DECLINED, CLARIFIED, AGREED = "declined", "clarified", "agreed"
NOT, NONE = "not_recorded", "no_session"
# issue -> value in Arlington, San Francisco, Santa Clara, DC
TODAY = {
    "1": (DECLINED, DECLINED, DECLINED, NONE),
    "2": (CLARIFIED, NOT, NOT, NONE),
    "3": (NOT, CLARIFIED, NOT, NONE),
    "4": (CLARIFIED, NOT, NOT, NONE),
    "5": (AGREED, NOT, NOT, NONE),
}
ON_5_NOVEMBER = {code: (row[0], NONE, NONE, NONE) for code, row in TODAY.items()}


def grid(matrix: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    cells = {(one["issue"], one["jurisdiction"]): one["value"] for one in matrix["cells"]}
    return {
        issue["code"]: tuple(cells[issue["code"], slug] for slug in JURISDICTIONS)
        for issue in matrix["issues"]
    }


async def test_the_golden_matrix_today_and_as_of_5_november(demonstration: Demonstration) -> None:
    today = (await demonstration.coordinator.get(f"{NEG}/outcomes")).json()
    assert [one["slug"] for one in today["jurisdictions"]] == list(JURISDICTIONS)
    assert grid(today) == TODAY
    assert [one["title"] for one in today["documents"]] == ["Opt-out records"]
    early = (await demonstration.coordinator.get(f"{NEG}/outcomes?as_of=2010-11-05")).json()
    assert (grid(early), early["as_of"]) == (ON_5_NOVEMBER, "2010-11-05")
    before = (await demonstration.coordinator.get(f"{NEG}/outcomes?as_of=2010-11-04")).json()
    assert set(sum(grid(before).values(), ())) == {NONE}


async def test_a_whole_cell_and_the_marks_of_certainty(demonstration: Demonstration) -> None:
    matrix = (await demonstration.coordinator.get(f"{NEG}/outcomes")).json()
    cells = {(one["issue"], one["jurisdiction"]): one for one in matrix["cells"]}
    cell = cells["1", "arlington"]
    session = cell.pop("session")
    assert len(cell.pop("outcome")) == len(session) == 20
    assert cell == {
        "issue": "1",
        "jurisdiction": "arlington",
        "value": "declined",
        "partial": False,
        "text": "Fingerprint data can't be withheld.",
        "reason": "ICE answered no, “with finality”.",
        "decided_by": "ice",
        "effective_on": "2010-11-05",
        "certainty": "A",
        "basis": "public_source",
        "history": 1,
        "summary_changed": False,
    }
    marks = {key: one["certainty"] for key, one in cells.items() if one["certainty"]}
    assert {key for key, mark in marks.items() if mark == "C"} == {("1", "santa-clara")}
    assert {one["basis"] for one in cells.values() if one["basis"]} == {"public_source"}


async def test_what_each_side_held_has_its_day_its_source_and_its_certainty(
    demonstration: Demonstration,
) -> None:
    """Of each line the earlier position first; the last stands."""
    items = (await demonstration.coordinator.get(f"{NEG}/positions")).json()["items"]
    removal, napolitano = "Request to be removed from the programme", "Secretary Napolitano"
    told = [
        (one["jurisdiction"], one["issue"], one["party"], one["stated_on"], one["certainty"])
        for one in items
    ]
    assert told == [
        ("arlington", "1", "arlington", "2010-09-28", "A"),
        ("arlington", "1", "ice", "2010-10-06", "A"),
        ("arlington", "1", "ice", "2010-11-05", "A"),
        ("arlington", "2", "arlington", "2010-11-05", "A"),
        ("arlington", "5", "arlington", "2010-10-07", "A"),
        ("arlington", "5", "ice", "2010-11-05", "A"),
        ("san-francisco", "1", "san-francisco", "2010-06-08", "A"),
        ("san-francisco", "1", "san-francisco", "2010-08-31", "A"),
        ("san-francisco", "1", "ice", "2010-10-06", "A"),
        ("san-francisco", "1", "ice", "2010-11-09", "A"),
        ("santa-clara", "1", "santa-clara", "2010-09-28", "A"),
        ("santa-clara", "1", "ice", "2010-10-06", "A"),
        ("santa-clara", "1", "ice", "2010-11-09", "C"),
        ("dc", "1", "dc", "2010-05-04", "A"),
        ("dc", "1", "ice", "2010-10-06", "A"),
    ]
    asked = [one["text"] for one in items if one["party"] != "ice" and one["issue"] == "1"]
    assert all(text.startswith(removal) for text in asked)
    assert "The vote is reported as 9-2 (certainty B)." in asked[1]
    quoted = [one for one in items if one["attributed"]]
    assert {one["text"] for one in quoted} == {
        f"{napolitano} (Homeland Security): not “an opt in/opt out program”."
    }
    assert [one["stated_on"] for one in quoted] == ["2010-10-06"] * 4
    assert not [one for one in items if not one["attributed"] and "opt" in one["text"].lower()]
    assert {one["basis"] for one in items} == {"public_source"}
    assert all(one["sources"] for one in items)
    at_sessions = [one["stated_on"] for one in items if one["session"]]
    assert sorted(at_sessions) == ["2010-11-05"] * 3 + ["2010-11-09"] * 2


async def test_each_delegation_sees_its_own_column_only(demonstration: Demonstration) -> None:
    for slug in JURISDICTIONS:
        client = demonstration.clients[slug]
        matrix = (await client.get(f"{NEG}/outcomes")).json()
        assert [one["slug"] for one in matrix["jurisdictions"]] == [slug]
    ice = (await demonstration.ice.get(f"{NEG}/outcomes")).json()
    assert grid(ice) == TODAY


async def test_the_sessions_of_2010_keep_their_wall_clock(demonstration: Demonstration) -> None:
    """T1, T2, T3, T8 and T10 of the record: instants by tzdata, one UID, SEQUENCE raised once."""
    listed = (await demonstration.coordinator.get(f"{NEG}/sessions")).json()["items"]
    assert [
        (one["jurisdiction"], one["starts_at"], one["local_start"], one["tz"], one["sequence"])
        for one in listed
    ] == [
        ("arlington", "2010-11-05T18:00:00Z", "2010-11-05T14:00", "America/New_York", 1),
        ("san-francisco", "2010-11-09T18:00:00Z", "2010-11-09T10:00", "America/Los_Angeles", 2),
        ("santa-clara", "2010-11-09T22:00:00Z", "2010-11-09T14:00", "America/Los_Angeles", 2),
    ]
    assert {(one["status"], one["basis"]) for one in listed} == {("held", "public_source")}
    moved = listed[1]["id"]
    log = (await demonstration.coordinator.get(f"/api/v1/sessions/{moved}/changes")).json()
    change = next(one for one in log["items"] if one["kind"] == "moved")
    assert (change["from_start"], change["to_start"], change["recorded_by"]) == (
        "2010-11-08T10:00",
        "2010-11-09T10:00",
        "import",
    )
    assert [one["party"] for one in change["consents"]] == ["ice", "san-francisco"]


async def test_nobody_consented_in_person_in_2010(demonstration: Demonstration) -> None:
    async with demonstration.database.read() as db:
        kinds = await db.exec(
            select(SessionChange).where(col(SessionChange.recorded_by) == "import")
        )
        consents = [consent for change in kinds for consent in change.consents]
    assert {one["by"] for one in consents} == {"not named"}


async def test_summaries_are_published_as_what_nobody_agreed_to(
    demonstration: Demonstration,
) -> None:
    listed = (await demonstration.coordinator.get(f"{NEG}/sessions")).json()["items"]
    symbols = []
    for one in listed:
        path = f"/api/v1/sessions/{one['id']}/summary"
        summary = (await demonstration.note_taker.get(path)).json()
        symbols.append(summary["symbol"])
        assert (summary["state"], summary["agreed_as"]) == ("published", "secretariat")
        assert "Compiled from public sources; not agreed by the parties." in summary["body"]
        assert (await demonstration.ice.get(path)).json() == summary
    assert symbols == ["SC-ARL/S1/SUM", "SC-SF/S1/SUM", "SC-SC/S1/SUM"]


async def test_loading_again_changes_nothing(demonstration: Demonstration) -> None:
    async with demonstration.database.read() as db:
        before = await audit.verify(db)
    assert await load(demonstration.database, now=demonstration.clock.now()) is False
    async with demonstration.database.read() as db:
        after = await audit.verify(db)
    assert before == after
    assert [one["faults"] for one in after.values()] == [[]] * len(after)
    assert len(after) == 8  # two negotiations, and the six tracks in which something is entered


async def test_the_practice_talks_lie_around_today(demonstration: Demonstration) -> None:
    listed = await demonstration.coordinator.get("/api/v1/negotiations/practice-talks/sessions")
    assert [(one["status"], one["local_start"], one["tz"]) for one in listed.json()["items"]] == [
        ("held", "2026-11-23T10:00", "America/New_York"),
        ("confirmed", "2026-11-24T06:00", "America/Los_Angeles"),
        ("confirmed", "2026-11-25T15:00", "America/New_York"),
        ("cancelled", "2026-11-27T13:00", "America/New_York"),
        ("proposed", "2026-12-01T13:00", "America/New_York"),
    ]
    coming = (await demonstration.south.get("/api/v1/me/next")).json()["items"]
    assert [one["status"] for one in coming] == ["confirmed", "proposed"]


def steady(body: bytes) -> bytes:
    """The same octets with every random id replaced by one of the same length, in order."""
    text, known = body.replace(b"\r\n ", b""), {}
    for number, found in enumerate(dict.fromkeys(re.findall(rb"[0-9a-f]{40}|[0-9a-f]{20}", text))):
        known[found] = sha1(b"%d" % number).hexdigest()[: len(found)].encode()
    lines = [re.sub(rb"[0-9a-f]{40}|[0-9a-f]{20}", lambda m: known[m[0]], line)
             for line in text.split(b"\r\n")]  # fmt: skip
    return b"\n".join(lines)


@pytest.mark.parametrize(
    ("name", "account"),
    [
        ("public", f"{PUBLIC}.ics"),
        ("public_dc", f"{PUBLIC}/dc.ics"),
        ("public_san_francisco", f"{PUBLIC}/san-francisco.ics"),
        ("arlington", "arlington"),
        ("dc", "dc"),
        ("ice", "ice"),
        ("north", "north"),
        ("south", "south"),
        ("arlington_with_all", "arlington?include=commitments,minutes"),
        ("coordinator_with_commitments", "coordinator?include=commitments"),
        ("coordinator_with_minutes", "coordinator?include=minutes"),
    ],
)
async def test_the_feeds_of_the_demonstration_are_the_golden_ones(
    demonstration: Demonstration, name: str, account: str, database_url: str
) -> None:
    """calendar.md 8, 12, 17, 19, 22, 28 to 31, 33, 35, 36, 38, 39, 41: a new case is a new file.

    Kept unfolded and with steady ids; the octets themselves are checked beside it.
    """
    owner, _, query = account.partition("?")
    address = demonstration.feeds.get(owner, owner)
    answer = await demonstration.nobody.get(f"{address}?{query}" if query else address)
    assert answer.status_code == 200
    assert find_octet_faults(answer.content) == []
    file = GOLDEN / f"{name}.ics"
    if not file.exists():
        file.write_bytes(steady(answer.content))
        pytest.fail(f"{file.name} was written: read it, then commit it")
    assert steady(answer.content).decode() == file.read_bytes().decode()


@pytest.mark.parametrize("reader", sorted(READERS))
async def test_every_reader_gets_the_same_instants(
    demonstration: Demonstration, reader: str
) -> None:
    """calendar.md 18 to 21, each also with zones renamed to ones that no reader knows."""
    for account in ("coordinator", "ice", "san-francisco"):
        body = (await demonstration.nobody.get(demonstration.feeds[account])).content
        meant = {
            uid: [_seconds(event["DTSTART"].dt), _seconds(event["DTEND"].dt)]
            for uid, event in events(body).items()
            if hasattr(event["DTSTART"].dt, "hour")
        }
        assert meant
        for form in (body, renamed(body)):
            read = READERS[reader](_timed_only(form))
            assert read.events == meant


def _seconds(moment: Any) -> int:
    return int(moment.timestamp())


def _timed_only(body: bytes) -> bytes:
    """Without the all-day windows, which have no instant."""
    return re.sub(
        rb"BEGIN:VEVENT\r\n(?:(?!END:VEVENT).)*?DTSTART;VALUE=DATE.*?END:VEVENT\r\n",
        b"",
        body,
        flags=re.DOTALL,
    )


async def test_dc_has_no_session_and_its_calendar_says_so(demonstration: Demonstration) -> None:
    for address in (f"{PUBLIC}/dc.ics", demonstration.feeds["dc"]):
        body = (await demonstration.nobody.get(address)).content
        assert [str(one["SUMMARY"]) for one in events(body).values()] == [
            "No session recorded with Washington, DC"
        ]


async def test_no_feed_names_an_event_twice(demonstration: Demonstration) -> None:
    """calendar.md 10, 11: one UID each, opaque, the same in every feed that shows the session."""
    seen: dict[str, set[str]] = {}
    for name, address in {**demonstration.feeds, "public": f"{PUBLIC}.ics"}.items():
        body = (await demonstration.nobody.get(address)).content
        seen[name] = set(blocks(body))
        assert len(seen[name]) == body.count(b"BEGIN:VEVENT")
        for uid in seen[name]:
            assert re.fullmatch(r"[0-9a-f]{40}@negotiations", uid)
    assert seen["public"] == seen["ice"]
    assert len(seen["arlington"] & seen["ice"]) == 1
