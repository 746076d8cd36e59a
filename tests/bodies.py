"""A body for every request model with each of its fields set, as it would be stored."""

from typing import Any

from factories import NEG, World, in_days, propose, session_body
from permissions.tries import DRAFT

PARTY = {
    "slug": "z", "name": "Z County", "short_name": "Z", "kind": "jurisdiction", "city": "Z City",
    "tz": "America/Denver", "ocd_division_id": "ocd-division/country:us", "same_as": ["z"],
    "parent": "State of Z", "url": "https://z.example/",
}  # fmt: skip
AGENCY = {**PARTY, "slug": "agency", "kind": "agency"}
WINDOW = {"opens_on": "2030-01-01", "closes_on": "2030-12-31"}
TALKS = {
    "title": "New talks", "subject": "Water", "approval": "silence", "comment_days": 10,
    "circulate_days": 3, "publish_days": 30, "summary_template": "summary",
    "notice_hours": 24, "travel_buffer_minutes": 30, "holidays": ["2030-05-01"], **WINDOW,
}  # fmt: skip
ITEM = {"issue": "1", "title": "Water", "kind": "for_decision", "minutes": 10, "state": "adopted"}
CONSENT = {"party": "x", "by": "The head", "how": "by mail"}
SOURCE = {"citation": "Memo", "url": "https://z.example/memo", "certainty": "B"}


def without(body: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name not in names}


