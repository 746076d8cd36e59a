"""PURE: what a subscriber chose in a feed's address, as `?cancelled=hide&include=minutes`."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from negotiations.errors import BadRequest
from negotiations.models.feeds import EventComponent

MOST_ALARMS = 5
LONGEST_ALARM = 40_320  # minutes: four weeks
RIGHT = (
    "A calendar's address takes cancelled=hide (leave out what was cancelled), alarms=15,60 "
    f"(up to {MOST_ALARMS} reminders, in minutes before, each up to {LONGEST_ALARM}) and "
    "include=commitments,minutes (to-dos and journals as well, or one of them), each once."
)
# In the order in which they are written back and served.
INCLUDED = {"commitments": EventComponent.vtodo, "minutes": EventComponent.vjournal}
_MINUTES = re.compile(r"[0-9]{1,5}(,[0-9]{1,5})*")


@dataclass(frozen=True, slots=True)
class Options:
    """Without any: every session, no alarm, nothing else.

    `alarms` are minutes before the start, rising; `include` are names of INCLUDED in its order.
    `links` is the subscription's own choice and never stands in an address: whether the links to
    join are shown.
    """

    cancelled: bool = True
    alarms: tuple[int, ...] = ()
    include: tuple[str, ...] = ()
    links: bool = True

    @property
    def components(self) -> tuple[EventComponent, ...]:
        """As what the items of the feed are served."""
        return (EventComponent.vevent, *(INCLUDED[name] for name in self.include))


USUAL = Options()


def address(feed: str, options: Options) -> str:
    """A feed's address with these options."""
    pairs = ["cancelled=hide"] if not options.cancelled else []
    if options.alarms:
        pairs.append(f"alarms={','.join(map(str, options.alarms))}")
    if options.include:
        pairs.append(f"include={','.join(options.include)}")
    return f"{feed}?{'&'.join(pairs)}" if pairs else feed


def parse(query: Iterable[tuple[str, str]]) -> Options:
    """The options of an address. Raises BadRequest, which lists the right ones."""
    pairs = list(query)
    twice = [name for name, times in Counter(name for name, _ in pairs).items() if times > 1]
    if twice:
        raise BadRequest(f"{twice[0][:40]!r} stands there twice. {RIGHT}")
    chosen = USUAL
    for name, value in pairs:
        match name:
            case "cancelled" if value == "hide":
                chosen = replace(chosen, cancelled=False)
            case "alarms":
                chosen = replace(chosen, alarms=_alarms(value))
            case "include":
                chosen = replace(chosen, include=_include(value))
            case _:
                raise BadRequest(f"{f'{name}={value}'[:80]!r} is none of them. {RIGHT}")
    return chosen


def _alarms(value: str) -> tuple[int, ...]:
    minutes = sorted({int(one) for one in value.split(",")}) if _MINUTES.fullmatch(value) else []
    if not 0 < len(minutes) <= MOST_ALARMS or minutes[-1] > LONGEST_ALARM:
        raise BadRequest(f"{f'alarms={value}'[:80]!r} can't be had. {RIGHT}")
    return tuple(minutes)


def _include(value: str) -> tuple[str, ...]:
    names = value.split(",")
    if len(set(names)) < len(names) or not INCLUDED.keys() >= set(names):
        raise BadRequest(f"{f'include={value}'[:80]!r} can't be had. {RIGHT}")
    return tuple(name for name in INCLUDED if name in names)
