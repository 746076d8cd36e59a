"""JSON for negotiations, parties, teams, tracks and issues."""

from starlette.responses import Response

from negotiations.access.actor import Actor
from negotiations.access.policy import demand
from negotiations.db import Db
from negotiations.errors import NotFound
from negotiations.models import Issue, Negotiation, Party, Team
from negotiations.parties import actions, queries, views
from negotiations.parties.api.base import NEG, api, listed, talks_of
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
from negotiations.web.routes import Call


@api.get("/negotiations")
async def list_negotiations(call: Call) -> Response:
    async with call.read() as (db, actor):
        rows = await queries.negotiations(db, actor)
    return listed(call, [views.negotiation_view(row) for row in rows])


@api.post("/negotiations", body=NewNegotiation)
async def create_negotiation(call: Call, body: NewNegotiation) -> Response:
    async with call.write() as (db, actor):
        row = await actions.create_negotiation(db, actor, body, now=call.now)
    return call.answer(views.negotiation_view(row), 201)


@api.get(NEG)
async def show_negotiation(call: Call) -> Response:
    async with call.read() as (db, actor):
        row = await talks_of(call, db, actor)
    return call.answer(views.negotiation_view(row))


@api.patch(NEG, body=NegotiationChange)
async def change_negotiation(call: Call, body: NegotiationChange) -> Response:
    async with call.write() as (db, actor):
        row = await talks_of(call, db, actor, lock=True)
        demand(actor, "negotiation.change", row)
        call.require_match(views.negotiation_view(row))
        fields = body.model_dump(exclude_unset=True)
        await actions.change(db, actor, row, fields, negotiation_id=row.id, now=call.now)
    return call.answer(views.negotiation_view(row))


@api.get(NEG + "/parties")
async def list_parties(call: Call) -> Response:
    async with call.read() as (db, actor):
        rows = await queries.parties(db, actor, (await talks_of(call, db, actor)).id)
    return listed(call, [views.party_view(row) for row in rows])


@api.post(NEG + "/parties", body=NewParty)
async def create_party(call: Call, body: NewParty) -> Response:
    async with call.write() as (db, actor):
        negotiation = await talks_of(call, db, actor, lock=True)
        row = await actions.add_party(db, actor, negotiation, body, now=call.now)
    return call.answer(views.party_view(row), 201)


@api.get(NEG + "/parties/{id}")
async def show_party(call: Call) -> Response:
    async with call.read() as (db, actor):
        negotiation = await talks_of(call, db, actor)
        row = await queries.one(db, actor, Party, negotiation.id, call.path["id"])
    return call.answer(views.party_view(row))


@api.patch(NEG + "/parties/{id}", body=PartyChange)
async def change_party(call: Call, body: PartyChange) -> Response:
    async with call.write() as (db, actor):
        negotiation = await talks_of(call, db, actor, lock=True)
        row = await queries.one(db, actor, Party, negotiation.id, call.path["id"], lock=True)
        demand(actor, "party.write", negotiation)
        call.require_match(views.party_view(row))
        fields = body.model_dump(exclude_unset=True)
        await actions.change(db, actor, row, fields, negotiation_id=negotiation.id, now=call.now)
    return call.answer(views.party_view(row))


@api.get(NEG + "/teams")
async def list_teams(call: Call) -> Response:
    async with call.read() as (db, actor):
        rows = await queries.teams(db, actor, (await talks_of(call, db, actor)).id)
    return listed(call, [views.team_view(team, party) for team, party in rows])


@api.post(NEG + "/teams", body=NewTeam)
async def create_team(call: Call, body: NewTeam) -> Response:
    async with call.write() as (db, actor):
        negotiation = await talks_of(call, db, actor, lock=True)
        row = await actions.add_team(db, actor, negotiation, body, now=call.now)
        party = await queries.party_named(db, negotiation.id, body.party)
    return call.answer(views.team_view(row, party), 201)


async def _team(call: Call, db: Db, actor: Actor, negotiation: Negotiation) -> tuple[Team, Party]:
    rows = await queries.teams(db, actor, negotiation.id)
    for team, party in rows:
        if team.id == call.path["id"]:
            return team, party
    raise NotFound


