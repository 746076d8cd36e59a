"""F10, reduced: of several senders at once each notice goes once."""

from pathlib import Path

from faults import several
from faults.engines import databases
from templates import Templates

FEW = several.Plan(tables=10, people=10, short=1, long=1, lease=2)


async def test_of_four_senders_at_once_each_notice_goes_once_and_twice_only_after_a_standstill(
    templates: Templates, tmp_path: Path
) -> None:
    with databases("postgresql", tmp_path, templates.postgresql, templates) as own:
        report = await several.run(own, FEW, "1")
    assert report.broken == [], report.text()
    # A hundred reminders, and to each of ten people a mail of what was proposed.
    assert report.notices == 110
