"""The audit chains: they verify after a whole life, and no tampering goes unseen."""

import re
from collections.abc import Callable
from hashlib import sha256
from typing import Any

import pytest
from beginnings import once_made
from factories import NEG, World, act, caucus_body, confirmed, in_days
from notebook.jotting import of, saved
from notes.rounds import act as at_the_summary
from notes.rounds import circulate, decide
from sqlmodel import col, select

from negotiations import audit, audited
from negotiations.chains import Head, head_of
from negotiations.models import AuditEntry, Commitment, NoteRevision, Outcome, Row, SummaryRevision

# What each tampering does to a chain of entries, and what the first fault found must say.
Entries = list[AuditEntry]


@once_made
async def a_life(world: World) -> str:
    """A session from proposal to a superseded outcome; returns its id."""
    session = await confirmed(world, local_start=in_days(-1))
    path = f"/api/v1/sessions/{session['id']}"
    posted = await world.note_taker.put(
        f"{path}/summary",
        headers={"If-None-Match": "*"},
        json={
            "body": "Held",
            "close": "concluded",
            "outcomes": [
                {"issue": "1", "value": "noted", "text": "Heard"},
                {"issue": "2", "value": "not_reached", "text": ""},
            ],
            "commitments": [{"owner": "x", "text": "Write"}],
        },
    )
    assert posted.status_code == 201, posted.text
    outcomes = (await world.coordinator.get(f"{path}/outcomes")).json()["items"]
    first = next(one for one in outcomes if one["issue"] == "1")
    body = {"issue": "1", "value": "agreed", "text": "Yes", "supersedes": first["id"]}
    assert (await world.note_taker.post(f"{path}/outcomes", json=body)).status_code == 201
    assert (await act(world.coordinator, session["id"], "publish")).status_code == 200
    return str(session["id"])


async def chain(world: World) -> Entries:
    """The entries of the track of X, in order."""
    tracks = (await world.coordinator.get(f"{NEG}/tracks")).json()["items"]
    track = next(one["id"] for one in tracks if one["jurisdiction"] == "x")
    async with world.database.read() as db:
        rows = await db.exec(
            select(AuditEntry)
            .where(col(AuditEntry.chain) == f"track:{track}")
            .order_by(col(AuditEntry.number))
        )
        return list(rows.all())


async def test_every_act_is_entered_and_the_chains_verify_after_a_whole_life(world: World) -> None:
    await a_life(world)
    entries = await chain(world)
    assert [entry.action for entry in entries] == [
        "session.proposed",
        "session.accepted",
        "session.accepted",
        "session.confirmed",
        "summary.saved",
        "outcome.recorded",
        "outcome.recorded",
        "commitment.created",
        "session.held",
        "outcome.recorded",
        "session.published",
    ]
    assert [entry.number for entry in entries] == list(range(1, 12))
    people = world.people
    assert [entry.actor for entry in entries[:4]] == [
        people["coordinator"], people["head_x"], people["agency_head"], people["coordinator"]
    ]  # fmt: skip
    async with world.database.read() as db:
        report = await audit.verify(db)
    assert [one["faults"] for one in report.values()] == [[] for _ in report]
    assert report[entries[0].chain] == {"entries": 11, "head": entries[-1].sha256, "faults": []}
    assert len(report) == 3  # both talks, and the one track that something happened in


async def test_a_refused_act_and_a_try_leave_no_entry(world: World) -> None:
    session = await a_life(world)
    before = len(await chain(world))
    await act(world.coordinator, session, "cancel", {"reason": "Too late"})
    await act(world.delegate_x, session, "publish")
    other = await confirmed(world, local_start=in_days(5))
    assert len(await chain(world)) == before + 4
    answer = await act(world.coordinator, other["id"], "cancel?dry_run=true", {"reason": "Try"})
    assert answer.status_code == 200
    assert len(await chain(world)) == before + 4


def edit(entries: Entries) -> Entries:
    entries[3].action = "session.cancelled"
    return entries


def edit_what_was_written(entries: Entries) -> Entries:
    entries[3].content_sha256 = "0" * 64
    return entries


def edit_and_hash_again(entries: Entries) -> Entries:
    entries[3].actor = "someone else"
    entries[3].sha256 = audit.entry_hash(entries[3])
    return entries


