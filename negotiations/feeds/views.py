"""What may be asked for a subscription, and how one looks in JSON: never its address."""

from typing import Any

from negotiations.models import Feed, Negotiation
from negotiations.web.fields import Body, Instant, ShortName, Slug


class NewFeed(Body):
    """A subscription to all one's talks, or to `negotiation` only."""

    label: ShortName = "My sessions"
    negotiation: Slug | None = None
    expires_at: Instant | None = None


def feed_view(feed: Feed, negotiation: Negotiation | None) -> dict[str, Any]:
    return {
        "id": feed.id,
        "label": feed.label,
        "negotiation": negotiation.slug if negotiation else None,
        "created_at": feed.created_at,
        "expires_at": feed.expires_at,
        "revoked_at": feed.revoked_at,
    }
