"""The court lane of 2010 as the demonstration has it: as of each day, for each side, with marks."""

import csv
import io
import re
from typing import Any

from factories import Demonstration, signed_in

from negotiations.demo import court_2010

NEG = "/api/v1/negotiations/secure-communities-2010"
SUIT = "in litigation since 27 Apr 2010"
ASKED = f"{SUIT}; injunction asked 28 Oct 2010"
GOLDEN = f"{ASKED}; court deadlines 17 Jan and 25 Feb 2011"


async def rows(demonstration: Demonstration, options: str = "") -> list[dict[str, Any]]:
    answer = await demonstration.coordinator.get(f"{NEG}/outcomes{options}")
    return answer.json()["documents"]  # type: ignore[no-any-return]


async def test_the_golden_row_spans_the_matrix_today(demonstration: Demonstration) -> None:
    [row] = await rows(demonstration)
    assert len(row.pop("id")) == 20
    assert row == {
        "title": "Opt-out records",
        "state": "ordered",
        "since": "2010-12-10",
        "disposition": None,
        "requester": "ndlon",
        "co_requesters": ["ccr", "cardozo"],
        "holder": "ice",
        "reference": "S.D.N.Y. 1:10-cv-03488",
        "text": GOLDEN,
        "certainty": "A",
        "basis": "public_source",
        "due_on": "2011-02-25",
        "deadlines": ["2011-01-17", "2011-02-25"],
    }


async def test_as_of_a_day_nothing_later_is_told(demonstration: Demonstration) -> None:
    told = {}
    for day in ("2010-04-26", "2010-04-27", "2010-11-05", "2010-12-09", "2010-12-31"):
        found = await rows(demonstration, f"?as_of={day}")
        told[day] = [(one["state"], one["text"], one["due_on"]) for one in found]
    assert told == {
        "2010-04-26": [],
        "2010-04-27": [("litigated", SUIT, None)],
        "2010-11-05": [("litigated", ASKED, None)],
        "2010-12-09": [("litigated", ASKED, None)],
        "2010-12-31": [("ordered", GOLDEN, "2011-01-17")],
    }


async def test_before_it_was_recorded_nobody_knew_it(demonstration: Demonstration) -> None:
    assert await rows(demonstration, "?known_at=2026-11-24T11:59:59Z") == []
    [row] = await rows(demonstration, "?known_at=2026-11-24T12:00:00Z&as_of=2010-11-05")
    assert row["state"] == "litigated"


async def test_every_side_reads_it_whatever_column_they_see(demonstration: Demonstration) -> None:
    expected = await rows(demonstration)
    for name in ("dc", "arlington", "santa-clara", "san-francisco", "ice", "note_taker"):
        answer = await demonstration.clients[name].get(f"{NEG}/outcomes")
        assert answer.json()["documents"] == expected, name
        answer = await demonstration.clients[name].get(f"{NEG}/outcomes?jurisdiction=dc")
        assert answer.json().get("documents", expected) == expected
    # It is no issue: who asks for one issue isn't told of it.
    assert await rows(demonstration, "?issue=1") == []


async def test_each_jurisdiction_is_warned_for_its_own_session(
    demonstration: Demonstration,
) -> None:
    on_5, on_9 = (
        f"Due 17 Jan 2011, after the session of {day} Nov 2010 that needs it." for day in (5, 9)
    )
    got = {}
    for name in ("coordinator", "ice", "arlington", "san-francisco", "dc"):
        answer = await demonstration.clients[name].get(f"{NEG}/document-requests")
        [one] = answer.json()["items"]
        got[name] = ([need["title"] for need in one["needed_before"]], one["warnings"])
    arlington, san_francisco, santa_clara = (
        f"{side} / ICE: session 1" for side in ("Arlington", "San Francisco", "Santa Clara")
    )
    every = [arlington, san_francisco, santa_clara]
    assert got == {
        "coordinator": (every, [on_5, on_9]),
        "ice": (every, [on_5, on_9]),
        "arlington": ([arlington], [on_5]),
        "san-francisco": ([san_francisco], [on_9]),
        "dc": ([], []),
    }


async def test_the_lane_holds_what_the_record_holds_with_its_marks(
    demonstration: Demonstration,
) -> None:
    [row] = await rows(demonstration)
    path = f"{NEG}/document-requests/{row['id']}/events"
    listed = (await demonstration.dc.get(path)).json()["items"]
    assert [
        (one["happened_on"], one["kind"], one["due_on"], one["certainty"],
         sorted({source["certainty"] for source in one["sources"]}))
        for one in listed
    ] == [
        ("2010-04-27", "state", None, "A", ["A"]),
        ("2010-10-28", "note", None, "A", ["A"]),
        ("2010-10-28", "motion", None, "A", ["A"]),
        ("2010-12-06", "hearing", None, "C", ["C"]),
        ("2010-12-09", "hearing", None, "C", ["C"]),
        ("2010-12-10", "state", "2011-01-17", "A", ["A"]),
        ("2010-12-10", "deadline", "2011-02-25", "A", ["A"]),
        ("2011-02-17", "release", None, "A", ["A"]),
    ]  # fmt: skip
    assert len(listed) == len(court_2010.REQUEST["events"])


async def test_page_and_csv_of_the_matrix_show_the_row(demonstration: Demonstration) -> None:
    browser = await signed_in(demonstration, "coordinator")
    path = "/n/secure-communities-2010/matrix"
    page = re.sub(r"\s+", " ", re.sub("<[^>]*>", " ", (await browser.get(path)).text))
    assert page.count(GOLDEN) == 2  # as a row, and for narrow screens
    early = (await browser.get(f"{path}?as_of=2010-11-05")).text
    assert (early.count(ASKED), "court deadlines" in early) == (2, False)
    assert '<td colspan="4">' in early
    text = (await browser.get(f"{path}.csv")).text
    lines = list(csv.DictReader(io.StringIO(text)))
    assert lines[-1] == {
        "issue": "document request", "title": "Opt-out records", "jurisdiction": "all",
        "value": "ordered", "partial": "", "text": GOLDEN, "reason": "", "decided_by": "",
        "effective_on": "2010-12-10", "certainty": "A", "basis": "public_source",
        "summary_changed": "",
    }  # fmt: skip
