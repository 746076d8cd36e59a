"""PURE: the words of invitations. Every line may carry what somebody typed."""

from collections.abc import Sequence
from dataclasses import dataclass

from negotiations.mail.texts import Change, one_line


@dataclass(frozen=True, slots=True)
class Words:
    """A mail's subject and its lines, as text and as HTML."""

    subject: str
    lines: Sequence[str]


def of_request(
    slug: str, talks: str, title: str, changes: Sequence[Change], standing: Sequence[str],
    *, is_new: bool, page: str, answer: str, me: str,
) -> Words:  # fmt: skip
    """An invitation, or what is new of one; `answer` is the link by which it is answered."""
    how = ["Answer in your calendar program, or here without signing in:", answer, ""]
    return Words(
        one_line(f"[{slug}] {'Invitation' if is_new else 'Changed'}: {title}"),
        [*_told(talks, title, changes, standing, page), *how, *_foot(me)],
    )


def of_cancel(
    slug: str, talks: str, title: str, changes: Sequence[Change], standing: Sequence[str],
    *, headline: str, page: str, me: str,
) -> Words:  # fmt: skip
    """A session that is called off or postponed."""
    return Words(
        one_line(f"[{slug}] {headline}: {title}"),
        [*_told(talks, title, changes, standing, page), *_foot(me)],
    )


def of_feed_only(slug: str, talks: str, title: str, *, page: str, me: str) -> Words:
    """Somebody wants no more invitations: this one is taken back, so that it can't grow stale."""
    return Words(
        one_line(f"[{slug}] In your subscription only: {title}"),
        [
            talks, "", title, f"  {page}", "",
            "You chose to get no more invitations, so this one is taken out of your calendar. The",
            "session takes place. A calendar that you subscribed to goes on showing it.",
            "To be invited again:", me,
        ],
    )  # fmt: skip


def of_leaving(slug: str, base_url: str) -> Words:
    """To whom a session doesn't concern any more: nothing of what became of it since."""
    return Words(
        one_line(f"[{slug}] You are not expected any more"),
        [
            f"You had been invited to a session of the talks {slug} at {base_url}",
            "",
            "You are not expected there any more. This mail takes it out of your calendar.",
        ],
    )


def _told(
    talks: str, title: str, changes: Sequence[Change], standing: Sequence[str], page: str
) -> list[str]:  # fmt: skip
    """What changed of the session, and how it stands now."""
    lines = [talks, "", title]
    for change in changes:
        lines += [f"  {change.headline}", *(f"    {line}" for line in change.lines)]
    return [*lines, *(f"  {line}" for line in standing), f"  {page}", ""]


def _foot(me: str) -> list[str]:
    return [
        "You chose to be invited by mail. If you subscribe to the calendar as well, a session that",
        "you accept is shown twice. To choose one of the two:",
        me,
    ]
