"""A draft of minutes is the secretariat's, whoever asks PostgreSQL and however.

SQL written by hand, as the role of requests; and what others do while a draft is hidden from them.
"""

from typing import Any

import psycopg
import pytest
from factories import NEG, World, confirmed, in_days
from notes.rounds import TEXT, circulate, held, rewrite
from problems import problem
from psycopg import errors
from wall.hand import by_hand, connect, readers_of

API = "/api/v1/sessions"
SECRET = "Unripeword: what they will say"
ON_POSTGRESQL = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
OTHERS = ("delegate_x", "head_x", "agency_head", "delegate_y", "administrator",
          "coordinator_elsewhere")  # fmt: skip


async def written_on(world: World) -> str:
    """The path of minutes of which one text went round, and another is being written."""
    path = await held(world)
    await circulate(world, path)
    assert (await rewrite(world, path, SECRET)).status_code == 200
    return path


def texts(connection: psycopg.Connection[Any]) -> list[Any]:
    return connection.execute(
        "SELECT number, body, shared_at IS NOT NULL FROM summary_revision ORDER BY number"
    ).fetchall()


@ON_POSTGRESQL
async def test_a_draft_is_a_row_for_the_secretariat_alone(world: World) -> None:
    await written_on(world)
    shared, draft = (1, TEXT, True), (2, SECRET, False)
    for name in OTHERS:
        with by_hand(world, await readers_of(world, name)) as connection:
            assert texts(connection) == [shared], name
    for nobody in (None, []):
        with by_hand(world, nobody) as connection:
            assert texts(connection) == [shared]
    for name in ("coordinator", "note_taker"):
        with by_hand(world, await readers_of(world, name)) as connection:
            assert texts(connection) == [shared, draft], name


@ON_POSTGRESQL
async def test_nobody_elses_sql_writes_a_text(world: World) -> None:
    await written_on(world)
    x = await readers_of(world, "head_x")
    for column, value in (("number", "number + 5"), ("shared_at", "now()"), ("body", "'So'")):
        change = f"UPDATE summary_revision SET {column} = {value} WHERE "
        with by_hand(world, x) as connection:
            assert connection.execute(change + "shared_at IS NULL").rowcount == 0
            assert connection.execute(
                "DELETE FROM summary_revision WHERE shared_at IS NULL"
            ).rowcount == 0  # fmt: skip
        with by_hand(world, x) as connection, pytest.raises(errors.InsufficientPrivilege):
            connection.execute(change + "true")
    copy = """
        INSERT INTO summary_revision (id, created_at, version, negotiation_id, summary_id, number,
            body, sha256, shared_at)
        SELECT 'n', now(), 1, session.negotiation_id, summary.id, 9, 'So', 'x', {shared}
        FROM summary JOIN session ON session.id = session_id
    """
    for shared in ("now()", "NULL"):
        with by_hand(world, x) as connection, pytest.raises(errors.InsufficientPrivilege):
            connection.execute(copy.format(shared=shared))
        with by_hand(world, await readers_of(world, "note_taker")) as connection:
            assert connection.execute(copy.format(shared=shared)).rowcount == 1


@ON_POSTGRESQL
async def test_no_copy_of_a_draft_is_there_for_others(world: World) -> None:
    """Neither what search keeps of it, nor what calendars show of it."""
    await written_on(world)
    copies = (
        "SELECT count(*) FROM search_entry WHERE text LIKE '%Unripeword%'",
        "SELECT count(*) FROM search_entry WHERE words LIKE '%unripeword%'",
        "SELECT count(*) FROM event_bytes WHERE position('Unripeword'::bytea IN body) > 0",
    )
    found = {}
    for name in (*OTHERS, "coordinator", "note_taker"):
        with by_hand(world, await readers_of(world, name)) as connection:
            found[name] = [connection.execute(query).fetchone() for query in copies]
    none, one = [(0,)] * 3, [(1,)] * 3
    wanted = dict.fromkeys(OTHERS, none)
    assert found == {**wanted, "coordinator": one, "note_taker": one}


