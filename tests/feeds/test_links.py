"""How an address is handed to calendar programs."""

import html
import re
from urllib.parse import parse_qsl, urlsplit

import pytest
from factories import World, send_form, signed_in

from negotiations.feeds import links

ADDRESS = "https://talks.example.org/feeds/Ab-_9.ics?cancelled=hide&alarms=15,60"


def test_each_program_is_given_the_address_as_it_takes_it() -> None:
    """calendar.md 50."""
    assert {
        "webcal": links.webcal(ADDRESS),
        "google": links.google(ADDRESS),
        "outlook, work": links.outlook(ADDRESS, "My sessions & more"),
        "outlook, home": links.outlook(ADDRESS, "Mine", "outlook.live.com"),
    } == {
        "webcal": "webcal://talks.example.org/feeds/Ab-_9.ics?cancelled=hide&alarms=15,60",
        "google": "https://calendar.google.com/calendar/r?cid=webcal%3A%2F%2Ftalks.example.org"
        "%2Ffeeds%2FAb-_9.ics%3Fcancelled%3Dhide%26alarms%3D15%2C60",
        "outlook, work": "https://outlook.office.com/calendar/0/addfromweb?url=https%3A%2F%2F"
        "talks.example.org%2Ffeeds%2FAb-_9.ics%3Fcancelled%3Dhide%26alarms%3D15%2C60"
        "&name=My%20sessions%20%26%20more",
        "outlook, home": "https://outlook.live.com/calendar/0/addfromweb?url=https%3A%2F%2F"
        "talks.example.org%2Ffeeds%2FAb-_9.ics%3Fcancelled%3Dhide%26alarms%3D15%2C60&name=Mine",
    }


@pytest.mark.parametrize(
    ("base", "outside"),
    [
        ("https://talks.example.org", True),
        ("http://talks.example.org", False),
        ("https://localhost", False),
        ("http://127.0.0.1:8000", False),
    ],
)
def test_whether_programs_on_the_web_reach_it(base: str, outside: bool) -> None:
    assert links.reachable_from_outside(base) is outside


async def test_the_page_has_a_button_for_each_and_the_address_to_copy(world: World) -> None:
    """calendar.md 50, 51: no webcals, and no program's page is told where one came from."""
    browser = await signed_in(world, "delegate_x")
    made = await send_form(browser, "/feeds", label="Phone", alarms="15")
    assert made.status_code == 201
    [address] = map(html.unescape, re.findall(r'<code class="address">([^<]+)</code>', made.text))
    assert re.fullmatch(r"http://testserver/feeds/[\w-]{43}\.ics\?alarms=15", address)
    buttons = re.findall(
        r'<a class="button(?: main)?" href="([^"]+)"([^>]*)>([^<]+)</a>', made.text
    )
    found = {text: html.unescape(href) for href, _, text in buttons if text != "Done"}
    assert found == {
        "Subscribe on this device": links.webcal(address),
        "Google Calendar": links.google(address),
        "Outlook (work)": links.outlook(address, "Phone"),
        "Outlook.com": links.outlook(address, "Phone", "outlook.live.com"),
    }
    assert dict(parse_qsl(urlsplit(found["Google Calendar"]).query)) == {
        "cid": links.webcal(address)
    }
    assert dict(parse_qsl(urlsplit(found["Outlook (work)"]).query)) == {
        "url": address,
        "name": "Phone",
    }
    outside = [more for href, more, _ in buttons if href.startswith("https://")]
    assert all('rel="noopener noreferrer"' in more for more in outside) and len(outside) == 3
    assert f'data-copy="{html.escape(address)}"' in made.text
    assert "webcals:" not in made.text
    assert made.headers["referrer-policy"] == "same-origin"
    assert (await world.nobody.get(address.removeprefix("http://testserver"))).status_code == 200
