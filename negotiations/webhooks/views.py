"""What may be asked for an endpoint, and how one looks in JSON: its secret only once."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

from negotiations.models import Negotiation, Party, WebhookDelivery, WebhookEndpoint
from negotiations.models.webhooks import DeliveryEnd, StoppedAs, WebhookType
from negotiations.outgoing.addresses import target_of
from negotiations.web.answers import Id, Moment, TypedDict
from negotiations.web.fields import Body, Slug

MOST_GRACE = 168  # hours
USUAL_GRACE = 24


def _reachable(value: str) -> str:
    return target_of(value).url


HookUrl = Annotated[
    str,
    StringConstraints(min_length=1, max_length=500),
    AfterValidator(_reachable),
    Field(examples=["https://hooks.example.org/talks"]),
]
Types = Annotated[list[WebhookType], Field(max_length=len(WebhookType))]


class NewWebhook(Body):
    """An endpoint in these talks: of one's own side, or of the secretariat for its coordinators.

    Without `types` it is told everything.
    """

    negotiation: Slug
    url: HookUrl
    types: Types = []


class WebhookChange(Body):
    """What is left out stays; `stopped` true stops it, false lets it go on."""

    url: HookUrl | None = None
    types: Types | None = None
    stopped: bool | None = None


class SecretRotation(Body):
    """For how many hours the old secret signs beside the new one: 0 ends it at once."""

    grace_hours: Annotated[int, Field(ge=0, le=MOST_GRACE)] = USUAL_GRACE


class WebhookView(TypedDict):
    """An endpoint; `party` is None for one of the secretariat.

    `failing_since`: since when nothing has come through. `former_until`: until when the secret
    before this one signs too.
    """

    id: Id
    negotiation: str
    party: str | None
    url: str
    types: list[str]
    created_at: Moment
    former_until: Moment | None
    failing_since: Moment | None
    stopped_at: Moment | None
    stopped_as: StoppedAs | None
    ended_at: Moment | None


class MadeWebhook(WebhookView):
    """An endpoint with its new secret, which is told this once."""

    secret: str


class AgainView(WebhookView):
    """An endpoint of which so many deliveries are sent again."""

    again: int


class DeliveryView(TypedDict):
    """What was told or is to be told; `id` is its webhook-id.

    `at` is when it happened, `due_at` when the next try is, if there is one. `answer` is the
    beginning of what came back to the last try.
    """

    id: Id
    webhook: Id
    type: str
    at: Moment
    status: Literal["waiting", "delivered", "given_up", "dropped"]
    tries: int
    tried_at: Moment | None
    due_at: Moment | None
    answer_status: int | None
    answer: str
    failure: str | None
    ended_at: Moment | None


def webhook_view(
    endpoint: WebhookEndpoint, negotiation: Negotiation, party: Party | None
) -> WebhookView:  # fmt: skip
    return {
        "id": endpoint.id,
        "negotiation": negotiation.slug,
        "party": party.slug if party else None,
        "url": endpoint.url,
        "types": endpoint.types,
        "created_at": endpoint.created_at,
        "former_until": endpoint.former_until,
        "failing_since": endpoint.failing_since,
        "stopped_at": endpoint.stopped_at,
        "stopped_as": endpoint.stopped_as,
        "ended_at": endpoint.ended_at,
    }


def delivery_view(delivery: WebhookDelivery) -> DeliveryView:
    return {
        "id": delivery.id,
        "webhook": delivery.endpoint_id,
        "type": delivery.type,
        "at": delivery.at,
        "status": _status(delivery.ended_as),
        "tries": delivery.tries,
        "tried_at": delivery.tried_at,
        "due_at": None if delivery.ended_as else delivery.due_at,
        "answer_status": delivery.answer_status,
        "answer": delivery.answer,
        "failure": delivery.failure,
        "ended_at": delivery.ended_at,
    }


def _status(
    ended_as: DeliveryEnd | None,
) -> Literal["waiting", "delivered", "given_up", "dropped"]:
    if ended_as is None:
        return "waiting"
    return ended_as.value
