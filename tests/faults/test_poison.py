"""F30, reduced: a dozen nasty values in every text column, and every address still answers."""

import pytest
from factories import Demonstration, send_form
from faults import nasty
from faults.answers import TALKS
from faults.columns import texts
from faults.poison import Round, unlimited
from notes.rounds import act, sha
from permissions.tries import BUSY, CALENDAR, HOURS
from sharing import whole

from negotiations.settings import Settings

SEED = "1"


@pytest.fixture
def settings(database_url: str) -> Settings:
    return unlimited(database_url)


@pytest.fixture
async def round_(demonstration: Demonstration) -> Round:
    """The demonstration with one of everything that it doesn't hold by itself."""
    listed = await demonstration.coordinator.get(f"/api/v1/negotiations/{TALKS}/sessions")
    session = next(one for one in listed.json()["items"] if one["status"] == "held")
    late = await demonstration.coordinator.put(
        f"/api/v1/sessions/{session['id']}/summary",
        json={"body": "Too late"},
        headers={"If-Match": '"old"'},
    )
    assert late.status_code == 412
    note = f"/api/v1/sessions/{session['id']}/notes/secretariat/general"
    for headers, status in (({"If-None-Match": "*"}, 201), ({"If-Match": '"old"'}, 412)):
        saved = await demonstration.coordinator.put(
            note, json={"body": str(status)}, headers=headers
        )
        assert saved.status_code == status
    hook = {"negotiation": TALKS, "url": "https://hooks.example.org/talks"}
    made = await demonstration.coordinator.post("/api/v1/webhooks", json=hook)
    path = f"/api/v1/webhooks/{made.json()['id']}/test"
    assert (await demonstration.coordinator.post(path, json={})).status_code == 201
    await when_one_can_meet(demonstration)
    await draft(demonstration)
    await correct(demonstration, f"/api/v1/sessions/{session['id']}/summary")
    assert (await demonstration.nobody.get(demonstration.feeds["arlington"])).status_code == 200
    await demonstration.app.state.fetches.write(demonstration.database)
    asked = await send_form(demonstration.nobody, "/sign-in", email="ice@example.org")
    assert asked.status_code == 200
    round_ = Round(demonstration, SEED, turns=4 if whole(demonstration) else 12)
    await round_.begin()
    return round_


async def when_one_can_meet(demonstration: Demonstration) -> None:
    """The coordinator's own hours, a busy time and a calendar elsewhere."""
    mine = "/api/v1/me/availability"
    client = demonstration.coordinator
    tag = {"If-Match": (await client.get(mine)).headers["etag"]}
    hours = {**HOURS, "exceptions": [{"on": "2030-11-11", "hours": "10:00-11:00"}]}
    assert (await client.put(mine, json=hours, headers=tag)).status_code == 200
    for path, body in (("busy-blocks", BUSY), ("busy-calendars", CALENDAR)):
        answer = await client.post(f"/api/v1/{path}", json=body)
        assert answer.status_code == 201, answer.text


async def draft(demonstration: Demonstration) -> None:
    """A plan, with what it wants."""
    days = {"first_on": "2030-11-04", "last_on": "2030-11-08"}
    answer = await demonstration.coordinator.post(
        f"/api/v1/negotiations/{TALKS}/plans", json={"title": "A week", **days}
    )
    assert answer.status_code == 201, answer.text


async def correct(demonstration: Demonstration, path: str) -> None:
    """A corrigendum goes round: there is a decision, and a comment."""
    text, head = "As it was said", demonstration.clients["ice"]
    for client, what, body in (
        (demonstration.coordinator, "corrigendum", {"body": text}),
        (demonstration.coordinator, "circulate", {}),
        (head, "decide", {"sha256": sha(text), "decision": "objected", "statement": "Not so"}),
        (head, "comments", {"body": "Nor like this"}),
    ):
        answer = await act(client, path, what, body)
        assert answer.status_code in (200, 201), (what, answer.text)


@pytest.mark.walks
async def test_a_dozen_nasty_values_words_and_json_take_nothing_else_with_them(
    round_: Round,
) -> None:
    """Each value asks a quarter of the addresses in turn; on PostgreSQL a twelfth."""
    for value in nasty.FEW:
        await round_.try_text(value, texts())
    assert round_.report.broken == [], round_.report.text()
    assert round_.report.written > 10 * len(nasty.FEW)
    assert len(round_.addresses()) > 100
    assert round_.unfilled() <= NOT_IN_THE_DEMONSTRATION, "no row to write into"
    # Of another version.
    await round_.try_words(nasty.UNKNOWN_WORDS[:1])
    await round_.try_json()
    assert round_.report.broken == [], round_.report.text()


# Tables of what the demonstration doesn't show yet.
NOT_IN_THE_DEMONSTRATION = {
    "acknowledgement", "caucus", "external_id", "idempotency_key", "invitation", "job", "notice",
    "poll", "poll_option", "vote",
}  # fmt: skip
