"""The demonstration tells nobody of what it is filled with, and puts what it sends into files."""

import re
import time
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import httpx2
from factories import Demonstration
from mail.post import Box, look
from running import demo


async def test_nobody_is_told_of_what_is_entered_from_a_record(
    demonstration: Demonstration,
) -> None:
    box = Box()
    await look(demonstration, box)
    demonstration.clock.forward(days=1)
    assert await look(demonstration, box) == 0


def test_a_link_that_is_asked_for_lies_in_a_file(tmp_path: Path) -> None:
    with demo(tmp_path) as told, httpx2.Client(base_url=told["base_url"]) as browser:
        page = browser.get("/sign-in").text
        csrf = page.partition('name="csrf" value="')[2].partition('"')[0]
        form = {"csrf": csrf, "email": "arlington@example.org"}
        assert browser.post("/sign-in", data=form).status_code == 200
        until = time.monotonic() + 60
        while not (files := list((tmp_path / "mail").glob("*.eml"))):
            assert time.monotonic() < until, "no mail"
            time.sleep(0.1)
        [file] = files
        message = message_from_bytes(file.read_bytes(), policy=default)
        assert (message["To"], message["From"]) == (
            "arlington@example.org",
            "negotiations@localhost",
        )
        [link] = re.findall(r"http://\S+/sign-in/\S+", message.get_content())
        assert browser.post(link).headers["location"] == "/"
        assert browser.get("/me").status_code == 200
