"""JSON for negotiations, parties, teams, tracks and issues."""

from starlette.responses import Response

from negotiations.access.actor import Actor
from negotiations.access.policy import demand
from negotiations.db import Db
from negotiations.errors import NotFound
from negotiations.models import Issue, Negotiation, Party, Team
from negotiations.parties import actions, queries, views
from negotiations.parties.api.base import NEG, api, talks_of
from negotiations.parties.bodies import (
    IssueChange,
    NegotiationChange,
    NewIssue,
    NewNegotiation,
    NewParty,
    NewTeam,
    NewTrack,
    PartyChange,
    TeamChange,
    TrackChange,
)
from negotiations.web.routes import CREATED, Call


@api.get("/negotiations", lists=views.NegotiationView)
async def list_negotiations(call: Call) -> Response:
    """List the talks one takes part in, the oldest first; an administrator sees all."""
    async with call.read() as (db, actor):
        part = call.part()
        rows = await queries.negotiations(db, actor, part=part)
    return call.listed([views.negotiation_view(row) for row in rows], part)


@api.post("/negotiations", body=NewNegotiation, answers=views.NegotiationView, gives=CREATED)
async def create_negotiation(call: Call, body: NewNegotiation) -> Response:
    """Found new talks, with their agency if it is named; for administrators."""
    async with call.write() as (db, actor):
        row = await actions.create_negotiation(db, actor, body, now=call.now)
    return call.created(views.negotiation_view(row), at=row.slug)


@api.get(NEG, answers=views.NegotiationView)
async def show_negotiation(call: Call) -> Response:
    """Show what the talks are about, their window and their rules."""
    async with call.read() as (db, actor):
        row = await talks_of(call, db, actor)
    return call.answer(views.negotiation_view(row))


@api.patch(NEG, body=NegotiationChange, answers=views.NegotiationView)
async def change_negotiation(call: Call, body: NegotiationChange) -> Response:
    """Change the talks' window, rules or state; concluded talks are only read from then on."""
    async with call.write() as (db, actor):
        row = await talks_of(call, db, actor, lock=True)
        demand(actor, "negotiation.change", row)
        call.require_match(views.negotiation_view(row))
        fields = body.model_dump(exclude_unset=True)
        await actions.change(db, actor, row, fields, negotiation_id=row.id, now=call.now)
    return call.answer(views.negotiation_view(row))


@api.get(NEG + "/parties", lists=views.PartyView)
async def list_parties(call: Call) -> Response:
    """List the parties, the agency first, then by name."""
    async with call.read() as (db, actor):
        negotiation, part = await talks_of(call, db, actor), call.part()
        rows = await queries.parties(db, actor, negotiation.id, part=part)
    return call.listed([views.party_view(row) for row in rows], part)


@api.post(NEG + "/parties", body=NewParty, answers=views.PartyView, gives=CREATED)
async def create_party(call: Call, body: NewParty) -> Response:
    """Add a party; who sits at the table gets a team, a jurisdiction its track as well."""
    async with call.write() as (db, actor):
        negotiation = await talks_of(call, db, actor, lock=True)
        row = await actions.add_party(db, actor, negotiation, body, now=call.now)
    return call.created(views.party_view(row), at=row.id)


@api.get(NEG + "/parties/{id}", answers=views.PartyView)
async def show_party(call: Call) -> Response:
    """Show one party."""
    async with call.read() as (db, actor):
        negotiation = await talks_of(call, db, actor)
        row = await queries.one(db, actor, Party, negotiation.id, call.path["id"])
    return call.answer(views.party_view(row))


@api.patch(NEG + "/parties/{id}", body=PartyChange, answers=views.PartyView)
async def change_party(call: Call, body: PartyChange) -> Response:
    """Change a party's names, zone or links."""
    async with call.write() as (db, actor):
        negotiation = await talks_of(call, db, actor, lock=True)
        row = await queries.one(db, actor, Party, negotiation.id, call.path["id"], lock=True)
        demand(actor, "party.write", negotiation)
        call.require_match(views.party_view(row))
        fields = body.model_dump(exclude_unset=True)
        await actions.change(db, actor, row, fields, negotiation_id=negotiation.id, now=call.now)
    return call.answer(views.party_view(row))


@api.get(NEG + "/teams", lists=views.TeamView)
async def list_teams(call: Call) -> Response:
    """List the teams that sit for the parties: one's own and those one meets."""
    async with call.read() as (db, actor):
        negotiation, part = await talks_of(call, db, actor), call.part()
        rows = await queries.teams(db, actor, negotiation.id, part=part)
    return call.listed([views.team_view(team, party) for team, party in rows], part)


@api.post(NEG + "/teams", body=NewTeam, answers=views.TeamView, gives=CREATED)
async def create_team(call: Call, body: NewTeam) -> Response:
    """Add a team, so that its party can sit at two tables at once."""
    async with call.write() as (db, actor):
        negotiation = await talks_of(call, db, actor, lock=True)
        row = await actions.add_team(db, actor, negotiation, body, now=call.now)
        party = await queries.party_named(db, negotiation.id, body.party)
    return call.created(views.team_view(row, party), at=row.id)


async def _team(call: Call, db: Db, actor: Actor, negotiation: Negotiation) -> tuple[Team, Party]:
    rows = await queries.teams(db, actor, negotiation.id)
    for team, party in rows:
        if team.id == call.path["id"]:
            return team, party
    raise NotFound


