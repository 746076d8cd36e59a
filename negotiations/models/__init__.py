"""Every table and every enumerated value, one file per domain; imports nothing of ours."""

from negotiations.models.access import ApiToken, Login
from negotiations.models.availability import Availability, BusyBlock, BusyCalendar
from negotiations.models.base import Row, metadata, new_id, new_resource_no
from negotiations.models.documents import (
    DocumentRequest,
    DocumentRequestEvent,
    DocumentRequestParty,
    DocumentRequestSession,
    DocumentRequestSource,
)
from negotiations.models.exchange import ExternalId
from negotiations.models.feeds import EventBytes, Feed, FeedFetch, FormerAddress, Generation
from negotiations.models.invitations import Invitation
from negotiations.models.mail import Mail, MailEvent, MailTrouble
from negotiations.models.matrix import MatrixChange, StandingOutcome
from negotiations.models.notes import KeptNote, Note, NoteRevision
from negotiations.models.notices import Look, Notice, Reminder
from negotiations.models.outcomes import Commitment, Outcome, OutcomeSource, Source
from negotiations.models.parties import (
    Caucus,
    CaucusParty,
    Issue,
    Membership,
    Negotiation,
    Party,
    Person,
    Team,
    Track,
)
from negotiations.models.periodic import Fence, Job
from negotiations.models.plans import Plan, PlanItem, PlanTrack
from negotiations.models.polls import Acknowledgement, Poll, PollOption, Vote
from negotiations.models.positions import Position, PositionSource
from negotiations.models.record import AuditEntry, OutboxEvent
from negotiations.models.requests import IdempotencyKey
from negotiations.models.search import SearchEntry
from negotiations.models.sessions import (
    AgendaItem,
    Attendance,
    Booking,
    NegotiationSession,
    SessionChange,
    SessionParty,
    SessionTeam,
)
from negotiations.models.summaries import (
    Circulation,
    NoteDraft,
    PublishedSummary,
    Summary,
    SummaryComment,
    SummaryDecision,
    SummaryRevision,
)
from negotiations.models.webhooks import WebhookDelivery, WebhookEndpoint

__all__ = [
    "Acknowledgement",
    "AgendaItem",
    "ApiToken",
    "Attendance",
    "AuditEntry",
    "Availability",
    "Booking",
    "BusyBlock",
    "BusyCalendar",
    "Caucus",
    "CaucusParty",
    "Circulation",
    "Commitment",
    "DocumentRequest",
    "DocumentRequestEvent",
    "DocumentRequestParty",
    "DocumentRequestSession",
    "DocumentRequestSource",
    "EventBytes",
    "ExternalId",
    "Feed",
    "FeedFetch",
    "Fence",
    "FormerAddress",
    "Generation",
    "IdempotencyKey",
    "Invitation",
    "Issue",
    "Job",
    "KeptNote",
    "Login",
    "Look",
    "Mail",
    "MailEvent",
    "MailTrouble",
    "MatrixChange",
    "Membership",
    "Negotiation",
    "NegotiationSession",
    "Note",
    "NoteDraft",
    "NoteRevision",
    "Notice",
    "OutboxEvent",
    "Outcome",
    "OutcomeSource",
    "Party",
    "Person",
    "Plan",
    "PlanItem",
    "PlanTrack",
    "Poll",
    "PollOption",
    "Position",
    "PositionSource",
    "PublishedSummary",
    "Reminder",
    "Row",
    "SearchEntry",
    "SessionChange",
    "SessionParty",
    "SessionTeam",
    "Source",
    "StandingOutcome",
    "Summary",
    "SummaryComment",
    "SummaryDecision",
    "SummaryRevision",
    "Team",
    "Track",
    "Vote",
    "WebhookDelivery",
    "WebhookEndpoint",
    "metadata",
    "new_id",
    "new_resource_no",
]
