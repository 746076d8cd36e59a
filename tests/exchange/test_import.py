"""An import is one whole, goes by the rules, and does nothing twice."""

from typing import Any

from checksum import state
from exchanging import LABOUR, NOW, Held, counts, handed, one_file, refused, take_in
from factories import World, act, propose
from sqlmodel import col, func, select

from negotiations import audit
from negotiations.access.actor import operator
from negotiations.models import (
    AuditEntry,
    Booking,
    EventBytes,
    Membership,
    Negotiation,
    NegotiationSession,
    OutboxEvent,
    Outcome,
    Person,
    SessionChange,
    SummaryRevision,
)
from negotiations.parties import actions as parties

TEXT = LABOUR.decode()
HEAD = """
negotiation: {slug: mill-round-2024, title: Mill agreement 2024, home_tz: Europe/London,
  symbol_prefix: MILL}
"""


def changed(old: str, new: str, text: str = TEXT) -> str:
    assert text.count(old) == 1, (text.count(old), old)
    return text.replace(old, new)


def line(text: str, part: str) -> int:
    """The line on which this stands in a file."""
    assert text.count(part) == 1, (text.count(part), part)
    return text[: text.index(part)].count("\n") + 1


async def rows(world: World | Held, table: Any, *where: Any) -> list[Any]:
    async with world.database.read() as db:
        return list((await db.exec(select(table).where(*where))).all())


async def session_of(world: World | Held, title: str) -> Any:
    [row] = await rows(world, NegotiationSession, col(NegotiationSession.title) == title)
    return row


async def test_a_whole_negotiation_comes_in_by_the_rules(world: World) -> None:
    report = await take_in(world.database, LABOUR)
    assert counts(report, "created") == {
        "negotiation": 1, "party": 4, "team": 1, "issue": 4, "person": 8, "session": 9,
        "outcome": 10, "summary": 2, "position": 4, "commitment": 2, "document_request": 1,
        "track": 2,
    }  # fmt: skip
    assert (counts(report, "updated"), report.notices, report.missing) == (
        {"outcome": 1, "summary": 1}, [], [],
    )  # fmt: skip
    opening = await session_of(world, "Weavers: opening")
    log = await rows(world, SessionChange, col(SessionChange.session_id) == opening.id)
    assert {one.recorded_by for one in log} == {"import"}
    assert {one.created_at for one in log} == {NOW}
    outcomes = await rows(world, Outcome, col(Outcome.session_id) == opening.id)
    assert {(str(one.effective_on), one.recorded_at) for one in outcomes} == {("2024-02-06", NOW)}
    async with world.database.read() as db:
        chains = await audit.verify(db)
        stored = (await db.exec(select(func.count()).select_from(EventBytes))).one()
    assert [fault for chain in chains.values() for fault in chain["faults"]] == []
    assert stored > 9


async def test_the_same_file_again_changes_nothing(world: World) -> None:
    await take_in(world.database, LABOUR)
    before = await state(world)
    report = await take_in(world.database, LABOUR)
    assert await state(world) == before
    assert (counts(report, "created"), counts(report, "updated")) == ({}, {})
    assert counts(report, "unchanged")["session"] == 9


async def test_the_same_in_json_or_laid_out_otherwise_changes_nothing_either(
    world: World,
) -> None:
    await take_in(world.database, LABOUR)
    told = await one_file(world.database, "mill-round-2024")
    report = await take_in(world.database, told, is_json=True)
    assert (counts(report, "created"), counts(report, "updated")) == ({}, {})
    async with world.database.read() as db:
        events = (await db.exec(select(func.count()).select_from(OutboxEvent))).one()
        entries = (await db.exec(select(func.count()).select_from(AuditEntry))).one()
    await take_in(world.database, told, is_json=True)
    async with world.database.read() as db:
        assert (await db.exec(select(func.count()).select_from(OutboxEvent))).one() == events
        assert (await db.exec(select(func.count()).select_from(AuditEntry))).one() == entries


async def test_an_own_export_is_known_again_where_it_never_was_imported(world: World) -> None:
    session = await propose(world)
    await act(world.head_x, session["id"], "accept")
    before = await one_file(world.database, "water-talks")
    report = await take_in(world.database, before, is_json=True)
    assert (counts(report, "created"), counts(report, "updated")) == ({}, {})
    assert await one_file(world.database, "water-talks") == before


