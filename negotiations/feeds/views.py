"""What may be asked for a subscription, and how one looks in JSON: never its address."""

from negotiations.models import Feed, Negotiation
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


def feed_view(feed: Feed, negotiation: Negotiation | None) -> FeedView:
    return {
        "id": feed.id,
        "label": feed.label,
        "negotiation": negotiation.slug if negotiation else None,
        "created_at": feed.created_at,
        "expires_at": feed.expires_at,
        "revoked_at": feed.revoked_at,
    }
