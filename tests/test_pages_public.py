"""One's calendars, the public page, and that no page takes text for markup."""

import re

from browsing import TALKS, told
from factories import NEG, World, act, confirmed, in_days, propose, send_form, signed_in

CANARY = "<script>\"'&{{7*7}}</script>"


async def test_a_calendar_address_is_shown_once_and_works_until_revoked(world: World) -> None:
    session = await propose(world)
    browser = await signed_in(world, "delegate_x")
    made = await send_form(browser, "/feeds", label="My phone", negotiation="water-talks")
    assert (made.status_code, made.headers["cache-control"]) == (201, "private, no-store")
    found = re.search(r"http://testserver(/feeds/([\w-]{40,})\.ics)</code>", made.text)
    assert found
    address, secret = found[1], found[2]
    host = f"testserver/feeds/{secret}.ics"
    encoded = f"%3A%2F%2Ftestserver%2Ffeeds%2F{secret}.ics"
    assert f'href="webcal://{host}"' in made.text
    assert f'href="https://calendar.google.com/calendar/r?cid=webcal{encoded}"' in made.text
    assert f"https://outlook.office.com/calendar/0/addfromweb?url=http{encoded}" in made.text
    assert f'data-copy="http://{host}"' in made.text
    assert 'src="data:image/svg+xml' in made.text
    calendar = await world.nobody.get(address)
    assert (calendar.status_code, session["uid"] in calendar.text) == (200, True)
    listed = await browser.get("/feeds")
    assert secret not in listed.text
    assert "My phone" in listed.text
    row = listed.text.partition("My phone")[2]
    path = re.findall(r'action="(/feeds/\w+/revoke)"', row)[0]
    base = re.findall(r'name="base" value="(\w+)"', row)[0]
    stale = await send_form(browser, path, base="0" * 32)
    assert stale.status_code == 412
    other = await send_form(await signed_in(world, "delegate_y"), path, base=base)
    assert other.status_code == 404
    revoked = await send_form(browser, path, base=base)
    assert told(revoked) == "303 /feeds"
    assert (await world.nobody.get(address)).status_code == 410
    assert "My phone" not in (await browser.get("/feeds")).text


async def test_a_wrong_calendar_form_keeps_what_was_typed(world: World) -> None:
    browser = await signed_in(world, "delegate_x")
    long = "x" * 81
    answer = await send_form(browser, "/feeds", label=long, negotiation="water-talks")
    assert (answer.status_code, f'value="{long}"' in answer.text) == (422, True)
    assert '<option value="water-talks" selected>' in answer.text
    unseen = await send_form(browser, "/feeds", label="A", negotiation="other-talks")
    assert unseen.status_code == 404


async def test_the_public_page_shows_what_is_published_and_nothing_else(world: World) -> None:
    empty = (await world.nobody.get("/public/water-talks")).text
    assert "Nothing of these talks is published yet." in empty
    assert "County" not in empty
    secret = {
        "conference_url": "https://meet.example.org/unpublished",
        "access_note": "Unpublished door",
    }
    shown = await confirmed(world, title="Opening", agenda=[{"issue": "2"}], **secret)
    hidden = await confirmed(world, title="Unpublished session", local_start=in_days(12))
    await act(world.coordinator, shown["id"], "publish")
    answer = await world.nobody.get("/public/water-talks")
    text = answer.text
    anchor = f"s-{shown['uid'].partition('@')[0]}"
    for one in (f'id="{anchor}"', "Opening", "City Hall", "Meters", "confirmed", "X County",
                "Water Agency", "Y County", "No session recorded.",
                'rel="alternate" type="text/calendar"', "webcal://testserver/public/water-talks.ics",
                "http://testserver/public/water-talks/y.ics"):  # fmt: skip
        assert one in text, one
    for one in ("npublished", hidden["id"], shown["id"], "The head_x", "The coordinator", "login=",
                "Sign out", 'name="csrf"'):  # fmt: skip
        assert one not in text, one
    assert "set-cookie" not in answer.headers
    calendar = await world.nobody.get("/public/water-talks.ics")
    assert f"/public/water-talks#{anchor}" in calendar.text.replace("\r\n ", "")
    browser = await signed_in(world, "coordinator")
    assert (await browser.get("/public/water-talks")).content == answer.content
    await act(world.coordinator, shown["id"], "cancel", {"reason": "Unpublished reason"})
    later = (await world.nobody.get("/public/water-talks")).text
    assert ("cancelled" in later, "npublished" in later) == (True, False)


async def test_text_of_people_is_never_markup(world: World) -> None:
    session = await confirmed(
        world, title=CANARY, location=CANARY, room=CANARY, access_note=CANARY,
        agenda=[{"issue": "1", "title": CANARY}],
    )  # fmt: skip
    await act(world.coordinator, session["id"], "publish")
    tag = (await world.coordinator.get(NEG)).headers["etag"]
    named = await world.coordinator.patch(
        NEG, json={"title": CANARY, "subject": CANARY}, headers={"If-Match": tag}
    )
    assert named.status_code == 200, named.text
    promise = {"jurisdiction": "x", "owner": "x", "text": CANARY, "due_on": "2020-01-31"}
    await world.coordinator.post(f"{NEG}/commitments", json=promise)
    browser = await signed_in(world, "coordinator")
    seat = (await send_form(
        browser, f"{TALKS}/people", name=CANARY, title=CANARY, role="delegate", party="x"
    )).headers["location"].partition("#m-")[2]  # fmt: skip
    made = await send_form(browser, "/feeds", label=CANARY)
    wrong = await send_form(browser, f"{TALKS}/people", name=CANARY, role=CANARY, tz=CANARY)
    await act(world.coordinator, session["id"], "cancel", {"reason": CANARY})
    await propose(world, title=CANARY, local_start=in_days(14))
    paths = ("/", TALKS, f"{TALKS}/tracks/x", f"{TALKS}/people", f"{TALKS}/people/{seat}",
             "/feeds", "/public/water-talks")  # fmt: skip
    answers = [made, wrong, *[await browser.get(path) for path in paths]]
    for answer in answers:
        assert '<script>"' not in answer.text
        assert "&lt;script&gt;&#34;&#39;&amp;{{7*7}}&lt;/script&gt;" in answer.text
