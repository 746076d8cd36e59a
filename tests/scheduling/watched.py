"""A machine under whose eyes sessions live: after each act the invariants are checked."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, ClassVar

from hypothesis.stateful import RuleBasedStateMachine
from scheduling.invariants import check, same
from scheduling.lives import Snapshot, Talks

from negotiations.models.sessions import SessionStatus
from negotiations.scheduling import bodies


class Watched(RuleBasedStateMachine):
    """Talks in which everything is looked at anew after each act, done or refused."""

    people: ClassVar[dict[str, str]]
    urls: ClassVar[Iterator[str]]

    def __init__(self) -> None:
        super().__init__()
        self.talks = Talks(next(self.urls), self.people)
        self.seen: Snapshot = self.talks.snapshot()
        self.made: list[str] = []

    def teardown(self) -> None:
        try:
            later = self.talks.rendered_later()
            assert {key: later.events[key] for key in self.seen.events} == self.seen.events
        finally:
            self.talks.close()

    def look(self, done: bool) -> None:
        """Whatever was done or refused: the invariants hold, and a refusal left no trace."""
        after = self.talks.snapshot()
        check(self.seen, after)
        if not done:
            assert same(self.seen, after)
        self.seen = after
        self.made += [one for one in after.sessions if one not in self.made]

    def one(self, which: int, *statuses: SessionStatus) -> str:
        """One of the sessions, in the order they were made; of these statuses if there are any."""
        sessions = self.seen.sessions
        found = [one for one in self.made if sessions[one].status in statuses] or self.made
        return found[which % len(found)]

    def act(self, who: str, session: str, write: Any) -> None:
        self.look(self.talks.act(who, session, write))

    def do(self, who: str, session: str, action: Any, *given: Any) -> None:
        """One of the actions, with what it is given beside the session and the time."""
        self.act(who, session, lambda db, actor, row: action(db, actor, row, *given, now=self.now))

    def call(self, who: str, action: Any, given: dict[str, Any]) -> None:
        """A new session, by one of the actions that make one."""
        body = bodies.NewSession.model_validate(given)
        self.look(
            self.talks.propose(
                who, lambda db, actor, talks: action(db, actor, talks, body, now=self.now)
            )
        )

    @property
    def now(self) -> datetime:
        return self.talks.clock.now()

    def wait_for(self, session: str, minutes: int) -> None:
        """The clock goes on to so many minutes after the start, and never back."""
        there = self.seen.sessions[session].starts_at + timedelta(minutes=minutes)
        self.talks.clock.at = max(self.talks.clock.at, there)
