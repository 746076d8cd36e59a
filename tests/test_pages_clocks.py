"""By which clock pages tell times first: asked for by a link, kept by a button."""

from browsing import TALKS, text_of, told
from factories import World, propose, signed_in
from filling import Forms, counts, fill, send
from scheduled import HERE, WEEK, at, by_day, plain


async def test_the_clock_that_comes_first_is_chosen_by_link_and_kept_by_a_button(
    world: World,
) -> None:
    session = await propose(world, local_start=at(1, 21))  # the next day in New York
    browser, before = await signed_in(world, "agency_delegate"), await counts(world)
    here = f"/s/{session['id']}"
    read = {
        "venue": "21:00 to 23:00 PDT (Los Angeles)",
        "local": "00:00 to 02:00 EDT your time",
        "utc": "04:00 to 06:00 UTC",
    }

    async def first(path: str) -> str:
        """By which clock the page tells the session's time."""
        text = plain((await browser.get(path)).text)
        return " ".join(one for one, words in read.items() if words in text)

    pages = ("/", TALKS, HERE, f"{HERE}?week={WEEK}", here)
    for path in pages:
        assert await first(path) == "venue", path
        for choice in read:
            join = "&" if "?" in path else "?"
            assert (path, await first(f"{path}{join}times={choice}")) == (path, choice)
        assert await first(path) == "venue", path  # a link changes nothing for good
    days = [list(by_day(await browser.get(f"{HERE}?times={one}"))) for one in read]
    assert days == [["Tue 2 Nov 2049"], ["Wed 3 Nov 2049"], ["Wed 3 Nov 2049"]]
    page = await browser.get(f"{HERE}?week={WEEK}&times=local")
    assert ("week", "2049-11-01") in Forms(page.text).found[HERE]
    assert ("times", "local") in Forms(page.text).found[HERE]
    assert f'href="{HERE}?week={WEEK}&amp;times=utc">UTC</a>' in page.text
    done = await send(browser, page, "/me/times", {})
    assert told(done) == f"303 {HERE}"
    assert done.headers["location"] == f"{HERE}?week={WEEK}&times=local"
    assert [await first(path) for path in pages] == ["local"] * len(pages)
    assert "/me/times" not in Forms((await browser.get(HERE)).text).found
    assert await counts(world) == before
    # Nobody else's, and each form that is typed into keeps the venue's.
    assert "21:00 to 23:00 PDT" in await text_of(world, "agency_head", HERE)
    assert await first(f"{here}?times=venue") == "venue"
    answer = await fill(browser, "/me", {"times": "utc"}, "/me/times")
    assert told(answer) == "303 /me"
    assert await first("/") == "utc"


async def test_the_forms_in_which_times_are_typed_show_them_as_they_are_typed(
    world: World,
) -> None:
    session = await propose(world, local_start=at(1, 21))
    browser = await signed_in(world, "head_x")
    await fill(browser, "/me", {"times": "utc"}, "/me/times")
    for path in ("move", "counter"):
        page = plain((await browser.get(f"/s/{session['id']}/{path}")).text)
        assert "Tue 2 Nov 2049, 21:00 to 23:00 PDT (Los Angeles)" in page


async def test_the_choice_leads_back_to_our_own_pages_only(world: World) -> None:
    browser = await signed_in(world, "delegate_x")
    csrf = dict(Forms((await browser.get("/me")).text).found["/me/times"])["csrf"]

    async def goes(**sent: str) -> str:
        return told(await browser.post("/me/times", data={"csrf": csrf, **sent}))

    for back in ("/", TALKS, HERE, "/s/0123456789abcdef0123"):
        assert await goes(times="utc", back=back) == f"303 {back}"
    for back in ("//evil.example", "/\\evil.example", "https://evil.example/", "/n//evil.example",
                 "/sign-out", "/s/x\r\nSet-Cookie: a=b", "/n/x/schedule@evil", ""):  # fmt: skip
        assert await goes(times="utc", back=back) == "303 /me", back
    assert await goes(times="noon") == "400"
    assert told(await browser.post("/me/times", data={"times": "utc"})) == "403"
    assert told(await browser.get("/me/times")) == "405"
