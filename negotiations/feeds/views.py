"""What may be asked for a subscription, and how one looks in JSON: never its address."""

from negotiations.feeds.health import Following
from negotiations.models import Feed, FeedFetch, Negotiation, Party, Person
from negotiations.web.answers import Id, Moment, TypedDict
from negotiations.web.fields import Body, Instant, ShortName, Slug


class NewFeed(Body):
    """A subscription to all one's talks, or to `negotiation` only."""

    label: ShortName = "My sessions"
    negotiation: Slug | None = None
    expires_at: Instant | None = None


class FeedView(TypedDict):
    """A calendar subscription, without its address."""

    id: Id
    label: str
    negotiation: str | None
    created_at: Moment
    expires_at: Moment | None
    revoked_at: Moment | None


class MadeFeed(FeedView):
    """A new subscription; its address is told this once."""

    url: str


class FetchView(TypedDict):
    """The newest fetch of a subscription; nothing but None before the first."""

    at: Moment | None
    program: str | None
    version: str | None


class FollowingView(TypedDict):
    """How somebody's calendars follow these talks; `unseen`: sessions moved since the last fetch.

    Without a subscription (`feeds` 0) nothing is fetched and nothing counts as unseen.
    """

    person: Id
    name: str
    party: str | None
    feeds: int
    fetched: FetchView
    unseen: list[Id]


def fetch_view(fetch: FeedFetch | None) -> FetchView:
    if fetch is None:
        return {"at": None, "program": None, "version": None}
    return {"at": fetch.fetched_at, "program": fetch.program, "version": fetch.program_version}


def following_view(person: Person, party: Party | None, one: Following) -> FollowingView:
    return {
        "person": person.id,
        "name": person.name,
        "party": party.slug if party else None,
        "feeds": one.feeds,
        "fetched": fetch_view(one.fetch),
        "unseen": [session.id for session in one.unseen],
    }


def feed_view(feed: Feed, negotiation: Negotiation | None) -> FeedView:
    return {
        "id": feed.id,
        "label": feed.label,
        "negotiation": negotiation.slug if negotiation else None,
        "created_at": feed.created_at,
        "expires_at": feed.expires_at,
        "revoked_at": feed.revoked_at,
    }