def delete_in_the_middle(entries: Entries) -> Entries:
    return entries[:3] + entries[4:]


def delete_and_number_again(entries: Entries) -> Entries:
    return renumbered(entries[:3] + entries[4:])


def delete_the_first(entries: Entries) -> Entries:
    return entries[1:]


def swap(entries: Entries) -> Entries:
    entries[3], entries[4] = entries[4], entries[3]
    return entries


def swap_and_number_again(entries: Entries) -> Entries:
    return renumbered(swap(entries))


def insert(entries: Entries) -> Entries:
    copy = AuditEntry(**entries[3].model_dump(exclude={"id"}))
    return [*entries[:4], copy, *entries[4:]]


def insert_and_number_again(entries: Entries) -> Entries:
    return renumbered(insert(entries))


def insert_another_chains(entries: Entries) -> Entries:
    entries[3] = AuditEntry(**{**entries[3].model_dump(), "chain": "track:other"})
    return entries


def renumbered(entries: Entries) -> Entries:
    for number, entry in enumerate(entries, start=1):
        entry.number = number
    return entries


@pytest.mark.parametrize(
    ("tamper", "said"),
    [
        (edit, "entry 4 was altered"),
        (edit_what_was_written, "entry 4 was altered"),
        (edit_and_hash_again, "entry 5 doesn't follow entry 4"),
        (delete_in_the_middle, "entry 4 is missing"),
        (delete_and_number_again, "entry 4 doesn't follow entry 3"),
        (delete_the_first, "entry 1 is missing"),
        (swap, "entry 4 is missing"),
        (swap_and_number_again, "entry 4 doesn't follow entry 3"),
        (insert, "entry 5 is missing"),
        (insert_and_number_again, "entry 5 doesn't follow entry 4"),
        (insert_another_chains, "entry 4 was altered"),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
async def test_a_tampered_chain_says_where(
    world: World, tamper: Callable[[Entries], Entries], said: str
) -> None:
    await a_life(world)
    entries = await chain(world)
    assert audit.faults(entries) == []
    name = entries[0].chain
    found = audit.faults(tamper(entries))
    assert found, "nothing found"
    assert found[0].split(": ", 1)[1] == said
    assert name.startswith("track:")


async def test_a_row_edited_or_deleted_by_sql_is_found_by_verify(world: World) -> None:
    await a_life(world)
    entries = await chain(world)

    async def verdict() -> Any:
        async with world.database.read() as db:
            return (await audit.verify(db))[entries[0].chain]["faults"]

    async with world.database.write() as db:
        row = await db.get(AuditEntry, entries[2].id)
        row.at = entries[0].at.replace(year=2001)
    assert await verdict() == [f"{entries[0].chain}: entry 3 was altered"]
    async with world.database.write() as db:
        await db.delete(await db.get(AuditEntry, entries[2].id))
    assert await verdict() == [f"{entries[0].chain}: entry 3 is missing"]


async def report(world: World, *anchors: Head) -> Any:
    async with world.database.read() as db:
        return await audit.verify(db, anchors)


async def test_a_cut_end_and_a_chain_written_anew_are_found_with_an_anchor(world: World) -> None:
    await a_life(world)
    entries = await chain(world)
    name = entries[0].chain
    async with world.database.read() as db:
        [head] = [one for one in await audit.heads(db) if one.chain == name]
    assert head == Head(name, 11, entries[-1].sha256)
    assert head_of(str(head)) == head
    assert (await report(world, head))[name]["faults"] == []
    async with world.database.write() as db:
        await db.delete(await db.get(AuditEntry, entries[-1].id))
    assert (await report(world))[name]["faults"] == []
    said = f"{name}: it ends at entry 10, and the anchor is entry 11"
    assert (await report(world, head))[name]["faults"] == [said]
    async with world.database.write() as db:
        previous = audit.GENESIS
        for one in entries[:-1]:
            row = await db.get(AuditEntry, one.id)
            row.actor, row.previous_sha256 = "someone else", previous
            previous = row.sha256 = audit.entry_hash(row)
    assert (await report(world))[name]["faults"] == []
    early = Head(name, 3, entries[2].sha256)
    assert (await report(world, early))[name]["faults"] == [
        f"{name}: entry 3 is not the one of the anchor: the chain was written anew"
    ]


async def test_a_chain_that_is_gone_is_found_with_an_anchor(world: World) -> None:
    gone = Head("track:gone", 4, "a" * 64)
    assert (await report(world, gone))["track:gone"] == {
        "entries": 0,
        "head": audit.GENESIS,
        "faults": ["track:gone: it ends at entry 0, and the anchor is entry 4"],
    }


@pytest.mark.parametrize("change", ["edit", "edit with its hash", "delete"])
async def test_a_summary_that_was_changed_by_sql_is_found(world: World, change: str) -> None:
    await a_life(world)
    [saved] = [one for one in await chain(world) if one.action == "summary.saved"]
    async with world.database.write() as db:
        row = (await db.exec(select(SummaryRevision))).one()
        if change == "delete":
            for outcome in await db.exec(select(Outcome)):
                outcome.revision_id = None
            await db.flush()
            await db.delete(row)
        else:
            row.body = "Not held"
            if "hash" in change:
                row.sha256 = sha256(b"Not held").hexdigest()
    said = (
        f"{saved.chain}: the text of summary {saved.object_id}, revision 1, "
        f"is not what entry {saved.number} recorded"
    )
    faults = (await report(world))[saved.chain]["faults"]
    assert faults[0] == said
    # Without the text, the outcomes that were read from it aren't what was recorded either.
    assert len(faults) == (3 if change == "delete" else 1)
    assert all(": outcome " in one for one in faults[1:])


@pytest.mark.parametrize(
    "said",
    ["", "track:x 1", "track:x 0 " + "a" * 64, "hall:x 1 " + "a" * 64, "track:x 1 " + "A" * 64],
)
def test_what_is_no_head_is_no_anchor(said: str) -> None:
    assert head_of(said) is None


async def altered(world: World, statement: str, **values: Any) -> list[str]:
    """What the check says after this SQL; then everything is put back."""
    from sqlalchemy import text as sql

    async with world.database.write() as db:
        await db.exec(sql(statement), params=values)
        report = await audit.verify(db)
        await db.rollback()
    return [fault for one in report.values() for fault in one["faults"]]


async def test_an_outcome_that_sql_altered_deleted_or_added_is_found(world: World) -> None:
    session = await a_life(world)
    async with world.database.read() as db:
        rows = (await db.exec(select(Outcome).where(Outcome.session_id == session))).all()
    last = next(row for row in rows if row.supersedes_id)
    [of_x] = {entry.chain for entry in await chain(world)}
    told = f"{of_x}: outcome {last.id}"
    for column, value in (
        ("value", "impasse"), ("text", "No"), ("effective_on", "2020-01-01"), ("reason", "Why"),
        ("certainty", "C"), ("recorded_at", "2020-01-01 00:00:00.000000"), ("revision_id", None),
    ):  # fmt: skip
        kind = {"effective_on": "date", "recorded_at": "timestamptz"}.get(column, "text")
        new = ":new" if world.database.is_sqlite else f"CAST(:new AS {kind})"
        statement = f"UPDATE outcome SET {column} = {new} WHERE id = :id"
        found = await altered(world, statement, new=value, id=last.id)
        same = column == "revision_id" and last.revision_id is None
        assert found == ([] if same else [f"{told} is not what entry 10 recorded"]), column
    gone = await altered(world, "DELETE FROM outcome WHERE id = :id", id=last.id)
    assert gone == [f"{told} is gone, which entry 10 recorded"]
    columns = ", ".join(
        name for name in Outcome.model_fields if name not in ("id", "supersedes_id")
    )
    added = await altered(
        world,
        f"INSERT INTO outcome (id, supersedes_id, {columns}) "
        f"SELECT 'added', id, {columns} FROM outcome WHERE id = :id",
        id=last.id,
    )
    assert added == [f"{of_x}: no entry has recorded outcome added"]
    assert await altered(world, "SELECT 1") == []


async def test_a_summarys_text_that_sql_added_is_found(world: World) -> None:
    """It would be the newest, which all read and decide on."""
    await a_life(world)
    [saved] = [one for one in await chain(world) if one.action == "summary.saved"]
    columns = ", ".join(
        name for name in SummaryRevision.model_fields if name not in ("id", "number")
    )
    add = f"INSERT INTO summary_revision (id, number, {columns}) SELECT 'added', 2, {columns}"
    assert await altered(world, f"{add} FROM summary_revision") == [
        f"{saved.chain}: no entry has recorded the text of summary {saved.object_id}, revision 2"
    ]


async def a_note(world: World, audience: str) -> str:
    """A note of three texts, of which the last is the first again, beside others; its id."""
    session = await a_life(world)
    if audience == "joint":
        founded = await world.head_x.post(f"{NEG}/caucuses", json={"name": "Ours"})
        answer = await world.head_x.post(
            f"{NEG}/sessions", json=caucus_body(founded.json()["id"], local_start=in_days(9))
        )
        session = answer.json()["id"]
    for name, beside in (("agency_head", "caucus"), ("delegate_x", "mine")):
        if audience != "joint" or name == "delegate_x":
            await saved(world, name, of(session, beside, "general"), "Beside")
    writer = "note_taker" if audience == "secretariat" else "head_x"
    path = of(session, "secretariat" if audience == "secretariat" else "caucus")
    await saved(world, writer, path, "One", "Two")
    again = {"If-Match": (await world.clients[writer].get(path)).headers["etag"]}
    answer = await world.clients[writer].post(
        f"{path}/restore", json={"revision": 1}, headers=again
    )
    assert answer.status_code == 200, answer.text
    return str(answer.json()["id"])


@pytest.mark.parametrize("audience", ["caucus", "joint", "secretariat"])
async def test_a_notes_text_that_sql_altered_deleted_or_added_is_found(
    world: World, audience: str
) -> None:
    note = await a_note(world, audience)
    kinds = {"caucus": "party:", "joint": "caucus:", "secretariat": "track:"}
    async with world.database.read() as db:
        mine = (await db.exec(select(AuditEntry).where(AuditEntry.object_id == note))).all()
    chains, numbers = {one.chain for one in mine}, [one.number for one in mine]
    [name] = chains
    assert name.startswith(kinds[audience])
    number, told = sorted(numbers), f"{name}: the text of note {note}, revision"
    where = "WHERE note_id = :id AND number = :n"
    for revision in (1, 2, 3):
        change = f"UPDATE note_revision SET body = 'Forged' {where}"
        assert await altered(world, change, id=note, n=revision) == [
            f"{told} {revision}, is not what entry {number[revision - 1]} recorded"
        ]
        assert await altered(world, f"DELETE FROM note_revision {where}", id=note, n=revision) == [
            f"{told} {revision}, is gone, which entry {number[revision - 1]} recorded"
        ]
    columns = ", ".join(name for name in NoteRevision.model_fields if name not in ("id", "number"))
    add = f"INSERT INTO note_revision (id, number, {columns}) SELECT 'added', 4, {columns}"
    assert await altered(world, f"{add} FROM note_revision {where}", id=note, n=1) == [
        f"{name}: no entry has recorded the text of note {note}, revision 4"
    ]
    assert await altered(world, "UPDATE note SET version = 9") == []
    assert (
        await altered(
            world,
            "UPDATE note_revision SET body = 'Forged' WHERE note_id IN "
            "(SELECT id FROM note WHERE audience = 'mine')",
        )
        == []
    )  # which no chain knows of


OF_THE_RESULT = {
    "summary_decision": ("decision", "kind = 'objected'"),
    "summary_comment": ("remark", "body = 'Forged'"),
    "published_summary": ("published summary", "frozen = 'Forged'"),
    "position": ("position", "text = 'Forged'"),
    "commitment": ("commitment", "text = 'Forged'"),
}


@pytest.mark.parametrize("table", OF_THE_RESULT)
async def test_what_a_result_is_traced_by_isnt_altered_deleted_or_added_unseen(
    world: World, table: str
) -> None:
    called, forged = OF_THE_RESULT[table]
    await a_whole_life(world)
    [entry] = [one for one in await chain(world) if one.object_type == table][-1:]
    of_it = f"{entry.chain}: {called} {entry.object_id}"
    change = f"UPDATE {table} SET {forged} WHERE id = :id"
    assert await altered(world, change, id=entry.object_id) == [
        f"{of_it} is not what entry {entry.number} recorded"
    ]
    delete = f"DELETE FROM {table} WHERE id = :id"
    assert await altered(world, delete, id=entry.object_id) == [
        f"{of_it} is gone, which entry {entry.number} recorded"
    ]
    found = await altered(
        world, f"UPDATE {table} SET id = 'added' WHERE id = :id", id=entry.object_id
    )
    assert f"{entry.chain}: no entry has recorded {called} added" in found
    assert await altered(world, "SELECT 1") == []


@once_made
async def a_whole_life(world: World) -> None:
    """A session of X of which something stands in every table of OF_THE_RESULT."""
    path = f"/api/v1/sessions/{await a_life(world)}/summary"
    position = {"jurisdiction": "x", "issue": "1", "party": "x", "text": "No"}
    assert (await world.head_x.post(f"{NEG}/positions", json=position)).status_code == 201
    await circulate(world, path)
    remark = await world.delegate_x.post(f"{path}/comments", json={"body": "We protest."})
    assert remark.status_code == 201, remark.text
    for client, decision, more in (
        (world.agency_head, "approved_with_statement", {"statement": "Well"}),
        (world.head_x, "approved", {}),
    ):
        assert (await decide(client, path, decision, "Held", **more)).status_code == 200
    answer = await at_the_summary(world.coordinator, path, "publish")
    assert answer.status_code == 200, answer.text
    changed = (await world.coordinator.get(f"{NEG}/commitments")).json()["items"][0]["id"]
    one = f"{NEG}/commitments/{changed}"
    tag = {"If-Match": (await world.coordinator.get(one)).headers["etag"]}
    done = await world.coordinator.patch(one, json={"status": "done"}, headers=tag)
    assert done.status_code == 200, done.text


async def test_an_outcome_read_from_a_newer_text_too_still_verifies(world: World) -> None:
    session = await a_life(world)
    path = f"/api/v1/sessions/{session}/summary"
    tag = (await world.note_taker.get(path)).headers["etag"]
    body = {
        "body": "Held, indeed",
        "outcomes": [{"issue": "2", "value": "not_reached", "text": ""}],
    }
    answer = await world.note_taker.put(path, json=body, headers={"If-Match": tag})
    assert answer.status_code == 200, answer.text
    entries = await chain(world)
    assert [one.action for one in entries[-2:]] == ["summary.saved", "outcome.pinned"]
    assert await altered(world, "SELECT 1") == []
    pinned = entries[-1].object_id
    found = await altered(world, "UPDATE outcome SET revision_id = NULL WHERE id = :id", id=pinned)
    assert found == [f"{entries[-1].chain}: outcome {pinned} is not what entry 13 recorded"]


@pytest.mark.parametrize("lacking", [("person_id",), ("person_id", "done_at")], ids="-".join)
async def test_what_was_entered_of_a_commitment_before_its_later_columns_still_verifies(
    world: World, monkeypatch: pytest.MonkeyPatch, lacking: tuple[str, ...]
) -> None:
    def as_it_was(row: Row) -> dict[str, Any]:
        told = audited.content_of(row)
        if isinstance(row, Commitment):
            told = {name: one for name, one in told.items() if name not in lacking}
        return told

    monkeypatch.setattr(audit, "content_of", as_it_was)
    await a_life(world)
    assert await altered(world, "SELECT 1") == []
    put = "UPDATE commitment SET person_id = :person"
    [fault] = await altered(world, put, person=world.people["delegate_x"])
    assert re.fullmatch(r"track:\w+: commitment \w+ is not what entry \d+ recorded", fault)


def test_a_column_that_comes_later_is_named_as_one() -> None:
    """Else all that was entered before verifies no more: name it in audited.SINCE, not here."""
    first = {
        table.__tablename__: " ".join(sorted(set(content).difference(audited.SINCE.get(table, ()))))
        for table in audited.CALLED
        for content in [set(table.model_fields) - {"version"}]
    }
    assert first == {
        "outcome": "basis certainty created_at decided_by_id effective_on id issue_id partial "
        "reason recorded_at revision_id session_id set_by_id supersedes_id text value",
        "position": "attributed basis certainty created_at id issue_id party_id recorded_at "
        "session_id set_by_id stated_on supersedes_id text track_id",
        "commitment": "beneficiary_id created_at due_on evidence id issue_id owner_id "
        "session_id status text track_id",
        "summary_decision": "created_at decided_at id kind number party_id person_id revision_id "
        "statement",
        "summary_comment": "body created_at id party_id person_id revision_id written_at",
        "published_summary": "created_at frozen id number published_at published_by_id "
        "revision_id sha256 summary_id",
    }