async def test_of_a_file_with_a_mistake_nothing_is_kept(elsewhere: Held) -> None:
    before = await state(elsewhere)
    wrong = changed("  - {issue: 20, value: not_reached, text: Not taken up.}\n", "")
    close = line(wrong, "  - {kind: closed, close_kind: concluded}\n  attendance:")
    assert await refused(elsewhere.database, wrong) == [
        (
            f"{close}: sessions[0].changes[1]: No outcome is recorded for agenda item 3. "
            "Record one for each, or not_reached."
        )
    ]
    assert await state(elsewhere) == before


async def test_refusals_of_several_items_are_told_together(elsewhere: Held) -> None:
    wrong = changed("party: company\n  text: No more", "party: machinists\n  text: No more")
    wrong = changed(
        "local_start: 2024-03-07T14:00\n    reason",
        "local_start: 2024-03-04T10:00\n    reason",
        wrong,
    )
    wrong = changed(
        "how: at the table}\n  - {kind: confirmed}",
        "how: at the table}\n  - {kind: published}",
        wrong,
    )
    told = await refused(elsewhere.database, wrong)
    assert [one.split(": ", 2)[1] for one in told] == [
        "sessions[1].changes[1].local_start",
        "sessions[3].changes[2]",
        "positions[2].party",
    ]


TWO_TABLES = (
    HEAD
    + """
parties:
- {slug: company, name: C, short_name: C, kind: agency, tz: Europe/London}
- {slug: weavers, name: W, short_name: W, kind: jurisdiction, tz: Europe/London}
- {slug: machinists, name: M, short_name: M, kind: jurisdiction, tz: Europe/London}
sessions:
- id: a
  jurisdiction: weavers
  local_start: 2030-01-07T10:00
  local_end: 2030-01-07T12:00
  tz: Europe/London
  changes: []
- id: b
  jurisdiction: machinists
  local_start: 2030-01-07T11:00
  local_end: 2030-01-07T13:00
  tz: Europe/London
"""
)


async def test_bookings_have_to_fit_at_the_end_and_every_clash_is_told(elsewhere: Held) -> None:
    third = "- id: c\n  jurisdiction: machinists\n  local_start: 2030-01-07T11:30\n"
    third += "  local_end: 2030-01-07T12:30\n  tz: Europe/London\n"
    told = await refused(elsewhere.database, TWO_TABLES + third)
    here = [line(TWO_TABLES, "id: b"), line(TWO_TABLES + third, "id: c")]
    assert [one.split(": ", 2)[:2] for one in told] == [
        [str(here[0]), "sessions[1]"],
        [str(here[1]), "sessions[2]"],
    ]
    assert told[0].endswith(
        "C's team is not free Mon 7 Jan 11:00 to 13:00 GMT: W / C: session 1. "
        "Choose another time, or another team."
    )


async def test_on_the_way_there_sessions_may_have_been_where_others_are_now(
    elsewhere: Held,
) -> None:
    away = "changes: [{kind: moved, local_start: 2030-01-08T10:00, reason: Snow}]"
    await take_in(elsewhere.database, changed("changes: []", away, TWO_TABLES))
    assert len(await rows(elsewhere, Booking, col(Booking.starts_at) > NOW)) == 4


async def test_a_changed_file_changes_what_can_be_changed(world: World) -> None:
    await take_in(world.database, LABOUR)
    other = changed("name: Weavers' Union, branch 12", "name: Weavers' Union, branch 13")
    other = changed("title: Overtime, raised_by", "title: Overtime by day, raised_by", other)
    other = changed('title: "Weavers: pensions, second day"', "title: Pensions again", other)
    other = changed("- {title: Signing, kind: procedural}", "- {title: Signing and sealing}", other)
    other = changed("text: Not taken up.}", "text: Not taken up at all.}", other)
    other = changed("was not taken up.\n", "was not taken up at all.\n", other)
    other = changed("name: Works manager", "name: Manager of works", other)
    other = changed("due_on: 2024-05-03", "due_on: 2024-05-31", other)
    report = await take_in(world.database, other)
    assert counts(report, "updated") == {
        "party": 1, "issue": 1, "person": 1, "session": 2, "outcome": 1, "summary": 1,
        "commitment": 1,
    }  # fmt: skip
    assert (counts(report, "created"), report.notices) == ({}, [])
    opening = await session_of(world, "Weavers: opening")
    outcomes = await rows(world, Outcome, col(Outcome.session_id) == opening.id)
    assert sorted(one.text for one in outcomes if "Not taken" in one.text) == [
        "Not taken up at all.", "Not taken up.",
    ]  # fmt: skip
    before = await state(world)
    assert counts(await take_in(world.database, other), "updated") == {}
    assert await state(world) == before


