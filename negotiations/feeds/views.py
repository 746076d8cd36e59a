"""What may be asked for a subscription, and how one looks in JSON: never its address."""

from typing import Annotated

from pydantic import Field

from negotiations.feeds.health import Following
from negotiations.models import Feed, FeedFetch, Negotiation, Party, Person
from negotiations.models.feeds import EndedBy
from negotiations.settings import MOST_GRACE
from negotiations.web.answers import Id, Moment, TypedDict
from negotiations.web.fields import Body, Instant, ShortName, Slug


class NewFeed(Body):
    """A subscription to all one's talks, or to `negotiation` only.

    With `shows_links` false it leaves out the links to join.
    """

    label: ShortName = "My sessions"
    negotiation: Slug | None = None
    expires_at: Instant | None = None
    shows_links: bool = True


class FeedChange(Body):
    """Another end of a subscription; null for none."""

    expires_at: Instant | None


class Rotation(Body):
    """For how many days the old address goes on working: 0 ends it at once.

    Left out: as long as this service allows, which is also the most.
    """

    grace_days: Annotated[int, Field(ge=0, le=MOST_GRACE)] | None = None


class FeedView(TypedDict):
    """A calendar subscription, without its address.

    `former_until`: when the address before this one ends or ended. `ended_by`: the side that
    revoked it.
    """

    id: Id
    owner: Id
    label: str
    negotiation: str | None
    shows_links: bool
    created_at: Moment
    expires_at: Moment | None
    former_until: Moment | None
    revoked_at: Moment | None
    ended_by: EndedBy | None


class MadeFeed(FeedView):
    """A subscription with a new address, which is told this once."""

    url: str


class FetchView(TypedDict):
    """The newest fetch of a subscription; nothing but None before the first."""

    at: Moment | None
    program: str | None
    version: str | None


class TheirFeedView(TypedDict):
    """A subscription of somebody in these talks, for who may end it; never its address."""

    id: Id
    owner: Id
    name: str
    party: str | None
    label: str
    negotiation: str | None
    created_at: Moment
    expires_at: Moment | None
    fetched: FetchView


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


class OwnFetchView(FetchView):
    """`served`: the version it was given, or had and was told to keep, as the ETag of its plain
    form; told to the owner alone."""

    served: str | None


def own_fetch_view(fetch: FeedFetch | None, *, is_owner: bool) -> OwnFetchView:
    return {**fetch_view(fetch), "served": fetch.served if fetch and is_owner else None}


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
        "owner": feed.person_id,
        "label": feed.label,
        "negotiation": negotiation.slug if negotiation else None,
        "shows_links": feed.shows_links,
        "created_at": feed.created_at,
        "expires_at": feed.expires_at,
        "former_until": feed.former_until,
        "revoked_at": feed.revoked_at,
        "ended_by": feed.ended_by,
    }


def their_feed_view(
    feed: Feed, person: Person, party: Party | None, fetch: FeedFetch | None, talks: Negotiation
) -> TheirFeedView:
    """`talks`: in which it is listed."""
    return {
        "id": feed.id,
        "owner": person.id,
        "name": person.name,
        "party": party.slug if party else None,
        "label": feed.label,
        "negotiation": talks.slug if feed.negotiation_id else None,
        "created_at": feed.created_at,
        "expires_at": feed.expires_at,
        "fetched": fetch_view(fetch),
    }
