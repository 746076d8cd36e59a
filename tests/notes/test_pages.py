"""The pages of a summary's life: read, decided on, sent round, published, corrected."""

import re
from html import unescape

import httpx2
from browsing import told
from factories import World, signed_in
from filling import Forms, browsers, fields, post, problem_of, send, typed_in
from notes.rounds import TEXT, circulate, held, rewrite, set_rule, sha, state

PUBLIC = "/public/water-talks"
COMPILED = "Compiled from public sources; not agreed by the parties.\n\nIt was <b>said</b>."
STATEMENT = "  We *disagree* <i>wholly</i>,\r\nas before. "


def page_of(path: str) -> str:
    return path.removeprefix("/api/v1/sessions").replace("/", "/s/", 1)


async def press(
    browser: httpx2.AsyncClient, shown: httpx2.Response, act: str, **typed: str
) -> httpx2.Response:
    """One of the forms of a summary's page that was shown before."""
    action = f"{shown.url.path.partition('/summary')[0]}/summary/{act}"
    return await post(browser, action, fields(shown, action, **typed))


def plain(answer: httpx2.Response) -> str:
    """What a page says, without its marks."""
    main = answer.text.partition("<main")[2]
    return re.sub(r"\s+", " ", unescape(re.sub("<[^>]*>", " ", main)))


async def test_a_draft_is_nothing_to_the_delegations_and_a_circulated_text_is(
    world: World,
) -> None:
    path = await held(world)
    page = page_of(path)
    everybody = ("delegate_x", "head_x", "agency_delegate", "agency_head", "party_note_taker_x")
    tails = ("", "/diff", "/publish", "/corrigendum")
    for name in (*everybody, "delegate_y"):
        browser = await signed_in(world, name)
        unknown = await browser.get(f"/s/{'f' * 20}/summary")
        for tail in tails:
            answer = await browser.get(f"{page}{tail}")
            assert (answer.status_code, answer.text) == (404, unknown.text), (name, tail)
    await circulate(world, path)
    for name in everybody:
        browser = await signed_in(world, name)
        shown = await browser.get(page)
        assert shown.status_code == 200
        assert "WT-X/S1/SUM" in shown.text and sha(TEXT) in shown.text
        assert f'href="{page}"' in (await browser.get(page.removesuffix("/summary"))).text
        forms = {one.removeprefix(f"{page}/") for one in Forms(shown.text).found}
        decides = {"decide"} if name.endswith(("head_x", "head")) else set()
        assert forms == {"/sign-out", "comment"} | decides, name
        assert (await browser.get(f"{page}/diff")).status_code == 200
        for tail in ("/publish", "/corrigendum"):
            assert (await browser.get(f"{page}{tail}")).status_code == 403
    for tail in tails:
        assert (await (await signed_in(world, "delegate_y")).get(page + tail)).status_code == 404


async def test_the_deadline_stands_in_the_zones_of_the_talks_and_of_the_place(
    world: World,
) -> None:
    path = await held(world)
    due = (await circulate(world, path))["due_on"]
    text = plain(await (await signed_in(world, "delegate_x")).get(page_of(path)))
    found = re.search(
        r"by (\w+ \d+ \w+ \d{4}), (23:59 E[SD]T) \(New York\) · .*?(20:59 P[SD]T)", text
    )
    assert found, text
    assert (found[1].split()[1], found[1].split()[3]) == (f"{int(due[8:])}", due[:4])


async def test_a_head_who_opens_the_page_is_reached_and_nobody_else(world: World) -> None:
    path = await held(world)
    page = page_of(path)
    await circulate(world, path)

    async def reached() -> list[str]:
        items = (await world.coordinator.get(f"{path}/circulations")).json()["items"]
        return sorted(one["party"] for one in items if one["delivered_at"])

    delegate, head = await browsers(world, "delegate_x", "head_x")
    assert (await delegate.get(page)).status_code == 200
    assert (await head.head(page)).status_code == 200
    early = await head.get(page, headers={"Sec-Purpose": "prefetch"})
    assert (early.status_code, await reached()) == (200, [])
    shown = await head.get(page)
    assert await reached() == ["x"]
    assert "Revision 1 to X: reached it" in plain(shown)
    assert "Agency: not opened" not in plain(shown)  # each sees of itself alone
    coordinator = await signed_in(world, "coordinator")
    assert "Revision 1 to Agency: not opened yet" in plain(await coordinator.get(page))


