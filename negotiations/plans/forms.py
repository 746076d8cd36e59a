"""From the fields of a plan's forms to the bodies of its acts."""

from datetime import datetime, timedelta
from typing import Any

from negotiations.civil import zone_of
from negotiations.models import PlanItem
from negotiations.plans.bodies import (
    NewPlan,
    NewPlanItem,
    PlanChange,
    PlanItemChange,
    PlanTrackChange,
    Release,
    WorkOut,
)
from negotiations.plans.queries import Line
from negotiations.plans.views import local_start
from negotiations.scheduling.forms import read
from negotiations.scheduling.times import resolve
from negotiations.web.forms import Form

_WEIGHTS = ("other_day", "other_half_day", "friday_afternoon", "early", "span", "moved")
_TICKS = ("no_friday_afternoon", "early", "compact")


def new_plan(form: Form) -> NewPlan:
    names = ("title", "first_on", "last_on", "sessions", "minutes", "gap_minutes")
    given: dict[str, Any] = {**form.given(*names), "jurisdictions": form.all("jurisdiction")}
    given["teams"] = form.all("team")
    given |= form.given("travel_minutes")
    given["most_a_day"] = form.get("most_a_day") or None
    if (grid := form.get("grid_minutes")).isdecimal():
        given["grid_minutes"] = int(grid)  # a choice of numbers, which a form sends as text
    return read(NewPlan, given)


def change(form: Form) -> PlanChange:
    weights = form.given(*(f"weights/{name}" for name in _WEIGHTS))
    return read(
        PlanChange,
        {
            **form.given("title", "first_on", "last_on", "travel_minutes"),
            "teams": form.all("team"),
            "weights": {name.partition("/")[2]: value for name, value in weights.items()},
        },
    )


def track(form: Form) -> PlanTrackChange:
    return read(
        PlanTrackChange,
        {
            **form.given("most_a_day", "place", "half_day"),
            "days": form.all("day"),
            **{name: name in form.all("wish") for name in _TICKS},
        },
    )


def track_fields(line: Line) -> Form:
    """The form of a track's wishes as they are."""
    row = line.wishes
    return Form(
        [
            ("most_a_day", str(row.most_a_day or "")),
            ("place", row.place or ""),
            ("half_day", row.half_day or ""),
            *(("day", day) for day in row.days),
            *(("wish", name) for name in _TICKS if getattr(row, name)),
        ]
    )


def new_item(form: Form) -> NewPlanItem:
    return read(NewPlanItem, form.given("jurisdiction", "minutes", "gap_minutes", "kind"))


def item(form: Form, tz: str) -> PlanItemChange:
    """Everything that the form shows, on this clock; without a day it has no place."""
    day, start = form.get("date").strip(), form.get("start").strip()
    at = f"{day}T{start.zfill(5)}" if day or start else None
    return read(
        PlanItemChange,
        {
            **form.given("minutes", "gap_minutes", "fold", "team", "kind"),
            **{name: _moment(form.get(name), tz) for name in ("not_before", "ends_by")},
            "local_start": at,
            "room": form.get("room") or None,
            "pinned": bool(form.get("pinned")),
            "withdrawn": bool(form.get("withdrawn")),
            "needs": form.all("need"),
        },
    )


def _moment(typed: str, tz: str) -> str | None:
    """What a field for day and time says on this clock, as an instant; else as it was typed."""
    try:
        return datetime.fromisoformat(typed).replace(tzinfo=zone_of(tz)).isoformat()
    except ValueError:
        return typed.strip() or None


def item_fields(row: PlanItem, tz: str) -> Form:
    """The form of a session as it stands, on the jurisdiction's clock."""
    day, _, start = (local_start(row.starts_at, tz) or "").partition("T")
    return Form(
        [
            ("date", day),
            ("start", start),
            ("minutes", str(row.minutes)),
            ("gap_minutes", str(row.gap_minutes)),
            ("team", row.team_id or ""),
            ("room", row.room or ""),
            ("kind", row.kind),
            ("not_before", local_start(row.not_before, tz) or ""),
            ("ends_by", local_start(row.ends_by, tz) or ""),
            *([("pinned", "1")] if row.pinned else []),
            *([("withdrawn", "1")] if row.withdrawn else []),
            *(("need", one) for one in row.needs),
        ]
    )


def work_out(form: Form) -> WorkOut:
    return read(WorkOut, form.given("seed", "iterations", "seconds", "named_by"))


def release(form: Form) -> Release:
    return read(Release, form.given("reason"))


def instant(form: Form, row: PlanItem, tz: str) -> datetime:
    """The time that a question is about, on the jurisdiction's clock; Invalid for what is none."""
    day, start = form.get("date").strip(), form.get("start").strip().zfill(5)
    body = read(PlanItemChange, {"local_start": f"{day}T{start}", **form.given("fold")})
    assert body.local_start is not None
    end = body.local_start + timedelta(minutes=row.minutes)
    return resolve(body.local_start, end, tz, body.fold).starts_at
