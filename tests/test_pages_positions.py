"""The pages of what each side holds, and the page that asks whether all were told the same."""

import re
from html import unescape
from typing import Any

import httpx2
import pytest
from beginnings import once_made
from browsing import TALKS, TO_SIGN_IN, text_of, told
from factories import NEG, Demonstration, World, confirmed, in_days, signed_in
from filling import CANARY, Forms, beside, counts, fill, problem_of, send, typed_in
from test_pages_overview import Queries

POSITIONS = f"{NEG}/positions"
TRACK = f"{TALKS}/tracks/x"
FORM = f"{TRACK}/positions"
OURS = f"{FORM}?issue=1&party=x"
RECORD = "/n/secure-communities-2010"
API = "/api/v1/negotiations/secure-communities-2010"
READERS = ("coordinator", "note_taker", "head_x", "agency_head", "delegate_x", "agency_delegate",
           "delegate_y")  # fmt: skip


def plain(text: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", text)).split())


def cells_of(page: str, row: str) -> list[str]:
    """The cells of the table row that begins with these words, as read."""
    for found in re.findall(r"<tr[^>]*>(.*?)</tr>", page, re.DOTALL):
        parts = [plain(one) for one in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", found, re.DOTALL)]
        if parts[0] == row:
            return parts[1:]
    raise AssertionError(row)


@once_made
async def hold(world: World, **more: Any) -> dict[str, Any]:
    body = {"jurisdiction": "x", "party": "x", "issue": "1", "text": "Ours.", **more}
    answer = await world.coordinator.post(POSITIONS, json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_the_record_shows_both_sides_with_day_leave_mark_and_source(
    demonstration: Demonstration,
) -> None:
    sheriff = (
        "Request to be removed from the programme, submitted again by the sheriff, in writing. "
        "Tue 31 Aug 2010, in the record’s words Source: SFBG, 31 August 2010 (A) 1 earlier of "
        "San Francisco on issue 1 "
        "Request to be removed from the programme, by resolution 269-10 of the Board of "
        "Supervisors. The vote is reported as 9-2 (certainty B). Tue 8 Jun 2010, in the record’s "
        "words Source: Resolution 269-10, file 100650 (A)"
    )
    text = await text_of(demonstration, "san-francisco", f"{RECORD}/tracks/san-francisco")
    ours, theirs = cells_of(text.partition("Positions</h2>")[2], "1 Withhold fingerprint data")
    assert ours == f"{sheriff} Replace or let quote : San Francisco on issue 1"
    assert theirs == (
        "Fingerprint data can't be withheld. Tue 9 Nov 2010 , in the record’s words Source: "
        "floridaindependent.com, November 2010 (A); washingtonindependent.com, November 2010 (A) "
        "1 earlier of ICE on issue 1 Secretary Napolitano (Homeland Security): not “an opt in/opt "
        "out program”. Wed 6 Oct 2010, may be quoted as theirs Source: "
        "washingtonindependent.com, October 2010 (A)"
    )
    dc = (await text_of(demonstration, "dc", f"{RECORD}/tracks/dc")).partition("Positions</h2>")[2]
    assert (
        "Wed 6 Oct 2010, may be quoted as theirs" in cells_of(dc, "1 Withhold fingerprint data")[1]
    )
    listed = (
        await demonstration.coordinator.get(
            f"/api/v1{RECORD.replace('/n', '/negotiations')}/sessions"
        )
    ).json()["items"]
    session = next(one["id"] for one in listed if one["jurisdiction"] == "santa-clara")
    page = (await text_of(demonstration, "ice", f"/s/{session}")).partition("Positions</h2>")[2]
    ours, theirs = cells_of(page, "1 Withhold fingerprint data")
    assert theirs.startswith(
        "Removal will not be permitted. That this answers issue 1 is inferred. Tue 9 Nov 2010 , in "
        "the record’s words C: disputed or inferred Source: County of Santa Clara release, 10 "
        "November 2010 (A); gilroydispatch.com, November 2010 (B)"
    )
    assert "Replace or let quote" not in ours
    assert f'href="/s/{session}"' in page
    assert "Not receive match results" not in page.partition("</table>")[0]


async def test_who_may_state_for_whom_is_offered_the_form_and_nobody_else(world: World) -> None:
    session = (await confirmed(world, local_start=in_days(-2)))["id"]
    offered = {}
    for who in READERS[:-1]:
        browser = await signed_in(world, who)
        for path in (TRACK, f"/s/{session}"):
            text = (await browser.get(path)).text
            sides = set(re.findall(r"positions\?issue=1&amp;party=(\w+)", text))
            assert offered.setdefault(who, sides) == sides, (who, path)
    both = {"x", "agency"}
    assert offered == {
        "coordinator": both, "note_taker": both, "head_x": {"x"}, "agency_head": {"agency"},
        "delegate_x": set(), "agency_delegate": set(),
    }  # fmt: skip
    theirs = f"{FORM}?issue=1&party=agency"
    answers = {who: (await (await signed_in(world, who)).get(OURS)).status_code for who in READERS}
    other = {who: (await (await signed_in(world, who)).get(theirs)).status_code for who in READERS}
    assert answers == {**dict.fromkeys(READERS, 403), "coordinator": 200, "note_taker": 200,
                       "head_x": 200, "delegate_y": 404}  # fmt: skip
    assert other == {**answers, "head_x": 403, "agency_head": 200}
    assert told(await world.nobody.get(OURS)) == TO_SIGN_IN
    y = await signed_in(world, "delegate_y")
    unknown = await y.get(f"{TALKS}/tracks/none/positions?issue=1&party=x")
    assert (await y.get(OURS)).content == unknown.content
    for options in ("", "?issue=1", "?issue=99&party=x", "?issue=1&party=y", "?party=%00&issue=1"):
        assert (await (await signed_in(world, "head_x")).get(FORM + options)).status_code == 404


async def test_a_head_states_replaces_and_lets_quote_by_page(world: World) -> None:
    session = (await confirmed(world, local_start=in_days(-2), title="The second meeting"))["id"]
    head = await signed_in(world, "head_x")
    typed = {"text": "We keep it.\r\nAll.", "sources": "Memo | https://x.example/m | C",
             "certainty": "B", "session": session}  # fmt: skip
    answer = await fill(head, OURS, typed, FORM)
    assert told(answer).startswith(f"303 {TRACK}#p-")
    [made] = (await world.head_x.get(POSITIONS)).json()["items"]
    assert {name: made[name] for name in (
        "text", "attributed", "basis", "certainty", "session", "stated_on", "sources"
    )} == {
        "text": "We keep it.\nAll.", "attributed": False, "basis": "live", "certainty": "B",
        "session": session, "stated_on": in_days(-2)[:10],
        "sources": [{"citation": "Memo", "url": "https://x.example/m", "certainty": "C"}],
    }  # fmt: skip
    quote = f"{TALKS}/positions/{made['id']}"
    page = await head.get(OURS)
    assert "Let it be quoted as X’s own words" in page.text
    assert told(await send(head, page, quote, {})).startswith(f"303 {TRACK}#p-")
    assert "may be quoted as theirs" in await text_of(world, "delegate_x", TRACK)
    stale = await send(head, page, quote, {})
    assert stale.status_code == 412
    other = await (await signed_in(world, "agency_head")).get(f"{FORM}?issue=1&party=agency")
    forbidden = await send(
        await signed_in(world, "agency_head"), await _with(other, quote, made), quote, {}
    )
    assert forbidden.status_code == 403
    later = {"text": "We keep half.", "stated_on": in_days(-1)[:10], "attributed": "true"}
    assert (await fill(head, OURS, later, FORM)).status_code == 303
    rows = (await world.head_x.get(POSITIONS)).json()["items"]
    assert [(one["text"], one["attributed"], one["supersedes"]) for one in rows] == [
        ("We keep it.\nAll.", True, None), ("We keep half.", True, made["id"]),
    ]  # fmt: skip


async def _with(page: httpx2.Response, action: str, made: dict[str, Any]) -> httpx2.Response:
    """The page with one more form of that browser, as somebody may make it up."""
    csrf = dict(Forms(page.text).found["/sign-out"])["csrf"]
    form = (
        f'<form action="{action}"><input name="csrf" value="{csrf}">'
        f'<input name="base" value="0"><input name="attributed" value="false"></form>{made["id"]}'
    )
    return httpx2.Response(200, text=form)


async def test_a_wrong_position_is_kept_as_typed_and_nothing_is_saved(world: World) -> None:
    other = (await confirmed(world, jurisdiction="x", local_start=in_days(-2)))["id"]
    note_taker = await signed_in(world, "note_taker")
    before = await counts(world)
    typed = {
        "text": " ", "stated_on": "2190-01-01", "certainty": "C", "attributed": "true",
        "sources": "A | javascript:alert(1) | C", "session": other,
    }  # fmt: skip
    answer = await fill(note_taker, OURS, typed, FORM)
    assert answer.status_code == 422
    assert beside(answer, "text")
    assert beside(answer, "sources").startswith("Line 1: ")
    for name in ("stated_on", "certainty", "attributed", "sources", "session"):
        assert typed_in(answer.text, name) == typed[name], name
    answer = await send(note_taker, answer, FORM, {"text": "Something", "sources": "A"})
    assert beside(answer, "stated_on") == "This date lies in the future."
    answer = await send(note_taker, answer, FORM, {"stated_on": "", "session": "f" * 20})
    assert beside(answer, "session") == "There is no such session in these talks."
    assert await counts(world) == before
    answer = await send(note_taker, answer, FORM, {"session": ""})
    assert answer.status_code == 303, answer.text


async def test_a_position_stated_meanwhile_is_shown_and_not_replaced_unseen(world: World) -> None:
    head = await signed_in(world, "head_x")
    page = await head.get(OURS)
    await hold(world, text="Said meanwhile.")
    before = await counts(world)
    answer = await send(head, page, FORM, {"text": "Mine."})
    assert answer.status_code == 409
    assert "already" in problem_of(answer)
    assert "Said meanwhile." in plain(answer.text)
    assert typed_in(answer.text, "text") == "Mine."
    assert await counts(world) == before
    assert (await send(head, answer, FORM, {})).status_code == 303
    rows = (await world.head_x.get(POSITIONS)).json()["items"]
    assert [one["text"] for one in rows] == ["Said meanwhile.", "Mine."]


async def test_what_was_written_is_shown_as_text(world: World) -> None:
    session = (await confirmed(world, local_start=in_days(-2)))["id"]
    first = await hold(world, text=CANARY, session=session, sources=[{"citation": CANARY}])
    await hold(world, text=f"2 {CANARY}", supersedes=first["id"])
    for path in (TRACK, f"/s/{session}", OURS):
        text = await text_of(world, "coordinator", path)
        assert "<script>alert" not in text, path
        assert "&lt;script&gt;alert(" in text, path


async def test_the_answers_compared_begin_with_what_differs(demonstration: Demonstration) -> None:
    text = await text_of(demonstration, "coordinator", f"{RECORD}/consistency")
    rows = [plain(one) for one in re.findall(r'<th scope="row">(.*?)</th>', text, re.DOTALL)]
    assert [one[0] for one in rows] == ["2", "3", "4", "5", "1"]
    finding, answers, missing, without = cells_of(text, "3 Whether detainers bind local police")
    assert finding == (
        "To one only. Answered to San Francisco only: Arlington and Santa Clara had sessions too, "
        "without a recorded answer."
    )
    assert answers == (
        "San Francisco : ○ clarified , Tue 9 Nov 2010 : "
        "Local police are not obliged to honour every detainer."
    )
    assert (missing, without) == ("Arlington Santa Clara", "DC")
    same = cells_of(text, "1 Withhold fingerprint data")
    assert same[0].startswith("Same. The same answer 3 times: declined, in different words.")
    assert same[1].count("✕ declined by ICE") == 3
    assert same[1].count("C: disputed or inferred") == 1
    assert re.search(r'<a href="/s/[0-9a-f]{20}">Tue 9 Nov 2010</a>', text)
    early = await text_of(demonstration, "ice", f"{RECORD}/consistency?as_of=2010-11-05")
    assert "As of Fri 5 Nov 2010" in plain(early)
    assert cells_of(early, "1 Withhold fingerprint data")[0] == (
        "Nothing to compare. Answered to Arlington; no other jurisdiction had a session."
    )
    for path in (f"{RECORD}/matrix", f"{RECORD}/matrix?as_of=2010-11-05"):
        matrix = await text_of(demonstration, "ice", path)
        query = path.partition("?")[2]
        assert f'href="{RECORD}/consistency{"?" if query else ""}{query}"' in matrix


@pytest.mark.parametrize("account", ["arlington", "dc"])
async def test_one_track_alone_is_not_compared_and_names_no_other(
    demonstration: Demonstration, account: str
) -> None:
    text = await text_of(demonstration, account, f"{RECORD}/consistency")
    assert "You read one track of these talks, and one alone can’t be compared." in text
    assert "<table" not in text
    own = {"arlington": "Arlington", "dc": "DC"}[account]
    for name in {"Arlington", "Santa Clara", "San Francisco", "DC"} - {own}:
        assert name not in plain(text)
    assert "consistency" not in await text_of(demonstration, account, f"{RECORD}/matrix")


async def test_the_pages_are_there_for_whom_they_are_for(world: World) -> None:
    path = f"{TALKS}/consistency"
    for who, status in (("coordinator", 200), ("delegate_y", 200), ("coordinator_elsewhere", 404)):
        answer = await (await signed_in(world, who)).get(path)
        assert (answer.status_code, "no-store" in answer.headers["cache-control"]) == (status, True)
    assert told(await world.nobody.get(path)) == TO_SIGN_IN
    coordinator = await signed_in(world, "coordinator")
    assert (await coordinator.get(f"{path}?as_of=soon")).status_code == 400


async def test_thirty_positions_cost_no_more_questions_than_one(world: World) -> None:
    session = (await confirmed(world, local_start=in_days(-2)))["id"]
    browser = await signed_in(world, "coordinator")
    paths = (TRACK, f"/s/{session}", f"/s/{session}/summary", OURS, f"{TALKS}/consistency",
             f"{TALKS}/matrix")  # fmt: skip

    async def counted() -> dict[str, int]:
        found = {}
        for path in paths:
            with Queries() as queries:
                assert (await browser.get(path)).status_code == 200, path
            found[path] = queries.count
        return found

    last = await hold(world, sources=[{"citation": "A"}])
    few = await counted()
    for number in range(30):
        issue = {"code": f"9.{number}", "title": "T"}
        assert (await world.coordinator.post(f"{NEG}/issues", json=issue)).status_code == 201
        cited = [{"citation": f"Source {number}"}, {"citation": "A"}]
        await hold(world, issue=issue["code"], sources=cited, party="agency")
        last = await hold(world, text=f"Take {number}", supersedes=last["id"], sources=cited)
    assert await counted() == few
    assert max(few.values()) <= 30
