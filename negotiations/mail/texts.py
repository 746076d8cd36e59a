"""PURE: what mails say. Every word of somebody's goes onto one line, without control characters."""

import html
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_BROKEN = frozenset({"Cc", "Cs", "Zl", "Zp"})  # controls, halves of characters, line separators


@dataclass(frozen=True, slots=True)
class Calendar:
    """What of a mail a calendar program reads (RFC 6047), and the same in HTML for people.

    The mail comes from `sender`, whom `name` says: that is where the program answers. `method` is
    the one that the calendar in `body` states.
    """

    sender: str
    name: str
    method: str
    body: bytes
    html: str


@dataclass(frozen=True, slots=True)
class Text:
    """A mail's subject, one line, and its body."""

    subject: str
    body: str
    calendar: Calendar | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """`Moved`, with lines that say from where to where."""

    headline: str
    lines: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Block:
    """What happened to one thing, how it stands now, and the page where it is."""

    title: str
    changes: Sequence[Change]
    standing: Sequence[str]
    link: str


def one_line(value: str) -> str:
    """The same words on one line: nothing in it can begin another line or header."""
    plain = (" " if unicodedata.category(one) in _BROKEN else one for one in value)
    return " ".join("".join(plain).split())


def of_all(me: str) -> Sequence[str]:
    """Why somebody gets a mail of changes; `me` is the page where such mails are turned off."""
    return "You get this because you take part in these talks. To get no more of them:", me


def of_unseen(feeds: str) -> Sequence[str]:
    """The same for who wants no mails; `feeds` is the page where their calendars are."""
    return (
        "You want no mails, but this was less than 48 hours before the start, and the calendar you",
        "subscribed to hasn't been fetched since. Your calendars, and when each was fetched last:",
        feeds,
    )


def of_changes(slug: str, talks: str, blocks: Sequence[Block], why: Sequence[str]) -> Text:
    """One mail about everything in the blocks, and why it comes."""
    lines = [talks, ""]
    for block in blocks:
        lines.append(block.title)
        for change in block.changes:
            lines += [f"  {change.headline}", *(f"    {line}" for line in change.lines)]
        lines += [*(f"  {line}" for line in block.standing), f"  {block.link}", ""]
    lines += why
    return Text(one_line(f"[{slug}] {_headline(blocks)}"), body_of(lines))


def _headline(blocks: Sequence[Block]) -> str:
    """What happened, if it is one thing; else how much, with what was cancelled first."""
    named = [f"{change.headline}: {block.title}" for block in blocks for change in block.changes]
    if len(named) == 1:
        return named[0]
    cancelled = [one for one in named if one.startswith("Cancelled")]
    if cancelled:
        return f"{cancelled[0]}, and {len(named) - 1} more"
    if len(blocks) == 1:
        return f"{len(named)} changes: {blocks[0].title}"
    return f"{len(named)} changes"


def of_sign_in(base_url: str, link: str, until: str) -> Text:
    """The one-time link that somebody asked for."""
    return Text(
        "Your sign-in link",
        body_of(
            [
                f"Somebody, probably you, asked to sign in at {base_url}",
                "",
                f"Open this link and press its button. It works once, until {until}:",
                link,
                "",
                "If it wasn't you, leave it alone: nothing happens without the button.",
            ]
        ),
    )


def of_invitation(slug: str, base_url: str, role: str, link: str, until: str) -> Text:
    """The first mail to somebody who may be a stranger: nothing in it was written by whoever
    invites them."""
    return Text(
        f"[{slug}] You are invited",
        body_of(
            [
                f"You have been given a place as {role} in the talks {slug} at {base_url}",
                "",
                f"Open this link and press its button to sign in. It works once, until {until}:",
                link,
                "",
                "Later ask for another link with this mail address:",
                f"{base_url}/sign-in",
                "",
                "Signed in, have your sessions in your own calendar, kept up to date:",
                f"{base_url}/feeds",
                "How each program does that:",
                f"{base_url}/help",
                "",
                "If you know nothing of these talks, leave this mail alone: nothing happens then.",
            ]
        ),
    )


def of_address_changed(slug: str, base_url: str) -> Text:
    """To the address that was somebody's until now; the new one isn't told."""
    return Text(
        one_line(f"[{slug}] Your mail address was changed"),
        body_of(
            [
                f"You had this address in the talks {slug} at {base_url}",
                "",
                "The secretariat entered another one: mails and sign-in links go there now.",
                "",
                "If you didn't ask for that, tell the secretariat at once, by telephone.",
            ]
        ),
    )


def body_of(lines: Iterable[str]) -> str:
    """The text of these lines: each on a line of its own, as it is indented."""
    return "".join(f"{_indent(line)}{one_line(line)}\n" for line in lines)


def html_of(lines: Iterable[str]) -> str:
    """The same in HTML: what is an address of ours is a link, and nothing typed is markup."""
    written = "<br>\n".join(_html(one) for one in lines)
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"></head>\n'
        f'<body style="font-family: sans-serif">\n{written}\n</body></html>\n'
    )


def _html(line: str) -> str:
    plain = one_line(line)
    told = html.escape(plain)
    if plain.startswith(("http://", "https://")) and " " not in plain:
        told = f'<a href="{told}">{told}</a>'
    return "&nbsp;" * len(_indent(line)) + told


def _indent(line: str) -> str:
    return " " * (len(line) - len(line.lstrip(" ")))