@ON_POSTGRESQL
async def test_the_index_of_words_tells_each_reader_only_of_what_is_theirs(world: World) -> None:
    await written_on(world)
    with connect(world.settings.database_url) as owner:
        row = owner.execute(
            "SELECT number, words FROM search_entry WHERE words LIKE '%unripeword%'"
        ).fetchone()
        assert row is not None
        number, words = row
    word = next(one for one in words.split() if one.endswith("unripeword"))
    asked = "SELECT wall.found(%s::tsquery)"
    told = {}
    for name in (*OTHERS, "coordinator", "note_taker"):
        with by_hand(world, await readers_of(world, name)) as connection:
            told[name] = connection.execute(asked, (f"'{word}'",)).fetchone()
    with by_hand(world, None) as connection:
        assert connection.execute(asked, (f"'{word}'",)).fetchone() == ([],)
    wanted = {name: ([],) for name in OTHERS}
    assert told == {**wanted, "coordinator": ([number],), "note_taker": ([number],)}


@ON_POSTGRESQL
async def test_search_goes_by_the_index_of_words(world: World) -> None:
    """As the role of requests, for whom a policy stands before the entries."""
    await written_on(world)
    with connect(world.settings.database_url) as owner:
        owner.execute("SET LOCAL enable_seqscan = off")
        row = owner.execute("SELECT prosrc FROM pg_proc WHERE proname = 'found'").fetchone()
        assert row is not None
        asked = str(row[0]).partition("RETURN ")[2].partition(";")[0]
        plan = owner.execute("EXPLAIN " + asked.replace("asked", "'a'::tsquery")).fetchall()
    assert any("Bitmap Index Scan on search_words" in line for (line,) in plan), plan


async def test_whoever_decides_on_a_text_is_told_that_it_is_written_on(world: World) -> None:
    path = await written_on(world)
    for name in ("head_x", "agency_head"):
        client = world.clients[name]
        seen = await client.get(path)
        told = {key: seen.json()[key] for key in ("revision", "being_revised", "body", "state")}
        assert told == {"revision": 1, "being_revised": True, "body": TEXT, "state": "draft"}
        body = {"sha256": seen.json()["sha256"], "decision": "approved"}
        refused = await client.post(
            f"{path}/decide", json=body, headers={"If-Match": seen.headers["etag"]}
        )
        assert problem(refused, 409) == (
            "The secretariat is writing on: revision 1 can't be decided on any more. "
            "The next one will be sent round to you."
        )


async def test_a_chair_of_a_side_leaves_a_draft_that_they_can_not_read(world: World) -> None:
    session = await confirmed(
        world, local_start=in_days(-1), agenda=[{"title": "Talk"}],
        chair=world.people["agency_delegate"],
    )  # fmt: skip
    path = f"{API}/{session['id']}"
    noted = await world.note_taker.put(
        f"{path}/notes/secretariat/general", json={"body": "They waited"},
        headers={"If-None-Match": "*"},
    )  # fmt: skip
    assert noted.status_code == 201, noted.text
    tag = (await world.agency_delegate.get(path)).headers["etag"]
    closed = await world.agency_delegate.post(
        f"{path}/close", json={"close_kind": "concluded"}, headers={"If-Match": tag}
    )
    assert closed.status_code == 200, closed.text
    assert (await world.agency_delegate.get(f"{path}/summary")).status_code == 404
    made = (await world.note_taker.get(f"{path}/summary")).json()
    assert (made["state"], made["revision"]) == ("draft", 1)
    assert "They waited" in made["body"]


async def test_an_outcome_read_from_a_hidden_draft_is_marked_once_another_text_goes_round(
    world: World,
) -> None:
    session = await confirmed(world, local_start=in_days(-1), agenda=[{"title": "Talk"}])
    path = f"{API}/{session['id']}"
    said = {"issue": "1", "value": "noted", "text": "So"}
    posted = await world.note_taker.put(
        f"{path}/summary", headers={"If-None-Match": "*"},
        json={"body": "First", "close": "concluded", "outcomes": [said]},
    )  # fmt: skip
    assert posted.status_code == 201, posted.text

    async def told(name: str) -> list[Any]:
        client = world.clients[name]
        [outcome] = (await client.get(f"{path}/outcomes")).json()["items"]
        cells = (await client.get(f"{NEG}/outcomes")).json()["cells"]
        marked = [one["summary_changed"] for one in cells if one["outcome"] == outcome["id"]]
        return [outcome["summary_revision"], outcome["summary_changed"], *marked]

    names = ("note_taker", "delegate_x", "agency_head")
    unseen = [None, False, False]
    assert [await told(one) for one in names] == [[1, False, False], unseen, unseen]
    assert (await rewrite(world, f"{path}/summary", "Second")).status_code == 200
    assert [await told(one) for one in names] == [[1, True, True], unseen, unseen]
    await circulate(world, f"{path}/summary")
    changed = [None, True, True]
    assert [await told(one) for one in names] == [[1, True, True], changed, changed]
