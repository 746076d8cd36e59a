"""What can be asked of the schedule by its address: whom, which state, which days, which week."""

import pytest
from factories import NEG, World, confirmed, plenary_body, propose, signed_in
from filling import Forms, problem_of, typed_in
from scheduled import HERE, WEEK, at, by_day, look


async def test_what_is_listed_can_be_narrowed(world: World) -> None:
    x = await confirmed(world, local_start=at(1), title="Of X")
    await propose(world, local_start=at(3), jurisdiction="y", title="Of Y")
    plenary = plenary_body(local_start=at(8), title="Of all")
    assert (await world.coordinator.post(f"{NEG}/sessions", json=plenary)).status_code == 201

    async def titles(name: str, query: str) -> list[str]:
        page = await look(world, name, query)
        return [row[1].partition(" session")[0] for rows in by_day(page).values() for row in rows]

    for query, expected in (
        ("", ["Of X", "Of Y", "Of all"]),
        ("?track=&state=&from=&to=&week=", ["Of X", "Of Y", "Of all"]),
        ("?track=x", ["Of X", "Of all"]),
        ("?track=y", ["Of Y", "Of all"]),
        ("?state=proposed", ["Of Y", "Of all"]),
        ("?state=proposed&track=x", ["Of all"]),
        ("?from=2049-11-04", ["Of Y", "Of all"]),
        ("?from=2049-11-02&to=2049-11-04", ["Of X", "Of Y"]),
        ("?to=2049-11-01", []),
        (f"?week={WEEK}&track=y", ["Of Y"]),
        ("?unknown=1", ["Of X", "Of Y", "Of all"]),
    ):
        assert (query, await titles("coordinator", query)) == (query, expected)
    assert await titles("delegate_x", "?track=x") == ["Of X", "Of all"]
    page = await look(world, "coordinator", "?track=x&state=confirmed&from=2049-11-02")
    assert "Only with X County, confirmed, from Tue 2 Nov 2049." in page.text
    form = Forms(page.text).found[HERE]
    assert form == [("track", "x"), ("state", "confirmed"), ("from", "2049-11-02"), ("to", "")]
    assert "No session is like that." in (await look(world, "coordinator", "?state=held")).text
    assert (await look(world, "delegate_y", "?track=y")).text.count(x["id"]) == 0


@pytest.mark.parametrize(
    ("query", "status", "problem"),
    [
        ("week=2049-W53", 400,
         ("Write the week as 2010-W45 (a year has 52 of them, or 53), or as a day of it: "
          "2010-11-09.")),
        ("week=1066-W41", 400, "Weeks lie in the years 1970 to 2200."),
        ("from=soon", 400, "“from” is a day, as 2010-11-05: year, month, day."),
        ("to=2049-02-29", 400, "“to” is a day, as 2010-11-05: year, month, day."),
        ("to=9999-12-31", 400, "“to” lies in the years 1970 to 2200."),
        ("state=open", 400,
         "state is one of: proposed, confirmed, in_progress, held, postponed, cancelled."),
        ("from=2049-11-02&to=2049-11-01", 422, "The last day lies before the first. Swap them."),
        (f"week={WEEK}&from=2049-11-02", 422,
         "Ask for one week, or for days from and to; not for both."),
    ],
)  # fmt: skip
async def test_what_cannot_be_asked_is_told_above_the_form(
    world: World, query: str, status: int, problem: str
) -> None:
    await propose(world, local_start=at(1), title="Unlisted")
    for name in ("coordinator", "delegate_y"):
        page = await look(world, name, f"?{query}")
        assert (page.status_code, problem_of(page)) == (status, problem)
        assert "Unlisted" not in page.text
        assert "Nothing is shown until that is put right." in page.text
        assert f'href="{HERE}">Show all</a>' in page.text
    for key, typed in (one.split("=") for one in query.split("&")):
        if key in ("from", "to"):
            assert typed_in(page.text, key) == typed


async def test_a_track_one_may_not_see_is_one_that_is_not_there(world: World) -> None:
    browser = await signed_in(world, "delegate_y")
    unseen, unknown, odd = [
        await browser.get(HERE, params={"track": one}) for one in ("x", "none", "x\x00")
    ]
    assert [unseen.status_code, unknown.status_code, odd.status_code] == [404, 404, 404]
    assert unseen.content == unknown.content == odd.content
    wrong = await browser.get(f"{HERE}?times=noon")
    assert (wrong.status_code, "times is one of: venue, local, utc." in wrong.text) == (400, True)
