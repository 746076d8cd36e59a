"""Pages that a phone of 320 CSS pixels shows whole, whether or not it runs a script."""

from pathlib import Path
from typing import Any

import httpx2
from playwright.sync_api import Browser, expect
from running import demo
from test_walks import signed_in as browse

from negotiations.web.html import ROOT


def test_help_and_calendars_fit_a_phone_without_script_and_their_data_breaks_no_rule(
    browser: Browser, tmp_path: Path
) -> None:
    """320 CSS pixels wide; JSON-LD is data to a browser, which the page's policy lets stand."""
    with demo(tmp_path / "data") as told:
        talks, base = told["negotiation"], told["base_url"]
        owner = browse(browser, told["logins"]["coordinator"])
        phone = browser.new_context(
            viewport={"width": 320, "height": 640}, java_script_enabled=False,
            storage_state=owner.context.storage_state(),
        ).new_page()  # fmt: skip
        width = "one => document.documentElement.scrollWidth"
        room = "all => all.map(one => one.clientWidth)"
        for path in ("/help", "/feeds", f"/public/{talks}", f"/n/{talks}/people"):
            phone.goto(base + path)
            assert phone.locator("main").evaluate(width) == 320, path
            assert min(phone.locator("td:visible").evaluate_all(room)) > 250, path
        phone.goto(f"{base}/feeds")
        phone.get_by_role("button", name="Make an address").click()
        expect(phone.get_by_role("link", name="Subscribe on this device")).to_be_visible()
        assert phone.locator("main").evaluate(width) == 320
        phone.context.close()
        _look_at_docs(browser, httpx2.get(f"{base}/docs").text)
        reader = browser.new_page()
        reader.add_init_script(
            "window.broken = []; addEventListener('securitypolicyviolation',"
            " one => window.broken.push(one.effectiveDirective))"
        )
        reader.goto(f"{base}/public/{talks}")
        data = "JSON.parse(document.querySelector('script[type=\"application/ld+json\"]').text)"
        assert reader.evaluate(f"{data}['@graph'].length") == 3
        assert reader.evaluate("window.broken") == []
        # What is no data is refused, and would have been told.
        reader.evaluate(
            "const one = document.createElement('script'); one.text = 'window.ran = true';"
            "document.head.append(one)"
        )
        reader.wait_for_function("window.broken.length > 0")
        assert reader.evaluate("[window.broken, window.ran ?? null]") == [["script-src-elem"], None]
        reader.close()
        owner.context.close()


def _look_at_docs(browser: Browser, text: str) -> None:
    """With everything unfolded."""
    style = (Path(ROOT) / "static" / "app.css").read_text()
    link = '<link rel="stylesheet" href="/static/app.css">'
    assert link in text
    shown: Any = browser.new_page(viewport={"width": 320, "height": 640}, java_script_enabled=False)
    shown.set_content(
        text.replace(link, f"<style>{style}</style>").replace("<details", "<details open")
    )
    assert shown.locator("main").evaluate("one => document.documentElement.scrollWidth") == 320
    shown.close()
