"""What comes of a request, and which may be made: without the client, which takes eight megabytes
of memory that a service without webhooks does without."""

from collections.abc import Mapping
from dataclasses import dataclass

from negotiations.outgoing.addresses import Rule, networks_of, place_of
from negotiations.settings import Settings


class Unreached(Exception):
    """Nobody answered. `kind` is for the operator's log.

    Who typed the address learns nothing more than this: from the reason, or from how long it took,
    they could tell what there is inside.
    """

    def __init__(self, kind: str) -> None:
        super().__init__("The address could not be reached.")
        self.kind = kind[:60]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: at most so many bytes of it as were asked for, as they were sent."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def rule_of(settings: Settings) -> Rule:
    """What this installation lets through."""
    return Rule(networks_of(settings.outgoing_inside), place_of(settings.base_url))
