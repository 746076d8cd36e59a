"""One's own notes: taken along as an archive that can be checked, and destroyed for good."""

import hashlib
import json
from typing import Any

import pytest
from beginnings import once_made
from checksum import tables
from exchanging import one_file
from factories import NEG, World, caucus_body, in_days, signed_in, take_seat
from filling import send
from notebook.jotting import of, place, saved
from problems import problem
from sqlmodel import select

from negotiations import audit
from negotiations.chains import canonical_sha256
from negotiations.exchange.container import MANIFEST, faults, packed, unpacked
from negotiations.exchange.exporting import Format
from negotiations.models import AuditEntry
from negotiations.models.parties import Role

OWN, SIDE = f"{NEG}/own-notes", f"{NEG}/caucus-notes"
SECRET = "Ourfallbackline"


async def taken(world: World, name: str) -> dict[str, bytes]:
    answer = await world.clients[name].get(OWN)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip")
    files = unpacked(answer.content)
    assert faults(files) == []
    return files


def texts(files: dict[str, bytes]) -> list[str]:
    return sorted(files[one].decode() for one in files if one.endswith(".md") and "/" in one)


@once_made
async def noted(world: World) -> str:
    """A session of X with notes of X's, of its members' and of others; the address of X's."""
    path = await place(world, "caucus")
    session = path.split("/")[4]
    await saved(world, "head_x", path, f"{SECRET} 1", f"{SECRET} 2")
    restored = await world.head_x.post(
        f"{path}/restore",
        json={"revision": 1},
        headers={
            "If-Match": (await world.head_x.get(path)).headers["etag"],
            "Idempotency-Key": "k",
        },
    )
    assert restored.status_code == 200
    late = {"json": {"body": f"{SECRET} late"}, "headers": {"If-Match": '"old"'}}
    assert (await world.delegate_x.put(path, **late)).status_code == 412
    await saved(world, "head_x", of(session, "mine"), "Mine")
    await saved(world, "delegate_x", of(session, "mine"), "The delegate's")
    await saved(world, "agency_head", of(session, "caucus"), "The agency's")
    await saved(world, "coordinator", of(session, "secretariat"), "The secretariat's")
    return path


async def purge(world: World, name: str = "head_x", confirm: str = "x", tag: str = "") -> Any:
    client = world.clients[name]
    headers = {"If-Match": tag or (await client.get(SIDE)).headers.get("etag", '"a"')}
    return await client.post(f"{SIDE}/purge", json={"confirm": confirm}, headers=headers)


async def test_a_head_takes_the_notes_of_the_side_along_and_their_own(world: World) -> None:
    path = await noted(world)
    files = await taken(world, "head_x")
    assert texts(files) == ["Mine", f"{SECRET} 1", f"{SECRET} 1", f"{SECRET} 2"]
    told = json.loads(files["notes.json"])
    [side, mine] = sorted(told["notes"], key=lambda one: one["audience"])
    assert (side["audience"], mine["audience"], told["late"]) == ("caucus", "mine", [])
    assert [one["sha256"] for one in side["revisions"]] == [
        hashlib.sha256(f"{SECRET} {number}".encode()).hexdigest() for number in (1, 2, 1)
    ]
    assert side["session"]["id"] == path.split("/")[4]
    assert f"{SECRET} 1" in files["notes.md"].decode()
    party = next(one for one in files if one.startswith("audit/"))
    assert party.startswith("audit/party-")
    delegate = await taken(world, "delegate_x")
    assert texts(delegate) == [f"{SECRET} late", "The delegate's"]
    assert not [one for one in delegate if one.startswith("audit/")]
    assert texts(await taken(world, "agency_head")) == ["The agency's"]
    for name in ("coordinator", "note_taker", "delegate_y", "agency_delegate"):
        assert texts(await taken(world, name)) == []
    again = (await world.head_x.get(OWN)).headers["etag"]
    assert (await world.head_x.get(OWN)).headers["etag"] == again


async def test_an_altered_text_of_an_archive_is_found(world: World) -> None:
    await noted(world)
    files = await taken(world, "head_x")
    manifest = json.loads(files.pop(MANIFEST))
    about = {name: one for name, one in manifest.items() if name not in ("format", "files")}
    for name in [
        one for one in files if one.startswith("notes/") and SECRET.encode() in files[one]
    ]:
        for changed in ({**files, name: b"Never"}, {k: v for k, v in files.items() if k != name}):
            [fault] = faults(unpacked(packed(changed, about)))
            assert fault.startswith(f"{name} is ")
    assert faults(unpacked(packed(files, about))) == []