@api.get(NEG + "/teams/{id}")
async def show_team(call: Call) -> Response:
    async with call.read() as (db, actor):
        team, party = await _team(call, db, actor, await talks_of(call, db, actor))
    return call.answer(views.team_view(team, party))


@api.patch(NEG + "/teams/{id}", body=TeamChange)
async def change_team(call: Call, body: TeamChange) -> Response:
    async with call.write() as (db, actor):
        negotiation = await talks_of(call, db, actor, lock=True)
        team, party = await _team(call, db, actor, negotiation)
        demand(actor, "team.write", negotiation)
        call.require_match(views.team_view(team, party))
        fields = body.model_dump(exclude_unset=True)
        await actions.change(db, actor, team, fields, negotiation_id=negotiation.id, now=call.now)
    return call.answer(views.team_view(team, party))


@api.get(NEG + "/tracks")
async def list_tracks(call: Call) -> Response:
    async with call.read() as (db, actor):
        rows = await queries.tracks(db, actor, (await talks_of(call, db, actor)).id)
    return listed(call, [views.track_view(track, party) for track, party in rows])


@api.post(NEG + "/tracks", body=NewTrack)
async def create_track(call: Call, body: NewTrack) -> Response:
    async with call.write() as (db, actor):
        negotiation = await talks_of(call, db, actor, lock=True)
        demand(actor, "track.write", negotiation)
        party = await queries.party_named(
            db, negotiation.id, body.jurisdiction, pointer="jurisdiction"
        )
        row = await actions.add_track(db, actor, negotiation, party, now=call.now)
    return call.answer(views.track_view(row, party), 201)


@api.get(NEG + "/tracks/{jurisdiction}")
async def show_track(call: Call) -> Response:
    async with call.read() as (db, actor):
        negotiation = await talks_of(call, db, actor)
        row, party = await queries.track(db, actor, negotiation.id, call.path["jurisdiction"])
    return call.answer(views.track_view(row, party))


@api.patch(NEG + "/tracks/{jurisdiction}", body=TrackChange)
async def change_track(call: Call, body: TrackChange) -> Response:
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


@api.get(NEG + "/issues")
async def list_issues(call: Call) -> Response:
    async with call.read() as (db, actor):
        negotiation = await talks_of(call, db, actor)
        slugs = await _slugs(db, actor, negotiation)
        rows = await queries.issues(db, actor, negotiation.id)
    return listed(call, [views.issue_view(row, slugs) for row in rows])


@api.post(NEG + "/issues", body=NewIssue)
async def create_issue(call: Call, body: NewIssue) -> Response:
    async with call.write() as (db, actor):
        negotiation = await talks_of(call, db, actor, lock=True)
        row = await actions.add_issue(db, actor, negotiation, body, now=call.now)
        slugs = await _slugs(db, actor, negotiation)
    return call.answer(views.issue_view(row, slugs), 201)


@api.get(NEG + "/issues/{id}")
async def show_issue(call: Call) -> Response:
    async with call.read() as (db, actor):
        negotiation = await talks_of(call, db, actor)
        row = await queries.one(db, actor, Issue, negotiation.id, call.path["id"])
        slugs = await _slugs(db, actor, negotiation)
    return call.answer(views.issue_view(row, slugs))


@api.patch(NEG + "/issues/{id}", body=IssueChange)
async def change_issue(call: Call, body: IssueChange) -> Response:
    async with call.write() as (db, actor):
        negotiation = await talks_of(call, db, actor, lock=True)
        row = await queries.one(db, actor, Issue, negotiation.id, call.path["id"], lock=True)
        demand(actor, "issue.write", negotiation)
        slugs = await _slugs(db, actor, negotiation)
        call.require_match(views.issue_view(row, slugs))
        fields = body.model_dump(exclude_unset=True)
        await actions.change(db, actor, row, fields, negotiation_id=negotiation.id, now=call.now)
    return call.answer(views.issue_view(row, slugs))
