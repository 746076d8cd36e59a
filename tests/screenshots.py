"""The pictures of the README, taken of the demonstration in a real browser.

    python tests/screenshots.py [FOLDER]

The clock stands at the evening of 12 November 2010. FOLDER is tests/screenshots, where the README
looks for them.
"""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import chromium
from playwright.sync_api import Browser, Page, expect, sync_playwright
from running import demo

HERE = Path(__file__).parent / "screenshots"
SAID = (
    "North asks for one long evening a week, Thursday if it can be.\n"
    "The Agency has to ask its head office first.\n"
    "ACTION Agency: ask the head office by 2010-11-30"
)


@contextmanager
def window(browser: Browser, link: str, width: int, height: int, **more: Any) -> Iterator[Page]:
    """A page of whoever opens this one-time link."""
    context = browser.new_context(viewport={"width": width, "height": height}, **more)
    page = context.new_page()
    page.goto(link)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("link", name="Secure Communities").first).to_be_visible()
    yield page
    context.close()


def take(told: dict[str, Any], browser: Browser, to: Path) -> None:
    base, logins = told["base_url"], told["logins"]
    talks = f"{base}/n/{told['negotiation']}"
    with window(browser, logins["coordinator"], 1280, 860) as page:
        page.goto(f"{talks}/matrix")
        page.screenshot(path=to / "matrix.png")
        page.goto(talks)
        figure = page.locator("figure.timeline").first
        figure.scroll_into_view_if_needed()
        figure.screenshot(path=to / "timeline.png")
    with window(browser, logins["note_taker"], 1280, 860) as page:
        page.goto(f"{base}/n/{told['practice']}")
        page.get_by_role("link", name="North / Agency: session 1").first.click()
        page.get_by_role("link", name="Notes", exact=True).click()
        page.locator("section[data-item] textarea").nth(1).fill(SAID)
        expect(page.get_by_role("button", name="Confirm").first).to_be_visible()
        expect(page.locator("section[data-item] [data-saved]").nth(1)).to_contain_text("Saved")
        page.locator("section[data-item]").nth(1).scroll_into_view_if_needed()
        page.screenshot(path=to / "live-notes.png")
    head = logins["delegates"]["santa-clara"]
    with window(browser, head, 390, 780, device_scale_factor=2, has_touch=True) as page:
        page.goto(talks)
        page.get_by_role("link", name="Santa Clara / ICE: session 1").first.click()
        page.screenshot(path=to / "session-on-a-phone.png")


def main(to: Path = HERE) -> None:
    command = chromium.command()
    if command is None:
        raise SystemExit("There is no Chromium here (on Debian: apt-get install chromium).")
    to.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        demo(Path(folder) / "data", "--now", "2010-11-12T23:00:00Z") as told,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=command, args=["--no-sandbox"])
        take(told, browser, to)
        browser.close()
    for file in sorted(to.glob("*.png")):
        print(f"{file.name}: {file.stat().st_size // 1024} KB")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
