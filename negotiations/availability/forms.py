"""From the fields of forms to office hours and busy blocks, and back."""

import re
from datetime import UTC, datetime, timedelta

from negotiations.availability.bodies import NewBusyBlock, OfficeHoursBody
from negotiations.availability.office_hours import DAYS
from negotiations.availability.views import OfficeHoursView
from negotiations.civil import zone_of
from negotiations.errors import FieldError, Invalid
from negotiations.web.forms import Form, body_of

_LINE = re.compile(r"(\d{4}-\d\d-\d\d)[:\s]*(.*)")
DAY_FIELDS = [(f"weekly/{number}", name) for number, name in enumerate(DAYS)]


def office_hours(form: Form) -> OfficeHoursBody:
    """The hours as they were typed: a field for each weekday, and a line for each single day."""
    fields = {
        "tz": form.get("tz").strip(),
        "weekly": [form.get(name) for name, _ in DAY_FIELDS],
        "exceptions": _exceptions(form.get("exceptions")),
        "preparation_minutes": form.get("preparation_minutes").strip() or "0",
    }
    try:
        return body_of(OfficeHoursBody, fields)
    except Invalid as error:
        raise Invalid([_in_form(one) for one in error.errors]) from None


def _exceptions(typed: str) -> list[dict[str, str]]:
    found = []
    for line in typed.splitlines():
        if not line.strip():
            continue
        read = _LINE.fullmatch(line.strip())
        if read is None:
            raise Invalid.field(
                "exceptions", f"“{line.strip()[:40]}” names no day; begin it as 2030-11-11."
            )
        found.append({"on": read[1], "hours": read[2]})
    return found


def _in_form(one: FieldError) -> FieldError:
    """All that is wrong with single days stands at the one field they are typed in."""
    name = one.pointer.strip("/")
    if name.startswith("exceptions/") or not name:
        return FieldError("/exceptions", one.detail)
    return one


def hours_fields(view: OfficeHoursView) -> Form:
    """The form as the hours are."""
    lines = [f"{one['on']} {one['hours'] or 'closed'}" for one in view["exceptions"]]
    week = [*view["weekly"], *[""] * 7][:7]
    return Form(
        [
            ("tz", view["tz"]),
            *[(name, hours) for (name, _), hours in zip(DAY_FIELDS, week, strict=True)],
            ("exceptions", "\n".join(lines)),
            ("preparation_minutes", str(view["preparation_minutes"])),
        ]
    )


def busy_block(form: Form, tz: str) -> NewBusyBlock:
    """From one day and clock time to another, as a clock in `tz` shows them.

    An hour that comes twice is meant whole: it begins with the first and ends with the second.
    """
    first = form.get("from_date").strip()
    last = form.get("until_date").strip() or first
    start = _instant(first, form.get("from_time"), "00:00", tz, "from_date", 0)
    end = _instant(last, form.get("until_time"), "24:00", tz, "until_date", 1)
    try:
        return body_of(NewBusyBlock, {"starts_at": start, "ends_at": end})
    except Invalid as error:
        raise Invalid.field("until_date", error.errors[0].detail) from None


def _instant(day: str, time: str, usual: str, tz: str, field: str, fold: int) -> datetime:
    told = time.strip() or usual
    is_end = told == "24:00"
    try:
        local = datetime.fromisoformat(f"{day}T{'23:59' if is_end else told.zfill(5)}")
        moment = local.replace(tzinfo=zone_of(tz), fold=fold).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Invalid.field(
            field, "Give the day as 2030-11-09, and the time as 09:00 or not at all."
        ) from None
    return moment + timedelta(minutes=1) if is_end else moment
