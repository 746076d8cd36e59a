"""From the fields of a poll's forms to the bodies of its acts."""

from negotiations.errors import FieldError, Invalid
from negotiations.polls.bodies import Answers, Choose, NewPoll, Time
from negotiations.scheduling.forms import read, times
from negotiations.web.forms import Form, at_rows

ROWS = 4  # times that a new poll's form has room for
_TIME = ("date", "start", "end")


def new_poll(form: Form) -> NewPoll:
    """The rows in which anything was typed, all in one zone."""
    return read(
        NewPoll,
        {"due_on": form.get("due_on"), "options": [_time(form, one) for one in filled(form)]},
    )


def filled(form: Form) -> list[int]:
    """The numbers of the rows of times in which anything was typed."""
    rows = form.rows("options")
    return [
        number for number, row in rows.items() if any(row.get(one, "").strip() for one in _TIME)
    ]


def _time(form: Form, number: int) -> dict[str, object]:
    row = [(name, form.get(f"options/{number}/{name}")) for name in _TIME]
    return times(Form([*row, *((name, form.get(name)) for name in ("tz", "fold"))]))


def shown(error: Invalid, form: Form) -> Invalid:
    """The error with its pointers leading to the rows of the form; a clock that reads twice is
    asked for once."""
    found = at_rows(error, "options", filled(form))
    plain = [
        FieldError("/fold", one.detail) if one.pointer.endswith("/fold") else _plainer(one)
        for one in found.errors
    ]
    return Invalid(plain)


def _plainer(one: FieldError) -> FieldError:
    if one.pointer == "/options":
        return FieldError("/options/0/local_start", "Give one time at least.")
    if one.pointer == "/due_on":
        return FieldError("/due_on", one.detail if "day" in one.detail else "Give a date.")
    return one


def time(form: Form) -> Time:
    return read(Time, times(form))


def answers(form: Form) -> Answers:
    """What was ticked; times without a tick are left as they are."""
    rows = form.rows("answer").items()
    ticked = [{"option": row["option"], "answer": row["said"]} for _, row in rows if _ticked(row)]
    if not ticked:
        raise Invalid.field("answers", "Tick an answer to one of the times at least.")
    return read(Answers, {"answers": ticked, **form.given("party", "by", "how")})


def _ticked(row: dict[str, str]) -> bool:
    return bool(row.get("said") and row.get("option"))


def choice(form: Form) -> Choose:
    return read(Choose, {"option": form.get("option")})
