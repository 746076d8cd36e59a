"""What axe-core finds on a page, and whether the page fits into its window."""

from functools import cache
from pathlib import Path

from lacking import lacking
from playwright.sync_api import Page

SCRIPT = Path(__file__).parent.parent / "node_modules/axe-core/axe.min.js"
# WCAG 2.2 A and AA, and what axe holds for good practice.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = """rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']}).then(found => [
    found.passes.length,
    found.violations.map(one =>
        `${one.id} (${one.nodes.length}): ${one.nodes[0].html.slice(0, 200)}`),
])"""


@cache
def _script() -> str:
    if not SCRIPT.is_file():
        lacking("axe-core is not installed (make tests/node_modules/installed)")
    return SCRIPT.read_text()


def faults(page: Page) -> list[str]:
    """A line for each; [] if there is none. The window must let the tests' own script run."""
    if not page.evaluate("'axe' in window"):  # of an earlier look at the same page
        page.evaluate(_script())
    passed, found = page.evaluate(RUN, RULES)
    assert passed > 5, f"axe looked at next to nothing on {page.url}"
    width = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    wide = [f"it scrolls sideways: {width[0]} in {width[1]} px"] if width[0] > width[1] else []
    return [f"{page.url}: {one}" for one in [*found, *wide]]