async def test_a_session_moves_by_what_is_added_to_its_changes(mill: Held) -> None:
    session = await session_of(mill, "Weavers: pensions, second day")
    moved = changed(
        "how: at the table}\n  - {kind: confirmed}\n",
        "how: at the table}\n  - {kind: confirmed}\n"
        "  - {kind: moved, local_start: 2024-05-03T10:00, reason: May fair}\n",
    )
    assert counts(await take_in(mill.database, moved), "updated") == {"session": 1}
    later = await session_of(mill, "Weavers: pensions, second day")
    assert (later.uid, later.sequence) == (session.uid, session.sequence + 1)
    assert (str(later.local_start), later.status) == ("2024-05-03 10:00:00", "proposed")


async def test_what_cannot_be_changed_is_told_with_its_line_each_time_and_the_rest_is_done(
    mill: Held,
) -> None:
    other = TEXT
    told = []
    for old, new, path, why in (
        ("symbol_prefix: MILL", "symbol_prefix: LOOM", "negotiation.symbol_prefix",
         "It stays MILL: it is settled when talks are founded."),
        ("kind: mediator", "kind: observer", "parties[3].kind",
         "It stays mediator: a party keeps its kind."),
        ("name: Shop steward, role: delegate, party: weavers",
         "name: Shop steward, role: delegate, party: company", "people[5].party",
         "It stays weavers: a person stays on one side."),
        ('title: "Weavers: opening"', "title: First reading", "sessions[0].title",
         "It stays: the session is held."),
        ("- kind: moved\n    local_start: 2024-03-07T14:00\n    reason: The night",
         "- kind: moved\n    local_start: 2024-03-07T14:00\n    reason: No night",
         "sessions[1].changes[1]",
         ("It stays: what happened is never rewritten, and here the session was moved. "
         "Add further changes at the end.")),
    ):  # fmt: skip
        other = changed(old, new, other)
        told.append(f"{line(other, new)}: {path}: {why}")
    other = changed("text: Send the actuary's report", "text: Send both reports", other)
    for updated in ({"commitment": 1}, {}):
        report = await take_in(mill.database, other)
        assert [str(one) for one in sorted(report.notices)] == told
        assert counts(report, "updated") == updated


async def test_what_is_missing_in_a_later_file_stays_and_is_listed(mill: Held) -> None:
    start, end = TEXT.index("- id: M2"), TEXT.index("- id: M3")
    report = await take_in(mill.database, TEXT[:start] + TEXT[end:])
    assert report.missing == ["session M2"]
    assert (await session_of(mill, "Machinists / Hartwell: session 2")).status == "cancelled"


async def test_someone_known_from_other_talks_keeps_their_account(world: World) -> None:
    text = (
        HEAD
        + "people: [{id: c, name: Somebody, email: coordinator@example.org, role: coordinator}]"
    )
    report = await take_in(world.database, text)
    [notice] = report.notices
    assert (notice.line, notice.path) == (4, "people[0].name")
    assert notice.detail == (
        "coordinator@example.org is known as The coordinator from other talks, and stays so."
    )
    people = await rows(world, Person, col(Person.email) == "coordinator@example.org")
    assert [one.name for one in people] == ["The coordinator"]
    assert len(await rows(world, Membership, col(Membership.person_id) == people[0].id)) == 2


async def test_talks_that_are_over_take_nothing_in_but_the_same(elsewhere: Held) -> None:
    ended = changed("approval: all_parties", "approval: all_parties\n  status: concluded")
    await take_in(elsewhere.database, ended)
    [row] = await rows(elsewhere, Negotiation, col(Negotiation.slug) == "mill-round-2024")
    assert row.status == "concluded"
    before = await state(elsewhere)
    await take_in(elsewhere.database, ended)
    assert await state(elsewhere) == before
    more = changed("- {code: 12, title", "- {code: 99, title: New}\n- {code: 12, title", ended)
    [told] = await refused(elsewhere.database, more)
    assert told.startswith(f"{line(more, 'code: 99')}: issues[0]: These talks are concluded")
    assert await state(elsewhere) == before