async def test_a_purge_destroys_every_text_and_keeps_the_hashes_in_the_chain(
    world: World,
) -> None:
    path = await noted(world)
    before = await taken(world, "head_x")
    shown = await world.head_x.get(SIDE)
    view = {"party": "x", "notes": 1, "revisions": 3, "sha256": shown.json()["sha256"]}
    assert shown.json() == view
    problem(await purge(world, confirm="agency"), 422, "/confirm")
    assert (await world.head_x.get(path)).status_code == 200
    done = await purge(world)
    assert (done.status_code, done.json()) == (200, view)
    for rest in ("", "/revisions", "/revisions/1", "/diff"):
        assert (await world.head_x.get(f"{path}{rest}")).status_code == 404
    assert (await world.delegate_x.get("/api/v1/note-drafts")).json()["items"] == []
    stored = await tables(world)
    assert [name for name, rows in stored.items() if SECRET.lower() in repr(rows).lower()] == []
    for text in ("Mine", "The delegate's", "The agency's", "The secretariat's"):
        assert text in repr(stored["note_revision"])
    async with world.database.read() as db:
        report = await audit.verify(db)
        entry = (await db.exec(select(AuditEntry).where(AuditEntry.action == "note.purged"))).one()
    assert [one["faults"] for one in report.values()] == [[]] * len(report)
    hashes = [hashlib.sha256(f"{SECRET} {number}".encode()).hexdigest() for number in (1, 2, 1)]
    assert entry.chain.startswith("party:")
    assert entry.content_sha256 == canonical_sha256({"sha256": hashes})
    assert texts(await taken(world, "head_x")) == ["Mine"]
    assert faults(before) == []  # what was taken along before is whole
    assert (await world.head_x.get(SIDE)).json()["notes"] == 0
    await saved(world, "head_x", path, "Anew")
    assert (await world.head_x.get(path)).json()["revision"] == 1


async def test_what_was_written_since_is_not_destroyed_unseen(world: World) -> None:
    path = await noted(world)
    seen = (await world.head_x.get(SIDE)).headers["etag"]
    await saved(world, "delegate_x", path, "One more")
    problem(await purge(world, tag=seen), 412)
    assert (await world.head_x.get(path)).json()["body"] == "One more"


async def test_notes_of_a_joint_caucus_are_not_one_partys_to_destroy(world: World) -> None:
    await take_seat(world, "head_y", Role.head, "y")
    found = []
    for number, asked in enumerate(([], ["y"])):
        body = {"name": f"Caucus {number}", "parties": asked}
        caucus = (await world.head_x.post(f"{NEG}/caucuses", json=body)).json()["id"]
        if asked:
            tag = (await world.head_y.get(f"{NEG}/caucuses/{caucus}")).headers["etag"]
            joined = await world.head_y.post(
                f"{NEG}/caucuses/{caucus}/join", json={}, headers={"If-Match": tag}
            )
            assert joined.status_code == 200
        session = await world.head_x.post(
            f"{NEG}/sessions", json=caucus_body(caucus, local_start=in_days(30 + number))
        )
        found.append(of(session.json()["id"], "caucus"))
    for path in found:
        await saved(world, "head_x", path, f"{SECRET} of a caucus")
    assert (await taken(world, "head_x")).keys() >= {"notes.json"}
    assert (await world.head_x.get(SIDE)).json()["notes"] == 1
    assert (await purge(world)).status_code == 200
    assert [(await world.head_x.get(one)).status_code for one in found] == [404, 200]
    assert texts(await taken(world, "head_x")) == [f"{SECRET} of a caucus"]


async def test_notes_can_be_destroyed_when_the_talks_are_over(world: World) -> None:
    await noted(world)
    tag = (await world.coordinator.get(NEG)).headers["etag"]
    over = await world.coordinator.patch(
        NEG, json={"status": "concluded"}, headers={"If-Match": tag}
    )
    assert over.status_code == 200
    assert texts(await taken(world, "head_x"))
    assert (await purge(world)).status_code == 200
    assert texts(await taken(world, "head_x")) == ["Mine"]


@pytest.mark.parametrize("name", ["head_x", "delegate_x", "coordinator"])
async def test_the_page_offers_what_one_may_do(world: World, name: str) -> None:
    path = await noted(world)
    browser = await signed_in(world, name)
    page = await browser.get("/n/water-talks/own-notes")
    assert page.status_code == 200
    zipped = await browser.get("/n/water-talks/own-notes.zip")
    assert zipped.content == (await world.clients[name].get(OWN)).content
    assert ("Destroy" in page.text) == (name == "head_x")
    if name != "head_x":
        return
    assert "1 note with 3 texts" in page.text
    wrong = await send(browser, page, "/n/water-talks/own-notes", {"confirm": "y"})
    assert (wrong.status_code, "Write x to confirm." in wrong.text) == (422, True)
    done = await send(browser, page, "/n/water-talks/own-notes", {"confirm": "x"})
    assert done.status_code == 303
    assert "Destroyed." in (await browser.get(done.headers["location"])).text
    assert (await world.head_x.get(path)).status_code == 404


async def test_an_archive_of_the_talks_tells_of_no_side_by_itself(world: World) -> None:
    """Neither a chain of a party or a caucus nor how many there are."""
    before = await one_file(world.database, "water-talks", Format.archive)
    path = await noted(world)
    of_the_session = unpacked(await one_file(world.database, "water-talks", Format.archive))
    assert all(one.startswith(("audit/negotiation-", "audit/track-")) for one in of_the_session
               if one.startswith("audit/"))  # fmt: skip
    assert SECRET.encode() not in b"".join(of_the_session.values())
    await saved(world, "head_x", path, f"{SECRET} more")
    founded = await world.head_x.post(f"{NEG}/caucuses", json={"name": SECRET})
    assert founded.status_code == 201
    again = unpacked(await one_file(world.database, "water-talks", Format.archive))
    assert again == of_the_session != unpacked(before)