async def test_both_heads_approve_and_it_is_agreed_with_the_statement_unedited(
    world: World,
) -> None:
    path = await held(world)
    page = page_of(path)
    await circulate(world, path)
    head, agency = await browsers(world, "head_x", "agency_head")
    shown = await head.get(page)
    wrong = await press(head, shown, "decide", decision="approved_with_statement")
    assert wrong.status_code == 422
    both = await press(head, wrong, "decide", decision="approved", statement=STATEMENT)
    assert both.status_code == 422
    assert "press “Approve with this statement”" in problem_of(both)
    assert typed_in(both.text, "statement") == STATEMENT
    answer = await press(
        head, both, "decide", decision="approved_with_statement", statement=STATEMENT
    )
    assert told(answer) == f"303 {page}"
    there = await agency.get(page)
    assert "We *disagree* &lt;i&gt;wholly&lt;/i&gt;,\nas before. </pre>" in there.text
    assert told(await press(agency, there, "decide", decision="approved")) == f"303 {page}"
    assert await state(world, path) == "agreed"
    agreed = await agency.get(page)
    assert "Agreed by all parties." in plain(agreed)
    assert "decide" not in {one.rpartition("/")[2] for one in Forms(agreed.text).found}
    [kept] = [
        one["statement"]
        for one in (await world.coordinator.get(path)).json()["decisions"]
        if one["statement"]
    ]
    assert kept == STATEMENT.replace("\r\n", "\n")


async def test_a_page_with_an_older_text_approves_no_newer_one(world: World) -> None:
    path = await held(world)
    page = page_of(path)
    await circulate(world, path)
    head = await signed_in(world, "head_x")
    old = await head.get(page)
    await rewrite(world, path, "Another text")
    waits = await press(head, old, "decide", decision="objected", statement="Because")
    assert waits.status_code == 409
    assert problem_of(waits).startswith("The secretariat is writing on")
    assert "being revised" in plain(waits) and "Another text" not in waits.text
    await circulate(world, path)
    late = await press(
        head, old, "decide", decision="approved_with_statement", statement="With words"
    )
    assert late.status_code == 412
    assert problem_of(late).startswith("The text has changed since you opened this page")
    assert f"{page}/diff?a=1&amp;b=2" in late.text
    assert typed_in(late.text, "statement") == "With words"
    assert typed_in(late.text, "sha256") == sha("Another text")
    items = (await world.coordinator.get(f"{path}/decisions")).json()["items"]
    assert items == []
    again = await press(head, late, "decide", decision="approved_with_statement")
    assert told(again) == f"303 {page}"
    differs = await head.get(f"{page}/diff?a=1&b=2")
    assert "<ins>" in differs.text and "<del>" in differs.text
    for wrong in ("a=1&b=3", "a=0&b=1", "a=x&b=1", "b=99999999999"):
        assert (await head.get(f"{page}/diff?{wrong}")).status_code == 404


async def test_the_other_side_deciding_meanwhile_stops_nobody(world: World) -> None:
    path = await held(world)
    page = page_of(path)
    await circulate(world, path)
    head, agency = await browsers(world, "head_x", "agency_head")
    both = [await head.get(page), await agency.get(page)]
    for browser, shown in zip((head, agency), both, strict=True):
        assert told(await press(browser, shown, "decide", decision="approved")) == f"303 {page}"
    assert await state(world, path) == "agreed"


async def test_an_objection_stays_and_the_disagreement_can_be_recorded(world: World) -> None:
    path = await held(world)
    page = page_of(path)
    await circulate(world, path)
    head, agency, coordinator = await browsers(world, "head_x", "agency_head", "coordinator")
    empty = await press(head, await head.get(page), "decide", decision="objected", statement="")
    assert empty.status_code == 422
    await press(head, empty, "decide", decision="objected", statement="Not said")
    mine = await head.get(page)
    assert "Your side objected to this revision, and an objection stays." in plain(mine)
    assert "Approve with this statement" not in mine.text
    waits = await coordinator.get(page)
    assert "Missing: Agency." in plain(waits) and f'{page}/agree"' not in waits.text
    shown = await agency.get(page)
    await press(agency, shown, "decide", decision="approved_with_statement", statement="It was")
    now = await coordinator.get(page)
    stale = await press(coordinator, now, "agree", base="0" * 32)
    assert stale.status_code == 412 and "nothing was done" in problem_of(stale)
    assert told(await press(coordinator, stale, "agree")) == f"303 {page}"
    assert "Not agreed by all parties: the disagreement is recorded" in plain(await head.get(page))


async def test_comments_are_read_by_all_and_lost_by_none(world: World) -> None:
    path = await held(world)
    page = page_of(path)
    await circulate(world, path)
    delegate = await signed_in(world, "delegate_x")
    shown = await delegate.get(page)
    assert (await press(delegate, shown, "comment", comment="  ")).status_code == 422
    assert told(await press(delegate, shown, "comment", comment="A date <b>")) == f"303 {page}"
    for name in ("agency_delegate", "note_taker", "coordinator"):
        assert "A date <b>" in plain(await (await signed_in(world, name)).get(page))
    await rewrite(world, path, "Other")
    late = await press(delegate, shown, "comment", comment="Too late")
    assert late.status_code == 409
    assert "It can be commented on while it is circulated." in problem_of(late)
    # No form is left to hold it, so it is shown to be copied.
    assert "Too late" in late.text