async def test_a_file_of_a_few_items_adds_to_talks_that_are_there(mill: Held) -> None:
    report = await take_in(
        mill.database,
        HEAD + "commitments: [{jurisdiction: weavers, session: W1, owner: weavers, text: Ask}]",
    )
    assert counts(report, "created") == {"commitment": 1}
    assert len(report.missing) > 20


async def test_parties_and_people_made_by_hand_are_known_by_their_names(world: World) -> None:
    now = world.clock.now()
    async with world.database.write() as db:
        [talks] = (
            await db.exec(select(Negotiation).where(col(Negotiation.slug) == "water-talks"))
        ).all()
        fields = {"title": "Water, and talks"}
        await parties.change(
            db, operator(talks.id), talks, fields, negotiation_id=talks.id, now=now
        )
    report = await take_in(
        world.database,
        "negotiation: {slug: water-talks, title: Water talks, home_tz: America/New_York,"
        " symbol_prefix: WT}\n"
        "parties: [{slug: x, name: X at last, short_name: X, kind: jurisdiction,"
        " tz: America/Los_Angeles}]\n"
        "people: [{id: head, name: Head of X, email: head_x@example.org, role: head, party: x}]\n",
    )
    assert counts(report, "updated") == {"negotiation": 1, "party": 1, "person": 1}
    assert counts(report, "created") == {}


async def test_no_file_holds_a_caucus_session(mill: Held) -> None:
    told = await refused(
        mill.database,
        HEAD + "sessions: [{kind: caucus, local_start: 2030-01-07T10:00,"
        " local_end: 2030-01-07T12:00, tz: UTC}]",
    )
    assert told == [
        "4: sessions[0].kind: A caucus session belongs to its parties alone; no file has it."
    ]


async def test_a_reference_to_the_wrong_kind_is_told_though_all_else_could_be_written(
    elsewhere: Held,
) -> None:
    before = await state(elsewhere)
    wrong = changed(
        "{jurisdiction: weavers, status: active}", "{jurisdiction: company, status: active}"
    )
    assert await refused(elsewhere.database, wrong) == [
        (
            f"{line(wrong, 'jurisdiction: company, status')}: tracks[1].jurisdiction: "
            "company is no jurisdiction but an agency. Name the one with this track."
        )
    ]
    assert await state(elsewhere) == before


async def test_a_superseded_text_of_the_summary_stays_in_the_record(mill: Held) -> None:
    texts = await rows(mill, SummaryRevision, col(SummaryRevision.number) == 2)
    assert [one.body.splitlines()[2] for one in texts] == [
        "First reading of article 12. Article 20 was not taken up."
    ]
    told = await handed(mill.database, "mill-round-2024")
    assert b"First reading of articles 12 and 20." in told["mill-round-2024.json"]


TWINS = """
negotiation: {slug: water-talks, title: Water talks, home_tz: America/New_York, symbol_prefix: WT}
parties:
- {slug: agency, name: Water Agency, short_name: Agency, kind: agency, tz: America/New_York}
- {slug: north, name: North County, short_name: North, kind: jurisdiction, tz: America/Chicago}
commitments:
- {jurisdiction: north, owner: agency, text: Send the price list, due_on: 2024-04-01}
- {id: two, jurisdiction: north, owner: agency, text: Send the price list, due_on: 2024-05-01}
"""


async def test_two_items_of_one_name_are_two_and_stay_two(elsewhere: Held) -> None:
    first = await take_in(elsewhere.database, TWINS)
    again = await take_in(elsewhere.database, TWINS)
    assert first.counts["commitment"] == {"created": 2, "updated": 0, "unchanged": 0}
    assert again.counts["commitment"] == {"created": 0, "updated": 0, "unchanged": 2}


async def test_a_session_proposed_again_at_the_same_time_comes_back(
    world: World, elsewhere: Held
) -> None:
    for _ in range(2):
        session = await propose(world)
        await act(world.coordinator, session["id"], "cancel", {"reason": "No"})
    await propose(world)
    told = await one_file(world.database, "water-talks")
    await take_in(elsewhere.database, told, is_json=True)
    assert await one_file(elsewhere.database, "water-talks") == told
