"""What a random life chooses from: times around a change of clocks, people, places, words."""

from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from negotiations.models.outcomes import OutcomeValue

FIRST = date(2027, 3, 11)
LA, NY = "America/Los_Angeles", "America/New_York"
BOTH = [{"party": "agency", "how": "by mail"}, {"party": "x", "how": "by mail"}]
ISSUES = ("1", "2", "10")
WHO = st.sampled_from(("coordinator", "head_x", "agency_head", "note_taker", "delegate_x"))
HEADS = st.sampled_from(("coordinator", "coordinator", "head_x", "agency_head"))
SECRETARIAT = st.sampled_from(("coordinator", "coordinator", "coordinator", "note_taker", "head_x"))
WHICH = st.integers(0, 4)
PLACES = st.sampled_from(("City Hall", "City Hall", "Library", None))
ITEMS = st.lists(st.sampled_from(ISSUES), unique=True, max_size=3)
MOSTLY = st.sampled_from((True, True, True, False))


@st.composite
def slots(draw: st.DrawFn) -> dict[str, Any]:
    """A time around the change of clocks; some don't exist, some end before they begin."""
    day = FIRST + timedelta(days=draw(st.integers(0, 4)))
    start = datetime(day.year, day.month, day.day, draw(st.sampled_from((2, 9, 10, 11, 14))), 30)
    return {
        "local_start": start.isoformat(timespec="minutes"),
        "local_end": (start + timedelta(hours=draw(st.sampled_from((1, 2, 2, 2, -1))))).isoformat(
            timespec="minutes"
        ),
        "tz": draw(st.sampled_from((LA, LA, NY))),
    }


def words(value: OutcomeValue) -> dict[str, Any]:
    why = {"reason": "SECRET", "decided_by": "agency"}
    return {"value": value, "text": "So.", **(why if value is OutcomeValue.declined else {})}
