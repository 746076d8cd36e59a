"""The pages of plenaries and caucuses: by forms alone, and told to the right eyes only."""

import re
from html import unescape

import httpx2
from factories import World, act, in_days, signed_in, take_seat
from filling import CANARY, TALKS, beside, browsers, counts, fill, send, times, typed_in

from negotiations.models.parties import Role

NEW, CAUCUSES = f"{TALKS}/sessions/new", f"{TALKS}/caucuses"


def plain(page: httpx2.Response) -> str:
    """What the page says, in one line."""
    return " ".join(unescape(re.sub("<[^>]+>", " ", page.text)).split())


async def test_a_plenary_is_proposed_by_ticking_who_takes_part_and_reported(world: World) -> None:
    await take_seat(world, "head_y", Role.head, "y")
    coordinator, note_taker, head_x, head_y = await browsers(
        world, "coordinator", "note_taker", "head_x", "head_y"
    )
    before = await counts(world)
    good = {**times(date=in_days(-2)[:10]), "participant": ["agency", "x", "y"],
            "location": "Town Hall", "titles": "Everything"}  # fmt: skip
    one = await fill(coordinator, NEW, {**good, "participant": ["x"]})
    assert (one.status_code, "Tick two at least." in one.text) == (422, True)
    both = await fill(coordinator, NEW, {**good, "jurisdiction": "x"})
    assert "not both" in beside(both, "jurisdiction")
    assert both.text.count('name="participant"') == both.text.count("checked") == 3
    assert await counts(world) == before
    made = await fill(coordinator, NEW, {**good, "tz": ""})
    assert made.status_code == 303, made.text
    here = made.headers["location"].partition("?")[0]
    page = await head_y.get(here)
    assert "Plenary: session 1" in page.text
    assert "10:00 to 12:00 E" in page.text  # left empty, the zone is that of the talks
    assert "All who take part (Agency, X and Y) and the secretariat read this page." in plain(page)
    assert ">Kind<" not in (await coordinator.get(f"{here}/edit")).text
    for head in (head_x, head_y):
        assert (await fill(head, here, {}, f"{here}/accept")).status_code == 303
    heard = {"accept_party": "agency", "accept_how": "by mail"}
    assert (await fill(coordinator, here, heard, f"{here}/accept")).status_code == 303
    assert (await fill(coordinator, here, {}, f"{here}/confirm")).status_code == 303
    typed = {
        "body": "Held", "outcomes/0/value": "agreed", "outcomes/0/text": "All of them.",
        "commitments/0/text": "Write", "commitments/0/owner": "agency", "close": "concluded",
    }  # fmt: skip
    answer = await fill(note_taker, f"{here}/summary", typed)
    assert "Say in whose talks" in beside(answer, "commitments/0/jurisdiction")
    typed["commitments/0/jurisdiction"] = "y"
    saved = await fill(note_taker, f"{here}/summary", typed)
    assert saved.status_code == 303, saved.text
    assert "WT-PL/S1/SUM" in (await note_taker.get(f"{here}/summary")).text
    track = plain(await head_x.get(f"{TALKS}/tracks/x"))
    assert "Plenaries Read by all who take part in them and the secretariat." in track
    assert "All of them." in track
    talks = plain(await head_x.get(TALKS))
    assert "Plenary: session 1 Agency, X and Y Town Hall held" in talks


async def test_a_caucus_is_founded_joined_and_met_in_by_forms_alone(world: World) -> None:
    await take_seat(world, "head_y", Role.head, "y")
    head_x, head_y, delegate_x = await browsers(world, "head_x", "head_y", "delegate_x")
    assert f'href="{CAUCUSES}"' in (await head_x.get(TALKS)).text
    empty = await head_x.get(CAUCUSES)
    assert "X County has no caucus yet." in empty.text
    wrong = await send(head_x, empty, CAUCUSES, {"name": "  ", "party": "y"})
    assert wrong.status_code == 422
    assert beside(wrong, "name")
    assert 'value="y" checked' in wrong.text
    made = await send(head_x, empty, CAUCUSES, {"name": CANARY, "party": "y"})
    assert made.status_code == 303, made.text
    caucus = made.headers["location"].partition("#c-")[2]
    mine = plain(await delegate_x.get(CAUCUSES))
    assert "Only X County can see this. Asked, and no answer yet: Y County." in mine
    assert "New caucus" not in mine
    invited = await head_y.get(CAUCUSES)
    assert f"X County asks you to join: {CANARY}" in unescape(invited.text)
    assert CANARY not in invited.text
    no = await send(head_y, invited, f"{CAUCUSES}/{caucus}/decline", {})
    assert no.status_code == 303
    declined = await head_y.get(CAUCUSES)
    assert "Y declined. It may still join." in plain(declined)
    assert (await send(head_y, declined, f"{CAUCUSES}/{caucus}/join", {})).status_code == 303
    renamed = await fill(head_y, CAUCUSES, {"new_name": "Counties"}, f"{CAUCUSES}/{caucus}/name")
    assert renamed.status_code == 303
    assert "Only X County and Y County can see this." in plain(await head_x.get(CAUCUSES))
    stale = await send(head_y, invited, f"{CAUCUSES}/{caucus}/join", {})
    assert stale.status_code == 412


