"""Processes that send what is due, and end in the middle where they are told to.

    python tests/faults/sender.py

Each line of standard input asks for one, which sends until nothing more is due at that time:
{"kind": "mail" or "webhooks", "url", "smtp", "now", "point", "nth", "lease"}. It is forked, so that
it costs no imports; `lease` are the seconds of a claim, if not the usual ones. Two lines of
standard output answer: its process id, and its exit code.

`point` is where it ends as if it were killed, when it comes there for the `nth` time:
before_commit and after_commit (of what was gathered), after_claim, after_render, after_250 and
after_mark. At before_data and after_data the receiver kills it.
"""

import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from faults.told import settings_of

from negotiations.app import open_database
from negotiations.clock import Clock
from negotiations.mail import claiming
from negotiations.mail import jobs as mails
from negotiations.mail.sending import Smtp
from negotiations.notices.writing import WRITERS
from negotiations.outgoing.client import Outgoing
from negotiations.webhooks import jobs as webhooks

KILLED = 137
HERE = ("before_commit", "after_commit", "after_claim", "after_render", "after_250", "after_mark")
POINTS = (*HERE[:4], "before_data", "after_data", *HERE[4:])
Step = Callable[..., Awaitable[Any]]


class Ending:
    """Ends the process at the `nth` call."""

    def __init__(self, nth: int) -> None:
        self._left = nth

    def before(self, step: Step) -> Step:
        async def ended(*given: Any, **more: Any) -> Any:
            self.count()
            return await step(*given, **more)

        return ended

    def after(self, step: Step, *, of_something: bool = False) -> Step:
        """`of_something`: a call that finds nothing doesn't count."""

        async def ended(*given: Any, **more: Any) -> Any:
            found = await step(*given, **more)
            if found or not of_something:
                self.count()
            return found

        return ended

    def count(self) -> None:
        self._left -= 1
        if self._left <= 0:
            os._exit(KILLED)


def fail_in_mails(point: str, ending: Ending) -> None:
    # A mail is marked, and the next one claimed, in one transaction.
    names = {
        "after_claim": ("claim", "end_and_claim"),
        "after_render": ("letter_of",),
        "after_mark": ("end", "end_and_claim"),
    }
    for name in names.get(point, ()):
        step, claims = getattr(mails, name), point == "after_claim"
        setattr(mails, name, ending.after(step, of_something=claims))
    if point == "before_commit":
        mails.gather = ending.after(mails.gather)  # type: ignore[assignment]
    elif point == "after_commit":
        mails.claim = ending.before(mails.claim)  # type: ignore[assignment]


def fail_in_webhooks(point: str, ending: Ending) -> None:
    names = {"after_claim": "claim", "after_render": "body_of", "after_mark": "settle"}
    if point in names:
        step, claims = getattr(webhooks, names[point]), point == "after_claim"
        setattr(webhooks, names[point], ending.after(step, of_something=claims))
    elif point == "before_commit":
        webhooks.gather = ending.after(webhooks.gather)  # type: ignore[assignment]
    elif point == "after_commit":
        webhooks.claim = ending.before(webhooks.claim)  # type: ignore[assignment]
    elif point == "after_250":
        Outgoing.post = ending.after(Outgoing.post)  # type: ignore[method-assign]


class Post(Smtp):
    """A mail server that a process may be killed after having sent to."""

    ending: Ending | None = None

    @asynccontextmanager
    async def open(self):  # type: ignore[no-untyped-def,override]
        async with super().open() as deliver:

            async def sent(letter: Any) -> None:
                await deliver(letter)
                if self.ending is not None:
                    self.ending.count()

            yield sent


async def send(asked: dict[str, Any]) -> None:
    settings, point = settings_of(asked["url"], asked["smtp"]), asked["point"]
    clock, ending = Clock(datetime.fromisoformat(asked["now"])), Ending(asked["nth"])
    database = open_database(settings, clock)
    if "lease" in asked:
        claiming.LEASE = timedelta(seconds=asked["lease"])
    if asked["kind"] == "mail":
        post = Post(settings.smtp_url, settings.sender)
        post.ending = ending if point == "after_250" else None
        fail_in_mails(point, ending)
        await mails.Office(settings, post, WRITERS).send_due(database, clock)
    else:
        fail_in_webhooks(point, ending)
        await webhooks.dispatch_of(settings).send_due(database, clock)
    await database.close()


def main() -> None:
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            asyncio.run(send(json.loads(line)))
            os._exit(0)
        print(child, flush=True)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    main()
