"""The other forms of an export: tables, calendar, print and Open Civic Data."""

import csv
import io
import json
from datetime import timedelta
from typing import Any

import pytest
from exchanging import Held, handed, one_file
from factories import NEG, World, act, confirmed
from icalendar import Calendar

from negotiations.exchange.exporting import Format

SLUG = "mill-round-2024"


def table(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode())))


@pytest.mark.parametrize("form", list(Format))
async def test_an_export_depends_on_nothing_but_what_is_stored(mill: Held, form: Format) -> None:
    first = await handed(mill.database, SLUG, form)
    assert await handed(mill.database, SLUG, form) == first  # (at another time)
    narrow = await handed(mill.database, SLUG, form, track="machinists")
    assert b"".join(narrow.values()).count(b"Committee room") == 0


async def test_tables_hold_a_row_for_each_thing_and_no_formulas(mill: Held) -> None:
    found = {name: table(content) for name, content in (
        await handed(mill.database, SLUG, Format.csv)
    ).items()}  # fmt: skip
    assert {name: len(rows) for name, rows in found.items()} == {
        "sessions.csv": 9, "outcomes.csv": 11, "commitments.csv": 2, "positions.csv": 4,
        "documents.csv": 4, "attendance.csv": 4,
    }  # fmt: skip
    overtime = [
        one for one in found["outcomes.csv"] if (one["session"], one["issue"]) == ("2", "12")
    ]
    assert [(one["value"], one["stands"]) for one in overtime] == [
        ("agreed_in_principle", "no"), ("tentatively_agreed", "yes"),
    ]  # fmt: skip
    assert found["sessions.csv"][0]["jurisdiction"] == "Plenary"
    assert {one["recorded_at"] for one in found["outcomes.csv"]} == {"2026-11-24T12:00:00Z"}


async def test_a_text_like_a_formula_is_no_formula_in_a_table(world: World) -> None:
    body = {"jurisdiction": "x", "owner": "x", "text": "=1+1"}
    assert (await world.coordinator.post(f"{NEG}/commitments", json=body)).status_code == 201
    content = (await handed(world.database, "water-talks", Format.csv))["commitments.csv"]
    assert [one["text"] for one in table(content)] == ["'=1+1"]


async def test_the_calendar_is_that_of_the_secretariat(mill: Held) -> None:
    whole = Calendar.from_ical(await one_file(mill.database, SLUG, Format.ics))
    titles = [str(one["SUMMARY"]) for one in whole.walk("VEVENT")]
    assert len(titles) == 10
    track = Calendar.from_ical(await one_file(mill.database, SLUG, Format.ics, track="machinists"))
    assert len(track.walk("VEVENT")) == 5
    assert "lodge 7: Mill agreement 2024" in str(track["X-WR-CALNAME"])


async def test_a_track_without_sessions_has_a_calendar_with_its_window(world: World) -> None:
    body = await one_file(world.database, "water-talks", Format.ics, track="y")
    [window] = Calendar.from_ical(body).walk("VEVENT")
    assert window["DTSTART"].dt == (world.clock.now() - timedelta(days=30)).date()


async def test_the_printed_record_has_all_that_can_be_checked(mill: Held) -> None:
    told = (await one_file(mill.database, SLUG, Format.md, track="weavers")).decode()
    opening = told[told.index("### 1. Weavers: opening") : told.index("### 2. ")]
    for part in (
        "- When: Tue 6 Feb 2024, 10:00 to 13:00 GMT (2024-02-06 10:00 UTC)",
        "- Between: Hartwell and Weavers",
        "- State: held, concluded",
        "- Chair: Secretary of the round",
        "1. Overtime (for discussion, adopted, issue 12, 60 minutes)",
        "4. Dates of further meetings (procedural, adopted)",
        "- Shop steward (Weavers): left early",
        (
            "- **12.3 Rates of overtime at night**: ~ ad referendum (in part) by Hartwell. "
            "The company offers time and three quarters at night. Said on Tue 6 Feb 2024."
        ),
        "#### Summary MILL-WEA/S1/SUM, revision 2, draft",
        "> First reading of article 12. Article 20 was not taken up.",
        "1. Tue 24 Nov 2026, 12:00 GMT: Proposed for Tue 6 Feb 2024, 10:00 GMT, Mill canteen.",
    ):
        assert part in opening, part
    assert "Superseded by what follows." in told
    assert "- Hartwell to Weavers: Send the actuary's report to the branch (done, by " in told
    assert told.count("(SHA-256 of its text): `") == 4
    assert "- Audit chain, entry " in told
    assert "achinist" not in told.replace("the weavers and the machinists", "")