async def test_a_caucus_session_is_held_by_its_heads_pages(world: World) -> None:
    head_x, delegate_x = await browsers(world, "head_x", "delegate_x")
    made = await fill(head_x, CAUCUSES, {"name": "Ours"})
    caucus = made.headers["location"].partition("#c-")[2]
    new = f"{NEW}?caucus={caucus}"
    form = await head_x.get(new)
    assert "Only members of X can see it: not the secretariat" in plain(form)
    assert "The coordinator" not in form.text
    typed = {**times(date=in_days(-1)[:10]), "location": "Room 1", "issue": "1"}
    again = await send(head_x, form, NEW, {**typed, "start": "late"})
    assert (again.status_code, typed_in(again.text, "caucus")) == (422, caucus)
    answer = await send(head_x, form, NEW, typed)
    assert answer.status_code == 303, answer.text
    here = answer.headers["location"].partition("?")[0]
    page = await delegate_x.get(here)
    assert "Only X can see this." in plain(page)
    assert "Only members of X read this page." in plain(page)
    assert "Answers" not in page.text
    assert "caucus, only X" in plain(await delegate_x.get(TALKS))
    assert (await fill(head_x, here, {}, f"{here}/confirm")).status_code == 303
    move = {"start": "11:00", "reason": "Rain", "step": "check"}
    preview = await fill(head_x, f"{here}/move", move)
    assert "Nothing has changed yet" in preview.text
    assert "The team, the chair and everyone indispensable are free then." in preview.text
    assert (await send(head_x, preview, f"{here}/move", {"step": "do"})).status_code == 303
    edited = await fill(head_x, f"{here}/edit", {"title": "Before the plenary"})
    assert edited.status_code == 303, edited.text
    agenda = await fill(head_x, f"{here}/agenda", {"agenda/2/title": "Our limits"})
    assert agenda.status_code == 303, agenda.text
    closed = await fill(head_x, f"{here}/close", {"close_kind": "concluded"})
    assert closed.status_code == 303, closed.text
    assert '<span class="status held">' in (await delegate_x.get(here)).text
    listed = plain(await delegate_x.get(CAUCUSES))
    assert "Before the plenary held" in listed


async def test_no_page_tells_an_outsider_of_a_caucus(world: World) -> None:
    head_x = await signed_in(world, "head_x")
    made = await fill(head_x, CAUCUSES, {"name": "Ours"})
    caucus = made.headers["location"].partition("#c-")[2]
    answer = await fill(head_x, f"{NEW}?caucus={caucus}", {**times(), "titles": "All"}, action=NEW)
    here = answer.headers["location"].partition("?")[0]
    for name in ("coordinator", "note_taker", "agency_head", "delegate_y", "administrator"):
        browser = await signed_in(world, name)
        for known, unknown in (
            (here, f"/s/{'f' * 20}"),
            (f"{here}/move", f"/s/{'f' * 20}/move"),
            (f"{NEW}?caucus={caucus}", f"{NEW}?caucus={'f' * 20}"),
        ):
            seen, never = await browser.get(known), await browser.get(unknown)
            assert (seen.status_code, seen.content) == (never.status_code, never.content), known
            assert seen.status_code == 404
        listed = await browser.get(CAUCUSES)
        assert listed.status_code == (200 if name in ("agency_head", "delegate_y") else 404)
        assert "Ours" not in listed.text
        assert "Ours" not in (await browser.get(TALKS)).text
        assert "Ours" not in (await browser.get("/")).text
    session = here.rpartition("/")[2]
    assert (await act(world.coordinator, session, "cancel", {"reason": "No"})).status_code == 404