async def full_bodies(world: World, held: str) -> dict[str, dict[str, Any]]:
    """By the name of the model. `held` is a session whose result may be posted."""
    teams = (await world.coordinator.get(f"{NEG}/teams")).json()["items"]
    team = next(one["id"] for one in teams if one["party"] == "x")
    ours = next(one["id"] for one in teams if one["party"] == "agency")
    head, agent = world.people["head_x"], world.people["agency_head"]
    open_one = (await propose(world, local_start=in_days(5290)))["id"]
    start = in_days(5300)  # far from the sessions of tries.py
    session = session_body(
        local_start=start, title="First", kind="call", fold=0, room="1", access_note="Ring",
        conference_url="https://meet.example/1", chair=agent, note_taker=head, teams=[team],
        indispensable=[head], agenda=[ITEM], consents=[CONSENT], basis="live", basis_note="Note",
        instead_of=open_one, participants=[], caucus=None,
    )  # fmt: skip
    commitment = {
        "jurisdiction": "x", "session": held, "issue": "1", "text": "Write", "owner": "x",
        "person": head,
        "beneficiary": "agency", "due_on": "2030-01-01", "status": "open", "evidence": "None yet",
    }  # fmt: skip
    outcome = {
        "issue": "1", "value": "declined", "partial": False, "text": "No", "reason": "The law",
        "decided_by": "agency", "basis": "live", "certainty": "A", "effective_on": "2020-01-01",
        "supersedes": None, "sources": [SOURCE],
    }  # fmt: skip
    position = {
        "jurisdiction": "x", "session": held, "issue": "1", "party": "x", "text": "Ours",
        "attributed": True, "stated_on": "2020-01-01", "basis": "live", "certainty": "C",
        "supersedes": None, "sources": [dict(SOURCE)],
    }  # fmt: skip
    attendee = {"person": head, "rsvp": "accepted", "actual": "present", "mode": "remote"}
    place = {"location": "Town Hall", "room": "2", "reason": "Nearer", "consents": [CONSENT]}
    time = {"local_start": start, "local_end": session["local_end"], "tz": "Europe/London"}
    person = {"name": "Pat", "title": "Envoy", "email": "pat@example.org", "tz": "UTC"}
    event = {
        "kind": "state", "happened_on": "2020-01-02", "state": "closed", "disposition": "withdrawn",
        "due_on": "2020-02-01", "label": "taken back", "text": "No", "certainty": "B",
        "supersedes": None, "sources": [SOURCE],
    }  # fmt: skip
    request = {
        "title": "Letters", "scope": "All of 2019", "requester": "x", "co_requesters": ["y"],
        "holder": "agency", "legal_basis": "foia", "reference": "F-1", "basis": "live",
        "certainty": "A", "needed_before": [held], "events": [event],
    }  # fmt: skip
    following = {
        "local_start": in_days(5320), "local_end": in_days(5320, 12), "tz": "Europe/London",
        "fold": 0, "location": "Town Hall", "room": "2", "access_note": "Ring",
        "conference_url": "https://meet.example/2",
    }  # fmt: skip
    adjourned = {"close_kind": "adjourned_to_date", "next": following, "carried_over": [],
                 "template": "summary"}  # fmt: skip
    later = {"local_start": in_days(5330), "local_end": in_days(5330, 12)}
    return {
        "NewNegotiation": {
            **TALKS, "slug": "new-talks", "home_tz": "UTC", "symbol_prefix": "NT",
            "agency": AGENCY,
        },
        "NegotiationChange": {**TALKS, "status": "open"},
        "NewParty": PARTY,
        "PartyChange": without(PARTY, "slug", "kind"),
        "NewTeam": {"party": "x", "name": "Second"},
        "TeamChange": {"name": "First"},
        "NewTrack": {"jurisdiction": "x"},
        "TrackChange": {"status": "concluded", "closed_reason": "Done"},
        "NewIssue": {"code": "3", "title": "T", "description": "D", "raised_by": "x"},
        "IssueChange": {"title": "T", "description": "D"},
        "PersonToAdd": {**person, "role": "counsel", "party": "x", "invite": True},
        "PersonChange": {**person, "email": "envoy@example.org"},
        "NewMembership": {
            "person": world.people["former_delegate_x"], "role": "counsel", "party": "x"
        },
        "MembershipChange": {"role": "counsel"},
        "MailChoice": {
            "by_mail": False, "reminders": [240, 15], "weekly": False, "invitations": False,
        },
        "NewCaucus": {"name": "Ours", "parties": ["x", "y"]},
        "CaucusChange": {"name": "Still ours"},
        "NewSession": session,
        "SessionPatch": {
            name: session[name]
            for name in (
                "title", "kind", "access_note", "conference_url", "chair", "note_taker",
                "indispensable",
            )
        },
        "Accept": CONSENT,
        "Decline": {"reason": "No", "party": "x", "by": "The head"},
        "Nothing": {},
        "Remind": {"keys": [f"session:{open_one}"]},
        "Move": {**time, "fold": 0, "reason": "Later", "consents": [CONSENT]},
        "Relocate": place,
        "Postpone": {"reason": "Flood"},
        "Reinstate": {
            "local_start": in_days(5310), "local_end": in_days(5310, 12), "tz": "Europe/London",
            "fold": 0, "location": "Town Hall", "room": "2", "consents": [CONSENT],
        },
        "NewPoll": {
            "due_on": in_days(3)[:10],
            "options": [{
                **time, "local_start": in_days(5335), "local_end": in_days(5335, 12), "fold": 0,
            }],
        },
        "Time": {**time, "local_start": in_days(5340), "local_end": in_days(5340, 12), "fold": 0},
        "Withdraw": {"option": ""},
        "Answers": {"answers": [{"option": "", "answer": "yes"}], **CONSENT},
        "Choose": {"option": "", **CONSENT},
        "ClosePoll": {"reason": "No need"},
        "Acknowledge": {"warning": "", "note": "There is a fast train"},
        "Cancel": {"reason": "No need"},
        "Agenda": {"items": [ITEM]},
        "AttendanceList": {"items": [attendee]},
        "Result": {
            "body": "# Summary", "outcomes": [outcome], "commitments": [commitment],
            "positions": [{**position, "issue": "2"}], "attendance": [attendee],
            "close": {**adjourned, "next": {**following, **later}},
        },
        "Close": adjourned,
        "Decide": {"sha256": DRAFT, "decision": "objected", "statement": "Not so"},
        "NewComment": {"body": "Not quite"},
        "NoteText": {"body": "# Note"},
        "Restore": {"revision": 1},
        "Purge": {"confirm": "x"},
        "Corrigendum": {"body": "# What was said"},
        "NewOutcome": outcome,
        "NewPosition": position,
        "PositionChange": {"attributed": True},
        "NewCommitment": commitment,
        "CommitmentChange": {
            name: commitment[name]
            for name in ("person", "text", "due_on", "status", "evidence")
        },
        "NewDocumentRequest": request,
        "DocumentRequestChange": without(request, "events"),
        "NewRequestEvent": event,
        "NewFeed": {
            "label": "Mine", "negotiation": "water-talks", "expires_at": "2090-01-01T00:00:00Z",
            "shows_links": False,
        },
        "FeedChange": {"expires_at": "2090-01-01T00:00:00Z"},
        "Rotation": {"grace_days": 3},
        "NewPlan": {
            "title": "A week", "first_on": "2040-11-05", "last_on": "2040-11-09",
            "grid_minutes": 60, "travel_minutes": 30, "teams": [ours], "jurisdictions": ["x"],
            "sessions": 2, "minutes": 90, "gap_minutes": 30, "most_a_day": 1,
        },
        "PlanChange": {
            "title": "Another week", "first_on": "2040-11-12", "last_on": "2040-11-16",
            "travel_minutes": 45, "teams": [ours],
            "weights": {
                "other_day": 3, "other_half_day": 2, "friday_afternoon": 4, "early": 1, "span": 2,
                "moved": 0,
            },
        },
        "PlanTrackChange": {
            "most_a_day": 1, "place": "Town Hall", "days": ["2040-11-05"], "half_day": "morning",
            "no_friday_afternoon": True, "early": True, "compact": True,
        },
        "NewPlanItem": {"jurisdiction": "x", "minutes": 45, "kind": "call", "gap_minutes": 15},
        "PlanItemChange": {
            "local_start": in_days(5340), "fold": 0, "team": ours, "pinned": True, "minutes": 45,
            "kind": "call", "gap_minutes": 15, "not_before": "2040-11-05T15:00:00Z",
            "ends_by": "2040-11-06T15:00:00Z", "needs": [head], "room": "2", "withdrawn": False,
        },
        "WorkOut": {"seed": 2, "iterations": 10, "named_by": "day", "seconds": 5},
        "Release": {"reason": "The hall is free"},
        "NewWebhook": {
            "negotiation": "water-talks", "url": "https://hooks.example.org/a?b=c",
            "types": ["session.moved"],
        },
        "WebhookChange": {
            "url": "https://hooks.example.org/d", "types": ["session.moved"], "stopped": False,
        },
        "SecretRotation": {"grace_hours": 3},
        "OfficeHoursBody": {
            "tz": "America/Denver", "weekly": ["09:00-12:00, 13:00-17:00"] * 6 + [""],
            "exceptions": [{"on": "2030-11-11", "hours": "10:00-12:00"}],
            "preparation_minutes": 15,
        },
        "NewBusyBlock": {
            "starts_at": "2030-11-11T10:00:00Z", "ends_at": "2030-11-11T12:00:00Z",
        },
        "NewBusyCalendar": {
            "url": "https://calendar.example.org/private/basic.ics?a=b", "user": "pat",
            "password": "a word",
        },
    }  # fmt: skip
