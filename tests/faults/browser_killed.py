"""A browser of one's own that is killed as a whole while somebody types, and started anew."""

import asyncio
import os
import re
import signal
import subprocess
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import chromium
from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page, async_playwright, expect

WORDS = "every county was told that the form would be sent before the end of the month. "


@dataclass(frozen=True)
class Left:
    """What came back: how many seconds before the kill the first missing letter was typed."""

    missing: float
    kept_what_was_saved: bool
    typed: str
    found: str


@asynccontextmanager
async def _tab(address: str, cookie: str, profile: Path) -> AsyncIterator[tuple[Page, int]]:
    """A tab at this address, and the number of the group of its browser's processes."""
    port = profile / "DevToolsActivePort"
    port.unlink(missing_ok=True)
    command = chromium.command()
    assert command is not None
    words = [
        command, *chromium.WORDS, "--headless=new", "--no-first-run",
        "--remote-debugging-port=0", f"--user-data-dir={profile}", "about:blank",
    ]  # fmt: skip
    process = subprocess.Popen(  # noqa: ASYNC220 - it must end by a signal to its whole group
        words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        while not (port.exists() and port.read_text().count("\n")):
            assert process.poll() is None, "Chromium ended"
            await asyncio.sleep(0.02)
        async with async_playwright() as playwright:
            at = f"http://127.0.0.1:{port.read_text().splitlines()[0]}"
            browser = await playwright.chromium.connect_over_cdp(at)
            context = browser.contexts[0]
            await context.add_cookies([{"name": "login", "value": cookie, "url": address}])
            page = await context.new_page()
            await page.goto(address)
            yield page, process.pid
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


async def killed_while_typing(address: str, cookie: str, profile: Path, seconds: float) -> Left:
    """Type for so many seconds without a rest, kill the browser, and look with another."""
    typed, saved, moments = "", "", []
    async with _tab(address, cookie, profile) as (page, group):
        box = page.locator("section[data-item] textarea").first
        line = page.locator("section[data-item] [data-saved]").first
        before = await box.input_value()
        await box.focus()
        await page.keyboard.press("Control+End")
        began = time.monotonic()
        while time.monotonic() < began + seconds:
            letter = WORDS[len(typed) % len(WORDS)]
            await page.keyboard.type(letter)
            moments.append(time.monotonic())
            typed += letter
            saved = await line.inner_text()
            await asyncio.sleep(0.02)
        with suppress(PlaywrightError):
            os.killpg(group, signal.SIGKILL)
        at = time.monotonic()
    async with _tab(address, cookie, profile) as (page, _):
        line = page.locator("section[data-item] [data-saved]").first
        await expect(line).to_have_text(re.compile("^Saved "), timeout=20_000)
        found = await page.locator("section[data-item] textarea").first.input_value()
        now = await line.inner_text()
    assert found.startswith(before), (before, found)
    there = found[len(before) :]
    whole = typed.startswith(there) or there.startswith(typed)
    lost = next((at - moment for moment in moments[len(there) :]), 0.0)
    return Left(lost, whole and _number(now) >= _number(saved), typed, there)


def _number(line: str) -> int:
    """Of the revision that the page says was saved."""
    found = re.search(r"revision (\d+)", line)
    return int(found[1]) if found else 0
