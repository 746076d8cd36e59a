"""What each template makes of what is recorded, and that nothing off the record gets into any."""

from datetime import UTC, datetime
from typing import Any

import pytest
from factories import NEG, World, act, confirmed, in_days, signed_in
from filling import fill, typed_in
from hypothesis import given
from hypothesis import strategies as st
from notebook.jotting import of, saved
from notes.rounds import set_rule

from negotiations.models import AgendaItem, NegotiationSession
from negotiations.models.base import new_id
from negotiations.models.parties import SummaryTemplate
from negotiations.models.sessions import ItemState
from negotiations.notebook.suggestions import for_summary
from negotiations.notes.compile import Material
from negotiations.notes.layouts import draft


async def told(world: World, template: str, *, rule: str = "all_parties") -> str:
    """A session closed with this template; what stands between the heading and the rest."""
    await set_rule(world, rule)
    agenda = [{"issue": "1"}, {"issue": "2"}, {"title": "Next time"}]
    session = (await confirmed(world, local_start=in_days(-1), agenda=agenda))["id"]
    path = f"/api/v1/sessions/{session}"
    assert (await act(world.note_taker, session, "open")).is_success
    items = (await world.coordinator.get(f"{path}/agenda")).json()["items"]
    note = "Both read the meters.\nOFF RECORD: they settle for less\n\nMore in May."
    await saved(world, "note_taker", of(session, "secretariat", items[0]["id"]), note)
    await saved(world, "note_taker", of(session, "secretariat"), "**off the record**: hush")
    for body in (
        {"issue": "1", "value": "declined", "text": "No | never.", "reason": "The law\nsays so",
         "decided_by": "agency", "certainty": "C", "partial": True,
         "sources": [{"citation": "Memo"}]},
        {"issue": "2", "value": "agreed_in_principle", "text": "Subject to the text."},
    ):  # fmt: skip
        answer = await world.note_taker.post(f"{path}/outcomes", json=body)
        assert answer.status_code == 201, answer.text
    for body in (
        {"party": "x", "issue": "1", "text": "We ask | to opt out", "attributed": True},
        {"party": "agency", "issue": "1", "text": "Between us"},
        {"party": "x", "issue": "10", "text": "Not on the agenda", "attributed": True},
    ):
        given_ = {"jurisdiction": "x", "session": session, **body}
        answer = await world.coordinator.post(f"{NEG}/positions", json=given_)
        assert answer.status_code == 201, answer.text
    for body in (
        {"owner": "agency", "text": "Send the form", "due_on": "2030-01-31", "issue": "1"},
        {"owner": "x", "text": "Look into it"},
        {"owner": "x", "text": "Forget it", "status": "dropped"},
    ):
        status = body.pop("status", None)
        made = await world.note_taker.post(
            f"{NEG}/commitments", json={"jurisdiction": "x", "session": session, **body}
        )
        assert made.status_code == 201, made.text
        if status:
            one = f"{NEG}/commitments/{made.json()['id']}"
            tag = {"If-Match": (await world.note_taker.get(one)).headers["etag"]}
            done = await world.note_taker.patch(one, json={"status": status}, headers=tag)
            assert done.status_code == 200
    body_: dict[str, Any] = {"close_kind": "concluded", "template": template}
    assert (await act(world.note_taker, session, "close", body_)).is_success
    text = str((await world.coordinator.get(f"{path}/summary")).json()["body"])
    again = await world.coordinator.get(f"{path}/summary/compiled?template={template}")
    assert again.json() == {"template": template, "body": text}
    for word in ("settle", "hush", "Forget", "Between us"):
        assert word not in text
    return text.partition("## Present")[2] if rule == "all_parties" else text


NOTE = "Both read the meters.\n\nMore in May.\n\n"


async def test_action_lists_outcomes_and_who_does_what_until_when(world: World) -> None:
    assert await told(world, "action") == (
        "\n\nNot recorded.\n\n## 1. Water rights\n\n"
        "OUTCOME: declined in part by Agency (C: disputed or inferred). No | never. "
        "Reason: The law\nsays so\n\n" + NOTE + "## 2. Meters\n\n"
        "OUTCOME: agreed in principle. Subject to the text.\n\n"
        "## 3. Next time\n\nNo outcome recorded.\n\n"
        "## Commitments\n\n- ACTION Agency: Send the form by 2030-01-31\n"
        "- ACTION X: Look into it\n"
    )


