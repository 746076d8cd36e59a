"""PURE: what does each calendar program do with a feed, how do we know, and how to subscribe?"""

from dataclasses import dataclass
from enum import StrEnum


class Basis(StrEnum):
    """How we know; its value is how it is told."""

    measured = "measured by us"
    source = "read in its source"
    manual = "its own help says so"
    reported = "reported by users"


@dataclass(frozen=True, slots=True)
class Known:
    """One thing a program does, and how we know."""

    text: str
    basis: Basis


# What is known of one thing; nothing where we don't know.
Facts = tuple[Known, ...]


def _measured(text: str) -> Facts:
    return (Known(text, Basis.measured),)


def _source(text: str) -> Facts:
    return (Known(text, Basis.source),)


def _manual(text: str) -> Facts:
    return (Known(text, Basis.manual),)


def _reported(text: str) -> Facts:
    return (Known(text, Basis.reported),)


@dataclass(frozen=True, slots=True)
class Behaviour:
    """A program as people know it. `families` are its names in feeds.programs.

    `looks`: how often it fetches; `cancelled`: how it shows a session that is off; `reminders` and
    `others` (to-dos and minutes): what becomes of them; `subscribe`: the steps, in order.
    """

    anchor: str
    name: str
    families: tuple[str, ...]
    looks: Facts
    cancelled: Facts
    reminders: Facts
    others: Facts
    subscribe: tuple[str, ...]
    besides: Facts = ()


_MARKED = "Shown like any other session: read its title, which begins with CANCELLED."
_APPLE_ALERTS = "Taken out by its default setting, Remove Alerts."

PROGRAMS: tuple[Behaviour, ...] = (
    Behaviour(
        anchor="google",
        name="Google Calendar",
        families=("Google Calendar",),
        looks=_reported("Every 4 to 18 hours, whatever a calendar asks for."),
        cancelled=_reported("Hidden: it goes out of sight."),
        reminders=_reported("Ignored."),
        others=(),
        subscribe=(
            "On a computer, press Google Calendar beside your new address, then Add.",
            "Or press + beside Other calendars, choose From URL, and paste the address.",
        ),
        besides=_reported(
            "It may keep an old state for longer. The address with #v2 at its end is read anew."
        ),
    ),
    Behaviour(
        anchor="iphone",
        name="Apple Calendar on iPhone and iPad",
        families=("Apple Calendar",),
        looks=_reported("Every 20 to 40 minutes (in 2017)."),
        cancelled=_reported("Struck through."),
        reminders=_reported(_APPLE_ALERTS),
        others=(),
        subscribe=(
            "Point the camera at the QR code, or press Subscribe in Safari, then confirm.",
            "Or open Settings, Apps, Calendar, Calendar Accounts, Add Account, Other.",
            "There, press Add Subscribed Calendar and paste the address.",
        ),
        besides=_reported(
            "An https address opened in Safari is copied once and then stays as it is."
        ),
    ),
    Behaviour(
        anchor="mac",
        name="Apple Calendar on a Mac",
        families=("Apple Calendar",),
        looks=_reported("Every 5 minutes to once a week, as you choose."),
        cancelled=_reported("Struck through."),
        reminders=_reported(_APPLE_ALERTS),
        others=(),
        subscribe=(
            "Press Subscribe; or choose File, New Calendar Subscription, and paste the address.",
            "Set Auto-refresh to every hour or less.",
        ),
    ),
    Behaviour(
        anchor="outlook",
        name="Outlook on the desktop",
        families=("Outlook",),
        looks=_reported("With Send/Receive, yet not sooner than the hour that we ask for."),
        cancelled=_reported(_MARKED),
        reminders=_reported("Ignored."),
        others=_reported("To-dos are ignored. Of minutes we don’t know."),
        subscribe=(
            "In its calendar: Add Calendar (or Open Calendar), From Internet.",
            "Paste the address, press OK, then Yes.",
        ),
    ),
    Behaviour(
        anchor="outlook-web",
        name="Outlook on the web, Outlook.com",
        families=("Outlook",),
        looks=_reported("About every 3 hours (in 2017); it may take more than 24."),
        cancelled=_reported(f"{_MARKED} Told of Outlook, not of which."),
        reminders=_reported("Ignored. Told of Outlook, not of which."),
        others=_reported("To-dos are ignored. Told of Outlook, not of which."),
        subscribe=(
            "Press Outlook (work) or Outlook.com beside your new address, then Import.",
            "Or press Add calendar, Subscribe from web, and paste the https address.",
        ),
    ),
    Behaviour(
        anchor="thunderbird",
        name="Thunderbird",
        families=("Thunderbird",),
        looks=(),
        cancelled=_reported("Struck through."),
        reminders=_measured("Kept."),
        others=_measured("To-dos are kept, minutes are dropped."),
        subscribe=(
            "In its calendar: New Calendar, On the Network.",
            "Paste the address as the location, press Find Calendars, then Subscribe.",
        ),
        besides=_source(
            "After an error it turns the calendar off and tries again later; once an address is "
            "revoked, the calendar stays off."
        ),
    ),
    Behaviour(
        anchor="nextcloud",
        name="Nextcloud",
        families=("Nextcloud",),
        looks=(
            *_source("Every hour, as our calendars ask it to."),
            *_reported("Sometimes much later."),
        ),
        cancelled=(),
        reminders=_source("Taken out by default."),
        others=_source("To-dos are taken out by default. Of minutes we don’t know."),
        subscribe=(
            "In its calendar: New calendar, New subscription from link (read-only).",
            "Paste the address and confirm.",
        ),
    ),
    Behaviour(
        anchor="icsx5",
        name="ICSx⁵ on Android, alone or with DAVx⁵",
        families=("ICSx5", "DAVx5"),
        looks=_manual("At the interval that you set in it."),
        cancelled=_reported("As the calendar app does that you see it in; they differ."),
        reminders=_source("Kept, ignored or added, as you set it."),
        others=_source("Left out: it reads sessions only."),
        subscribe=(
            "Press Subscribe and open the link with ICSx⁵; or paste the address under + there.",
            "Press Next, choose a name and a colour, and set how often it looks.",
        ),
    ),
    Behaviour(
        anchor="evolution",
        name="Evolution and GNOME Calendar",
        families=("Evolution",),
        looks=(),
        cancelled=(),
        reminders=(),
        others=_measured("Both, each subscribed to by itself: as a task list and a memo list."),
        subscribe=(
            "In Evolution: File, New, Calendar, with the type On The Web.",
            "Paste the https address. GNOME Calendar then shows it too.",
        ),
        besides=_source("An address with webcal:// is fetched without encryption by default."),
    ),
    Behaviour(
        anchor="khal",
        name="khal with vdirsyncer",
        families=("vdirsyncer", "khal"),
        looks=_measured("When you run vdirsyncer sync, and only then."),
        cancelled=_measured("Shown as cancelled."),
        reminders=(),
        others=(),
        subscribe=(
            "Configure in vdirsyncer a storage of type http, with the address as its url.",
            "Pair it with a storage of type filesystem (fileext .ics), with collections = null.",
            "Run vdirsyncer discover, then vdirsyncer sync.",
            "Name the folder in khal’s configuration.",
        ),
    ),
)
