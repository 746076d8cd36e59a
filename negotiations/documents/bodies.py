"""What may be written of document requests: the input, checked once."""

from typing import Annotated

from pydantic import Field

from negotiations.models.documents import Disposition, LegalBasis, RequestEventKind, RequestState
from negotiations.models.outcomes import Certainty
from negotiations.models.sessions import Basis
from negotiations.sources import NewSource
from negotiations.web.fields import Body, Day, Id, Line, Name, ShortName, Slug, Text

Slugs = Annotated[list[Slug], Field(max_length=50)]
Ids = Annotated[list[Id], Field(max_length=100)]


class NewRequestEvent(Body):
    """What happened to a request, on a civil date in home_tz (without one: today).

    `state` is the state it came to. `due_on` is a deadline set by it. `supersedes` names the event
    that this one corrects. `label` is what it is called in the request's one line, as in
    “injunction asked”.
    """

    kind: RequestEventKind
    happened_on: Day | None = None
    state: RequestState | None = None
    disposition: Disposition | None = None
    due_on: Day | None = None
    label: ShortName | None = None
    text: Text = ""
    certainty: Certainty = Certainty.A
    supersedes: Id | None = None
    sources: Annotated[list[NewSource], Field(max_length=20)] = []


class NewDocumentRequest(Body):
    """A request with its history so far; without `events` it is drafted today.

    `needed_before` are the ids of the sessions before which the documents are needed.
    """

    title: Name
    scope: Text = ""
    requester: Slug
    co_requesters: Slugs = []
    holder: Slug
    legal_basis: LegalBasis
    reference: Line | None = None
    basis: Basis = Basis.live
    certainty: Certainty = Certainty.A
    needed_before: Ids = []
    events: Annotated[list[NewRequestEvent], Field(max_length=100)] = []


class DocumentRequestChange(Body):
    """What a request says of itself; its state changes by its events."""

    title: Name | None = None
    scope: Text | None = None
    requester: Slug | None = None
    co_requesters: Slugs | None = None
    holder: Slug | None = None
    legal_basis: LegalBasis | None = None
    reference: Line | None = None
    basis: Basis | None = None
    certainty: Certainty | None = None
    needed_before: Ids | None = None
