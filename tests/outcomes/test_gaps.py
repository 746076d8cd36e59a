"""The matrix's page: what changed since a day, and what the record lacks."""

import re

import httpx2
import pytest
from factories import NEG, Demonstration, World, act, confirmed, in_days, signed_in

TALKS = "/n/water-talks"


def lacking(page: httpx2.Response) -> list[str]:
    """The list of gaps as a reader sees it."""
    part = page.text.partition('id="gaps"')[2].partition("</section>")[0]
    found = re.findall(r"<li>(.*?)</li>", part, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", "", one).split()) for one in found]


def marked(page: httpx2.Response) -> list[str]:
    """The issues whose rows are shown in the table."""
    return re.findall(r'<tr id="i-\w+"><th scope="row">(\S+)', page.text)


async def test_what_lacks_comes_first_for_the_secretariat_alone(world: World) -> None:
    browser = await signed_in(world, "coordinator")
    assert lacking(await browser.get(f"{TALKS}/matrix")) == ["No session: X, Y"]
    session = await confirmed(
        world, local_start=in_days(-1), agenda=[{"issue": "1"}, {"issue": "2"}]
    )
    assert (await act(world.coordinator, session["id"], "open")).status_code == 200
    for issue in ("1", "2"):
        answer = await world.note_taker.post(
            f"/api/v1/sessions/{session['id']}/outcomes",
            json={"issue": issue, "value": "noted", "text": "So it is."},
        )
        assert answer.status_code == 201, answer.text
    closed = await act(world.coordinator, session["id"], "close", {"close_kind": "concluded"})
    assert closed.status_code == 200, closed.text
    promised = await world.coordinator.post(
        f"{NEG}/commitments",
        json={"jurisdiction": "x", "owner": "x", "text": "Send it", "due_on": "2020-01-31"},
    )
    assert promised.status_code == 201, promised.text
    page = await browser.get(f"{TALKS}/matrix")
    issues = [
        one["code"]
        for one in (await world.coordinator.get(f"{NEG}/issues")).json()["items"]
        if one["code"] not in ("1", "2")
    ]
    told = issues[0] if len(issues) == 1 else f"{', '.join(issues[:-1])} and {issues[-1]}"
    many = "issue" if len(issues) == 1 else "issues"
    assert lacking(page) == [
        "No session: Y",
        f"No summary sent round: {session['title']}",
        f"No outcome: X on {many} {told}",
        "Overdue: 1 commitment",
    ]
    assert lacking(await (await signed_in(world, "note_taker")).get(f"{TALKS}/matrix")) == lacking(
        page
    )
    for name in ("head_x", "delegate_y", "agency_head"):
        shown = await (await signed_in(world, name)).get(f"{TALKS}/matrix")
        assert "What the record lacks" not in shown.text
    assert lacking(await browser.get(f"{TALKS}/matrix?as_of=2026-01-01")) == []


@pytest.mark.parametrize(
    ("since", "issues"),
    [("2010-11-05", ["1", "2", "3", "4", "5"]), ("2010-11-06", ["1", "3"]), ("2030-01-01", [])],
)
async def test_only_what_changed_since_a_day_is_shown_and_marked(
    demonstration: Demonstration, since: str, issues: list[str]
) -> None:
    browser = await signed_in(demonstration, "coordinator")
    page = await browser.get(f"/n/secure-communities-2010/matrix?since={since}")
    found = marked(page)
    if not issues:
        assert "Nothing changed since Tue 1 Jan 2030" in page.text
    assert found == issues
    whole = await browser.get("/n/secure-communities-2010/matrix")
    assert len(marked(whole)) > len(found) or found == marked(whole)
    assert '<small class="warn">changed</small>' not in whole.text
    assert (await browser.get("/n/secure-communities-2010/matrix?since=soon")).status_code == 400