@api.get(NEG + "/teams/{id}", answers=views.TeamView)
async def show_team(call: Call) -> Response:
    """Show one team."""
    async with call.read() as (db, actor):
        team, party = await _team(call, db, actor, await talks_of(call, db, actor))
    return call.answer(views.team_view(team, party))


@api.patch(NEG + "/teams/{id}", body=TeamChange, answers=views.TeamView)
async def change_team(call: Call, body: TeamChange) -> Response:
    """Give a team another name."""
    async with call.write() as (db, actor):
        negotiation = await talks_of(call, db, actor, lock=True)
        team, party = await _team(call, db, actor, negotiation)
        demand(actor, "team.write", negotiation)
        call.require_match(views.team_view(team, party))
        fields = body.model_dump(exclude_unset=True)
        await actions.change(db, actor, team, fields, negotiation_id=negotiation.id, now=call.now)
    return call.answer(views.team_view(team, party))


@api.get(NEG + "/tracks", lists=views.TrackView)
async def list_tracks(call: Call) -> Response:
    """List the tracks, one for each jurisdiction, by name."""
    async with call.read() as (db, actor):
        negotiation, part = await talks_of(call, db, actor), call.part()
        rows = await queries.tracks(db, actor, negotiation.id, part=part)
    return call.listed([views.track_view(track, party) for track, party in rows], part)


@api.post(NEG + "/tracks", body=NewTrack, answers=views.TrackView, gives=CREATED)
async def create_track(call: Call, body: NewTrack) -> Response:
    """Open the track of a jurisdiction that has none; a new jurisdiction has its own already."""
    async with call.write() as (db, actor):
        negotiation = await talks_of(call, db, actor, lock=True)
        demand(actor, "track.write", negotiation)
        party = await queries.party_named(
            db, negotiation.id, body.jurisdiction, pointer="jurisdiction"
        )
        row = await actions.add_track(db, actor, negotiation, party, now=call.now)
    return call.created(views.track_view(row, party), at=party.slug)


@api.get(NEG + "/tracks/{jurisdiction}", answers=views.TrackView)
async def show_track(call: Call) -> Response:
    """Show how far the talks with one jurisdiction are."""
    async with call.read() as (db, actor):
        negotiation = await talks_of(call, db, actor)
        row, party = await queries.track(db, actor, negotiation.id, call.path["jurisdiction"])
    return call.answer(views.track_view(row, party))


@api.patch(NEG + "/tracks/{jurisdiction}", body=TrackChange, answers=views.TrackView)
async def change_track(call: Call, body: TrackChange) -> Response:
    """Say how far the talks with one jurisdiction are, and why they ended."""
    async with call.write() as (db, actor):
        negotiation = await talks_of(call, db, actor, lock=True)
        row, party = await queries.track(
            db, actor, negotiation.id, call.path["jurisdiction"], lock=True
        )
        demand(actor, "track.write", row)
        call.require_match(views.track_view(row, party))
        fields = body.model_dump(exclude_unset=True)
        await actions.change(db, actor, row, fields, negotiation_id=negotiation.id, now=call.now)
    return call.answer(views.track_view(row, party))


async def _slugs(db: Db, actor: Actor, negotiation: Negotiation) -> dict[str, str]:
    return {party.id: party.slug for party in await queries.parties(db, actor, negotiation.id)}


@api.get(NEG + "/issues", lists=views.IssueView)
async def list_issues(call: Call) -> Response:
    """List the issues all tracks share, in the order of their codes."""
    async with call.read() as (db, actor):
        negotiation = await talks_of(call, db, actor)
        slugs = await _slugs(db, actor, negotiation)
        part = call.part()
        rows = await queries.issues(db, actor, negotiation.id, part=part)
    return call.listed([views.issue_view(row, slugs) for row in rows], part)


@api.post(NEG + "/issues", body=NewIssue, answers=views.IssueView, gives=CREATED)
async def create_issue(call: Call, body: NewIssue) -> Response:
    """Add an issue to the shared list."""
    async with call.write() as (db, actor):
        negotiation = await talks_of(call, db, actor, lock=True)
        row = await actions.add_issue(db, actor, negotiation, body, now=call.now)
        slugs = await _slugs(db, actor, negotiation)
    return call.created(views.issue_view(row, slugs), at=row.id)


@api.get(NEG + "/issues/{id}", answers=views.IssueView)
async def show_issue(call: Call) -> Response:
    """Show one issue."""
    async with call.read() as (db, actor):
        negotiation = await talks_of(call, db, actor)
        row = await queries.one(db, actor, Issue, negotiation.id, call.path["id"])
        slugs = await _slugs(db, actor, negotiation)
    return call.answer(views.issue_view(row, slugs))


@api.patch(NEG + "/issues/{id}", body=IssueChange, answers=views.IssueView)
async def change_issue(call: Call, body: IssueChange) -> Response:
    """Word an issue differently; its code stays."""
    async with call.write() as (db, actor):
        negotiation = await talks_of(call, db, actor, lock=True)
        row = await queries.one(db, actor, Issue, negotiation.id, call.path["id"], lock=True)
        demand(actor, "issue.write", negotiation)
        slugs = await _slugs(db, actor, negotiation)
        call.require_match(views.issue_view(row, slugs))
        fields = body.model_dump(exclude_unset=True)
        await actions.change(db, actor, row, fields, negotiation_id=negotiation.id, now=call.now)
    return call.answer(views.issue_view(row, slugs))
