"""A labour round of one company and two unions: the service runs it as it is, by its file alone."""

from typing import Any

from exchanging import SEATED, one_file
from factories import World, act, signed_in
from icalendar import Calendar

from negotiations.exchange.exporting import Format

SLUG = "mill-round-2024"
NEG = f"/api/v1/negotiations/{SLUG}"


def grid(matrix: dict[str, Any]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for one in matrix["cells"]:
        found.setdefault(one["issue"], {})[one["jurisdiction"]] = one["value"]
    return found


async def test_the_matrix_compares_the_articles_over_both_unions(mill_round: World) -> None:
    matrix = (await mill_round.secretary.get(f"{NEG}/outcomes")).json()
    assert grid(matrix) == {
        "12": {"machinists": "not_recorded", "weavers": "tentatively_agreed"},
        "12.3": {"machinists": "not_recorded", "weavers": "agreed"},
        "12.10": {"machinists": "agreed", "weavers": "not_recorded"},
        "20": {"machinists": "impasse", "weavers": "deferred"},
    }
    early = (await mill_round.secretary.get(f"{NEG}/outcomes?as_of=2024-03-06")).json()
    assert grid(early)["12"] == {"machinists": "not_recorded", "weavers": "noted"}
    own = (await mill_round.machinists.get(f"{NEG}/outcomes")).json()
    assert [one["slug"] for one in own["jurisdictions"]] == ["machinists"]


async def test_a_session_is_proposed_accepted_and_confirmed_in_it(mill_round: World) -> None:
    body = {
        "jurisdiction": "machinists", "local_start": "2027-01-11T10:00",
        "local_end": "2027-01-11T12:00", "tz": "Europe/Dublin", "location": "Liberty Hall",
        "agenda": [{"issue": "20"}, {"issue": "12.10"}],
    }  # fmt: skip
    made = await mill_round.secretary.post(f"{NEG}/sessions", json=body)
    assert made.status_code == 201, made.text
    assert made.json()["title"] == "Machinists / Hartwell: session 5"
    for name in ("machinists", "personnel"):
        answer = await act(mill_round.clients[name], made.json()["id"], "accept")
        assert answer.status_code == 200, answer.text
    answer = await act(mill_round.secretary, made.json()["id"], "confirm")
    assert (answer.status_code, answer.json()["status"]) == (200, "confirmed")
    assert (
        await mill_round.weavers.get(f"/api/v1/sessions/{made.json()['id']}")
    ).status_code == 404
    told = await one_file(mill_round.database, SLUG)
    assert b'"machinists/2027-01-11T10:00"' in told


async def test_every_feed_answers_with_the_sessions_of_its_owner(mill_round: World) -> None:
    counts = {}
    for name in SEATED:
        answer = await mill_round.nobody.get(mill_round.feeds[name])
        assert answer.status_code == 200
        counts[name] = len(Calendar.from_ical(answer.content).walk("VEVENT"))
    # Each with its window; the plenary is everybody's.
    assert counts == {"secretary": 10, "personnel": 10, "weavers": 6, "machinists": 6}
    public = await mill_round.nobody.get(f"/public/{SLUG}.ics")
    assert len(Calendar.from_ical(public.content).walk("VEVENT")) == 1


def page_paths(session: str) -> list[str]:
    talks = f"/n/{SLUG}"
    return [
        "/", talks, f"{talks}/schedule", f"{talks}/matrix", f"{talks}/tracks/weavers",
        f"{talks}/people", f"{talks}/set-up", f"/s/{session}", "/feeds", f"{talks}/sessions/new",
    ]  # fmt: skip


async def test_its_pages_answer(mill_round: World) -> None:
    listed = (await mill_round.secretary.get(f"{NEG}/sessions?jurisdiction=weavers")).json()[
        "items"
    ]
    browser = await signed_in(mill_round, "secretary")
    for path in page_paths(listed[0]["id"]):
        page = await browser.get(path)
        assert page.status_code == 200, path
    matrix = (await browser.get(f"/n/{SLUG}/matrix")).text
    assert "Weavers&#39; Union, branch 12" in matrix or "Weavers' Union, branch 12" in matrix
    assert (await mill_round.nobody.get(f"/public/{SLUG}")).status_code == 200


async def test_it_is_handed_over_in_every_form(mill_round: World) -> None:
    told = {
        form: await one_file(mill_round.database, SLUG, form)
        for form in Format
        if form is not Format.csv
    }
    assert {form for form, content in told.items() if b"Guildhall" in content} == set(told)