async def test_what_people_write_is_no_markup_in_the_printed_record(world: World) -> None:
    canary = "# *loud* <b>|`x` [a](b)"
    await confirmed(world, title=canary)
    told = (await one_file(world.database, "water-talks", Format.md)).decode()
    assert r"### 1. \# \*loud\* \<b\>\|\`x\` \[a\](b)" in told.splitlines()


async def test_events_have_the_shape_of_open_civic_data(mill: Held) -> None:
    events = json.loads(await one_file(mill.database, SLUG, Format.ocd))
    by_name = {one["name"]: one for one in events}
    assert len(events) == 9
    assert {name: one["status"] for name, one in by_name.items()} == {
        "Opening of the round": "passed",
        "Machinists / Hartwell: session 1": "passed",
        "Machinists / Hartwell: session 2": "cancelled",
        "Machinists: with the Board": "cancelled",
        "Machinists: with the Board, in Leeds": "confirmed",
        "Weavers: opening": "passed",
        "Weavers / Hartwell: session 2": "passed",
        "Weavers: pensions": "passed",
        "Weavers: pensions, second day": "confirmed",
    }
    one = by_name["Weavers / Hartwell: session 2"]
    assert one["id"].startswith("ocd-event/")
    assert (one["start_time"], one["timezone"]) == ("2024-03-07T14:00:00+00:00", "Europe/London")
    assert one["location"] == {
        "name": "Committee room 2, Guildhall", "url": "", "coordinates": None,
    }  # fmt: skip
    assert [each["name"] for each in one["participants"]] == [
        "Hartwell Mills Ltd", "Weavers' Union, branch 12",
    ]  # fmt: skip
    assert one["agenda"][1] == {
        "description": "Rates of overtime at night",
        "order": "2",
        "subjects": ["Rates of overtime at night"],
        "notes": ["Double time at night is refused."],
        "related_entities": [],
        "media": [],
        "extras": {
            "issue": "12.3",
            "kind": "for_decision",
            "state": "adopted",
            "outcome": {
                "value": "declined",
                "partial": False,
                "reason": "It would cost three looms.",
                "decided_by": "company",
                "effective_on": "2024-03-07",
                "certainty": "A",
            },
        },
    }


async def test_a_move_is_told_where_it_leads(world: World) -> None:
    session = await confirmed(world)
    moved = {"local_start": "2030-03-04T10:00", "reason": "Floods"}
    assert (await act(world.coordinator, session["id"], "move", moved)).status_code == 200
    [event] = json.loads(await one_file(world.database, "water-talks", Format.ocd))
    assert (event["status"], event["start_time"]) == ("tentative", "2030-03-04T10:00:00-08:00")
    assert event["extras"]["sequence"] == 2


CANARY = "Lower limit is seven"


async def test_caucuses_are_in_no_form(world: World) -> None:
    body: dict[str, Any] = {"name": CANARY, "parties": []}
    made = await world.head_x.post(f"{NEG}/caucuses", json=body)
    assert made.status_code == 201, made.text
    session = {
        "kind": "caucus", "caucus": made.json()["id"], "title": CANARY, "tz": "UTC",
        "local_start": "2030-01-07T10:00", "local_end": "2030-01-07T12:00",
    }  # fmt: skip
    answer = await world.head_x.post(f"{NEG}/sessions", json=session)
    assert answer.status_code == 201, answer.text
    for form in Format:
        for track in (None, "x"):
            told = b"".join((await handed(world.database, "water-talks", form, track)).values())
            assert CANARY.encode() not in told
            assert b"caucus" not in told.replace(b"Caucuses and personal notes", b"")
            assert b"20300107" not in told and b"2030-01-07" not in told