async def test_summary_tells_it_in_sentences(world: World) -> None:
    assert await told(world, "summary") == (
        "\n\nNot recorded.\n\n## 1. Water rights\n\n" + NOTE + "The item was declined by Agency, "
        "in part (C: disputed or inferred). No | never. The reason given: The law\nsays so\n\n"
        "Agency undertook, by 31 January 2030: Send the form\n\n## 2. Meters\n\n"
        "The item was agreed in principle. Subject to the text.\n\n"
        "## 3. Next time\n\nNo outcome recorded.\n\n"
        "## Also undertaken\n\nX undertook: Look into it\n"
    )


async def test_joint_record_has_positions_side_by_side_and_exact_words(world: World) -> None:
    assert await told(world, "joint_record") == (
        "\n\nNot recorded.\n\n## 1. Water rights\n\n| Agency | X |\n| --- | --- |\n"
        "| A position is on record; the side gave no leave to quote it. "
        "| We ask \\| to opt out |\n\n" + NOTE + "Outcome: **declined** by Agency, in part "
        "(C: disputed or inferred).\n\n> No | never.\n\nReason given:\n\n> The law\n> says so\n\n"
        "Agency undertook, by 31 January 2030: Send the form\n\n## 2. Meters\n\n"
        "Outcome: **agreed in principle**.\n\n> Subject to the text.\n\n"
        "## 3. Next time\n\nNo outcome recorded.\n\n"
        "## Also undertaken\n\nX undertook: Look into it\n"
    )


@pytest.mark.parametrize("template", list(SummaryTemplate))
async def test_what_the_secretariat_declares_says_so_in_every_template(
    world: World, template: str
) -> None:
    text = await told(world, template, rule="secretariat")
    assert text.count("Compiled from public sources; not agreed by the parties.") == 1
    session = (await world.coordinator.get(f"{NEG}/sessions")).json()["items"][0]["id"]
    agreed = f"/api/v1/sessions/{session}/summary"
    tag = {"If-Match": (await world.coordinator.get(agreed)).headers["etag"]}
    answer = await world.coordinator.post(f"{agreed}/agree", json={}, headers=tag)
    assert answer.json()["state"] == "agreed"


async def test_the_talks_say_which_template_and_the_page_compiles_anew(world: World) -> None:
    await set_rule(world, "all_parties", summary_template="joint_record")
    session = (await confirmed(world, local_start=in_days(-1), agenda=[{"title": "All"}]))["id"]
    browser = await signed_in(world, "note_taker")
    page = await browser.get(f"/s/{session}/close")
    assert typed_in(page.text, "template") == "joint_record"
    assert (await fill(browser, f"/s/{session}/close", {"template": "summary"})).status_code == 303
    here = f"/s/{session}/summary"
    compiled = f"/api/v1/sessions/{session}/summary/compiled"
    assert (await world.coordinator.get(compiled)).json()["template"] == "joint_record"
    wrong = await world.coordinator.get(f"{compiled}?template=poem")
    assert wrong.status_code == 400
    assert (await browser.get(f"{here}?template=poem")).status_code == 404
    await saved(world, "note_taker", of(session, "secretariat"), "Said later.")
    anew = await browser.get(f"{here}?template=action")
    assert "Said later." in typed_in(anew.text, "body")
    assert "Said later." not in typed_in((await browser.get(here)).text, "body")
    delegate = await signed_in(world, "delegate_x")
    assert (await delegate.get(f"{here}?template=action")).status_code == 404


WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc")) | st.just("\n"), max_size=60)


@given(
    template=st.sampled_from(SummaryTemplate),
    before=WORDS,
    mark=st.sampled_from(["OFF RECORD:", "off the record:", "**Off-record**:"]),
)
def test_no_template_has_a_word_that_is_off_the_record(
    template: SummaryTemplate, before: str, mark: str
) -> None:
    note = f"{before}\n{mark} CANARY goes here\nand here CANARY\n\nOn the record again."
    session = NegotiationSession(**_session())
    item = AgendaItem(id=new_id(), title="All", position=1, issue_id=None, state=ItemState.adopted)
    made = Material(
        session, "S", [item], {}, [], {}, [], {}, {item.id: for_summary(note)[0]}
    )  # fmt: skip
    assert "CANARY" not in draft(template, made)


def _session() -> dict[str, Any]:
    start = datetime(2030, 5, 6, 10, tzinfo=UTC)
    return {
        "title": "T", "starts_at": start, "ends_at": start, "tz": "UTC", "room": None,
        "local_start": start.replace(tzinfo=None), "location": None,
    }  # fmt: skip
