"""FORMAT.md tells of every field there is, and its example works."""

import re
from pathlib import Path
from typing import Any, get_args

import pytest
from exchanging import Held, counts, take_in
from pydantic import BaseModel

import negotiations.exchange
from negotiations.documents.bodies import NewDocumentRequest, NewRequestEvent
from negotiations.exchange.document import FORMAT
from negotiations.exchange.sections import SECTIONS
from negotiations.exchange.sections.changes import ChangeItem
from negotiations.exchange.sections.documents import RequestEventItem
from negotiations.exchange.sections.results import AttendeeItem, OutcomeItem
from negotiations.outcomes.bodies import NewCommitment, NewOutcome, NewPosition
from negotiations.parties.bodies import NewIssue, NewNegotiation, NewParty, NewPerson, NewTeam
from negotiations.scheduling.bodies import Attendee, NewSession
from negotiations.web.fields import Body

TEXT = (Path(negotiations.exchange.__file__).parent / "FORMAT.md").read_text("utf-8")
ITEMS: dict[str, type[Body]] = {section.name: section.item for section in SECTIONS}
# What no file gives, since it says it otherwise or may not say it at all.
UNSAID = {
    "negotiation": {"agency"},
    "sessions": {"caucus", "id of an agenda item"},
    "positions": {"supersedes"},
}


def part(section: str) -> str:
    found = re.search(rf"^### {section}\b.*?(?=^##|\Z)", TEXT, re.MULTILINE | re.DOTALL)
    assert found, section
    return found[0]


@pytest.mark.parametrize("section", list(ITEMS))
def test_every_field_of_a_section_is_explained(section: str) -> None:
    told = part(section)
    wanted = set(ITEMS[section].model_fields) - UNSAID.get(section, set())
    assert sorted(name for name in wanted if f"`{name}`" not in told) == []


def test_every_change_and_what_comes_of_a_session_is_explained() -> None:
    told = part("sessions")
    steps: list[type[BaseModel]] = list(get_args(get_args(ChangeItem)[0]))
    kinds = {get_args(one.model_fields["kind"].annotation)[0]: one for one in steps}
    for kind, step in kinds.items():
        row = next(line for line in told.splitlines() if line.startswith(f"| `{kind}` |"))
        fields = {name: field.is_required() for name, field in step.model_fields.items()}
        del fields["kind"]
        assert {name: f"`{name}`\\*" in row for name in fields if f"`{name}`" in row} == fields
    for item in (OutcomeItem, AttendeeItem):
        names = set(item.model_fields) - {"supersedes"}
        assert sorted(name for name in names if f"`{name}`" not in told) == []
    requests = part("document_requests")
    assert [one for one in RequestEventItem.model_fields if f"`{one}`" not in requests] == []


@pytest.mark.parametrize(
    ("body", "item"),
    [
        (NewNegotiation, ITEMS["negotiation"]),
        (NewParty, ITEMS["parties"]),
        (NewTeam, ITEMS["teams"]),
        (NewIssue, ITEMS["issues"]),
        (NewPerson, ITEMS["people"]),
        (NewSession, ITEMS["sessions"]),
        (NewOutcome, OutcomeItem),
        (Attendee, AttendeeItem),
        (NewPosition, ITEMS["positions"]),
        (NewCommitment, ITEMS["commitments"]),
        (NewDocumentRequest, ITEMS["document_requests"]),
        (NewRequestEvent, RequestEventItem),
    ],
)
def test_a_file_can_say_all_that_can_be_entered(body: type[Body], item: type[Body]) -> None:
    assert issubclass(item, body)


async def test_the_example_can_be_imported(elsewhere: Held) -> None:
    example = re.search(r"```yaml\n(.*?)```", TEXT, re.DOTALL)
    assert example
    report = await take_in(elsewhere.database, example[1])
    created: dict[str, Any] = counts(report, "created")
    assert created == {
        "negotiation": 1, "party": 2, "issue": 2, "person": 2, "session": 1, "outcome": 2,
        "summary": 1, "commitment": 1, "track": 1,
    }  # fmt: skip
    assert f"`format: {FORMAT}`" in TEXT
