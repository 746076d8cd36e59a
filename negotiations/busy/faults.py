"""PURE: what may be wrong with a calendar, and how much of one is taken (trust.md T40 to T43)."""

from enum import StrEnum

MOST_BYTES = 5_000_000
LONGEST_LINE = 64 * 1024
MOST_COMPONENTS, DEEPEST = 5_000, 4
MOST_PROPERTIES = 20_000  # of one component
MOST_INSTANCES = 5_000  # of all events together, in the time that is looked at
MOST_PARAMETERS = 20  # of one property
MOST_READ = 20_000  # times that are written down
MOST_LISTED = 64  # values of one part of a rule
MOST_COUNT, MOST_INTERVAL = 1_000, 999
MOST_A_DAY = 1_440  # times of a day that one rule names
MOST_OBSERVANCES = 20
LONGEST_DAYS = 3_660
YEARS = range(1800, 2200)


class Why(StrEnum):
    """Of what is read; the names are those of models.availability.BusyFault."""

    no_calendar = "no_calendar"
    not_utf8 = "not_utf8"
    bad_time = "bad_time"
    bad_zone = "bad_zone"
    bad_rule = "bad_rule"
    too_much = "too_much"


class Refused(Exception):
    """A calendar that isn't taken, not even in part."""

    def __init__(self, why: Why) -> None:
        super().__init__(why.value)
        self.why = why
