"""The page of a matrix of many jurisdictions: how much it takes, what it leaves a click away."""

import re
from pathlib import Path

from benchmarks.record import record_talks
from benchmarks.talks import SLUG
from factories import client_of
from pages.test_weights import ADDED, KILOBYTE
from sqlmodel import select
from templates import Templates, settings_for

from negotiations.access.logins import make_link, open_link
from negotiations.app import create_app
from negotiations.clock import Clock
from negotiations.models import Person

MATRIX = f"/n/{SLUG}/matrix"


async def test_a_hundred_jurisdictions_by_ten_issues(templates: Templates, tmp_path: Path) -> None:
    settings = settings_for(templates.copy("sqlite", "empty", f"{tmp_path}/large.db"))
    await record_talks(settings, tracks=100, issues=10, sessions=2)
    app, now = create_app(settings, ticking=False), Clock().now()
    async with client_of(app) as browser:
        async with app.state.service.database.write() as db:
            person = (await db.exec(select(Person))).one()
            secret = await make_link(db, person.id, now=now, minutes=60)
            browser.cookies.set("login", await open_link(db, secret, now=now, days=14))
        page = await browser.get(MATRIX)
        assert page.status_code == 200
        total = 0
        for one in [MATRIX, *sorted(set(ADDED.findall(page.text)))]:
            async with browser.stream("GET", one) as answer:
                assert answer.headers["content-encoding"] == "gzip"
                total += len(b"".join([part async for part in answer.aiter_raw()]))
        assert total <= 60 * KILOBYTE
        table, narrow = page.text.split('<div class="narrow">')
        # On a wide screen each answer with its day, the session, and where its texts are.
        cells = re.findall(r"<td class.*?</td>", table, re.DOTALL)
        assert len(cells) == 1000
        dated = re.compile(r'href="/s/\w{20}">\d+ \w{3} 20\d\d</a>')
        course = re.compile(rf'href="/n/{SLUG}/tracks/track-(\d+)/issues/(\d+)"')
        assert {len(dated.findall(one)) for one in cells} == {1}
        assert {tuple(map(int, found)) for one in cells for found in course.findall(one)} == {
            (track, issue) for track in range(100) for issue in range(1, 11)
        }
        assert len(re.findall("<dd", narrow)) == 1000
        assert len(re.findall(rf'href="/n/{SLUG}/tracks/track-\d+"', narrow)) == 100
        assert "<details" not in page.text.split("<main")[1].split("<table")[1]
        # There they are, what was said first and what took its place.
        text = (await browser.get(f"/n/{SLUG}/tracks/track-7/issues/4")).text
        assert text.count("what follows") == 1
    await app.state.service.database.close()