async def test_the_coordinator_leads_it_from_draft_to_corrigendum(world: World) -> None:
    await set_rule(world, "secretariat")
    path = await held(world)
    page = page_of(path)
    coordinator, note_taker = await browsers(world, "coordinator", "note_taker")
    assert f"{page}/circulate" not in Forms((await note_taker.get(page)).text).found
    shown = await coordinator.get(page)
    assert "Its text has to say “Compiled from public sources" in plain(shown)
    assert told(await press(coordinator, shown, "circulate")) == f"303 {page}"
    assert await state(world, path) == "circulated"
    saved = await send(note_taker, await note_taker.get(page), page, {"body": COMPILED})
    assert saved.status_code == 303, saved.text
    assert await state(world, path) == "draft"
    late = await press(coordinator, shown, "circulate")
    assert late.status_code == 412 and "changed since you opened" in problem_of(late)
    assert told(await press(coordinator, late, "agree")) == f"303 {page}"
    assert await state(world, path) == "agreed"
    open_form = await note_taker.get(page)
    preview = await coordinator.get(f"{page}/publish")
    assert preview.status_code == 200
    assert (await world.nobody.get(f"{PUBLIC}.json")).json()["summaries"] == []
    action = f"{page}/publish"
    assert told(await post(coordinator, action, fields(preview, action))) == f"303 {page}"
    public = (await world.nobody.get(PUBLIC)).text
    card = re.search(r'aria-labelledby="public">\n(.*?)</section>', preview.text, re.DOTALL)
    assert card and card[1].strip() in public and "<b>said" not in public
    data = re.search(r"<pre>(\{.*?\})</pre>", preview.text, re.DOTALL)
    assert data
    assert unescape(data[1]).encode() in (await world.nobody.get(f"{PUBLIC}.json")).content
    done = await coordinator.get(page)
    assert f"{page}/corrigendum" in done.text and f'{page}/publish"' not in done.text
    assert "Declared" in plain(done) and "Agreed" not in plain(done)
    # Its text is shown and not offered to be changed; what came too late isn't taken away.
    box = '<textarea id="f-body" name="body" rows="16" required{}>\n'
    assert box.format(" readonly") in done.text and "?template=" not in done.text
    assert box.format("") in open_form.text and "?template=" in open_form.text
    late = await send(note_taker, open_form, page, {"body": "Typed meanwhile"})
    assert typed_in(late.text, "body") == "Typed meanwhile" and box.format("") in late.text
    assert told(await send(note_taker, await note_taker.get(page), page, {})) == f"303 {page}"
    form = await coordinator.get(f"{page}/corrigendum")
    action = f"{page}/corrigendum"
    same = await post(coordinator, action, fields(form, action))
    assert same.status_code == 422 and typed_in(same.text, "body") == COMPILED
    stale = await post(coordinator, action, fields(form, action, base="0" * 32, body="Right"))
    assert (stale.status_code, typed_in(stale.text, "body")) == (412, "Right")
    assert told(await post(coordinator, action, fields(stale, action))) == f"303 {page}"
    assert await state(world, path) == "draft"
    again = await post(coordinator, action, fields(form, action, body="More"))
    assert again.status_code in (409, 412) and typed_in(again.text, "body") == "More"


async def test_what_changed_since_the_preview_is_not_published(world: World) -> None:
    await set_rule(world, "secretariat")
    path = await held(world, COMPILED)
    page = page_of(path)
    coordinator = await signed_in(world, "coordinator")
    await press(coordinator, await coordinator.get(page), "agree")
    preview = await coordinator.get(f"{page}/publish")
    world.clock.forward(days=1)  # another day of publication: other bytes
    action = f"{page}/publish"
    late = await post(coordinator, action, fields(preview, action))
    assert late.status_code == 412
    assert "What would become public has changed" in problem_of(late)
    assert await state(world, path) == "agreed"
    assert told(await post(coordinator, action, fields(late, action))) == f"303 {page}"
    over = await post(coordinator, action, fields(late, action))
    assert over.status_code == 409
    assert "Only what is agreed can be published." in problem_of(over)


async def test_no_page_of_a_summary_loses_a_text_to_an_ended_login(world: World) -> None:
    path = await held(world)
    page = page_of(path)
    await circulate(world, path)
    head = await signed_in(world, "head_x")
    shown = await head.get(page)
    sent = fields(shown, f"{page}/decide", decision="objected", statement="Kept")
    await head.post("/sign-out", data={"csrf": dict(sent)["csrf"]})
    head.cookies.clear()
    again = await post(head, f"{page}/decide", sent)
    assert again.status_code == 401
    assert typed_in(again.text, "statement") == "Kept"
    assert typed_in(again.text, "sha256") == sha(TEXT)
    assert await state(world, path) == "circulated"
