"""JSON for negotiations, parties, teams, tracks, people, memberships and issues."""

from typing import Any

from sqlmodel import col, select
from starlette.responses import Response

from negotiations.access.actor import Actor
from negotiations.db import Db
from negotiations.errors import NotFound
from negotiations.models import Issue, Membership, Negotiation, Party, Team
from negotiations.parties import actions, queries, views
from negotiations.parties.bodies import (
    IssueChange,
    MembershipChange,
    NegotiationChange,
    NewIssue,
    NewMembership,
    NewNegotiation,
    NewParty,
    NewPerson,
    NewTeam,
    NewTrack,
    PartyChange,
    PersonChange,
    TeamChange,
    TrackChange,
)
from negotiations.web.routes import Api, Call

api = Api()
NEG = "/negotiations/{neg}"


def _list(call: Call, items: list[dict[str, Any]]) -> Response:
    return call.answer({"items": items, "next": None})


async def _in(call: Call, db: Db, actor: Actor, *, lock: bool = False) -> Negotiation:
    return await queries.negotiation(db, actor, call.path["neg"], lock=lock)


@api.get("/negotiations")
async def list_negotiations(call: Call) -> Response:
    async with call.read() as (db, actor):
        rows = await queries.negotiations(db, actor)
    return _list(call, [views.negotiation_view(row) for row in rows])


@api.post("/negotiations", body=NewNegotiation)
async def create_negotiation(call: Call, body: NewNegotiation) -> Response:
    async with call.write() as (db, actor):
        row = await actions.create_negotiation(db, actor, body, now=call.now)
    return call.answer(views.negotiation_view(row), 201)


@api.get(NEG)
async def show_negotiation(call: Call) -> Response:
    async with call.read() as (db, actor):
        row = await _in(call, db, actor)
    return call.answer(views.negotiation_view(row))


@api.patch(NEG, body=NegotiationChange)
async def change_negotiation(call: Call, body: NegotiationChange) -> Response:
    async with call.write() as (db, actor):
        row = await _in(call, db, actor, lock=True)
        queries.demand(actor, "negotiation.change", row)
        call.require_match(views.negotiation_view(row))
        fields = body.model_dump(exclude_unset=True)
        await actions.change(db, actor, row, fields, negotiation_id=row.id, now=call.now)
    return call.answer(views.negotiation_view(row))


@api.get(NEG + "/parties")
async def list_parties(call: Call) -> Response:
    async with call.read() as (db, actor):
        rows = await queries.parties(db, actor, (await _in(call, db, actor)).id)
    return _list(call, [views.party_view(row) for row in rows])


@api.post(NEG + "/parties", body=NewParty)
async def create_party(call: Call, body: NewParty) -> Response:
    async with call.write() as (db, actor):
        negotiation = await _in(call, db, actor, lock=True)
        row = await actions.add_party(db, actor, negotiation, body, now=call.now)
    return call.answer(views.party_view(row), 201)


@api.get(NEG + "/parties/{id}")
async def show_party(call: Call) -> Response:
    async with call.read() as (db, actor):
        negotiation = await _in(call, db, actor)
        row = await queries.one(db, actor, Party, negotiation.id, call.path["id"])
    return call.answer(views.party_view(row))


@api.patch(NEG + "/parties/{id}", body=PartyChange)
async def change_party(call: Call, body: PartyChange) -> Response:
    async with call.write() as (db, actor):
        negotiation = await _in(call, db, actor, lock=True)
        row = await queries.one(db, actor, Party, negotiation.id, call.path["id"], lock=True)
        queries.demand(actor, "party.write", negotiation)
        call.require_match(views.party_view(row))
        fields = body.model_dump(exclude_unset=True)
        await actions.change(db, actor, row, fields, negotiation_id=negotiation.id, now=call.now)
    return call.answer(views.party_view(row))


@api.get(NEG + "/teams")
async def list_teams(call: Call) -> Response:
    async with call.read() as (db, actor):
        rows = await queries.teams(db, actor, (await _in(call, db, actor)).id)
    return _list(call, [views.team_view(team, party) for team, party in rows])


@api.post(NEG + "/teams", body=NewTeam)
async def create_team(call: Call, body: NewTeam) -> Response:
    async with call.write() as (db, actor):
        negotiation = await _in(call, db, actor, lock=True)
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
        team, party = await _team(call, db, actor, await _in(call, db, actor))
    return call.answer(views.team_view(team, party))


@api.patch(NEG + "/teams/{id}", body=TeamChange)
async def change_team(call: Call, body: TeamChange) -> Response:
    async with call.write() as (db, actor):
        negotiation = await _in(call, db, actor, lock=True)
        team, party = await _team(call, db, actor, negotiation)
        queries.demand(actor, "team.write", negotiation)
        call.require_match(views.team_view(team, party))
        fields = body.model_dump(exclude_unset=True)
        await actions.change(db, actor, team, fields, negotiation_id=negotiation.id, now=call.now)
    return call.answer(views.team_view(team, party))


@api.get(NEG + "/tracks")
async def list_tracks(call: Call) -> Response:
    async with call.read() as (db, actor):
        rows = await queries.tracks(db, actor, (await _in(call, db, actor)).id)
    return _list(call, [views.track_view(track, party) for track, party in rows])


@api.post(NEG + "/tracks", body=NewTrack)
async def create_track(call: Call, body: NewTrack) -> Response:
    async with call.write() as (db, actor):
        negotiation = await _in(call, db, actor, lock=True)
        queries.demand(actor, "track.write", negotiation)
        party = await queries.party_named(
            db, negotiation.id, body.jurisdiction, pointer="jurisdiction"
        )
        row = await actions.add_track(db, actor, negotiation, party, now=call.now)
    return call.answer(views.track_view(row, party), 201)


@api.get(NEG + "/tracks/{jurisdiction}")
async def show_track(call: Call) -> Response:
    async with call.read() as (db, actor):
        negotiation = await _in(call, db, actor)
        row, party = await queries.track(db, actor, negotiation.id, call.path["jurisdiction"])
    return call.answer(views.track_view(row, party))


@api.patch(NEG + "/tracks/{jurisdiction}", body=TrackChange)
async def change_track(call: Call, body: TrackChange) -> Response:
    async with call.write() as (db, actor):
        negotiation = await _in(call, db, actor, lock=True)
        row, party = await queries.track(
            db, actor, negotiation.id, call.path["jurisdiction"], lock=True
        )
        queries.demand(actor, "track.write", row)
        call.require_match(views.track_view(row, party))
        fields = body.model_dump(exclude_unset=True)
        await actions.change(db, actor, row, fields, negotiation_id=negotiation.id, now=call.now)
    return call.answer(views.track_view(row, party))


async def _slugs(db: Db, actor: Actor, negotiation: Negotiation) -> dict[str, str]:
    return {party.id: party.slug for party in await queries.parties(db, actor, negotiation.id)}


@api.get(NEG + "/issues")
async def list_issues(call: Call) -> Response:
    async with call.read() as (db, actor):
        negotiation = await _in(call, db, actor)
        slugs = await _slugs(db, actor, negotiation)
        rows = await queries.issues(db, actor, negotiation.id)
    return _list(call, [views.issue_view(row, slugs) for row in rows])


@api.post(NEG + "/issues", body=NewIssue)
async def create_issue(call: Call, body: NewIssue) -> Response:
    async with call.write() as (db, actor):
        negotiation = await _in(call, db, actor, lock=True)
        row = await actions.add_issue(db, actor, negotiation, body, now=call.now)
        slugs = await _slugs(db, actor, negotiation)
    return call.answer(views.issue_view(row, slugs), 201)


@api.get(NEG + "/issues/{id}")
async def show_issue(call: Call) -> Response:
    async with call.read() as (db, actor):
        negotiation = await _in(call, db, actor)
        row = await queries.one(db, actor, Issue, negotiation.id, call.path["id"])
        slugs = await _slugs(db, actor, negotiation)
    return call.answer(views.issue_view(row, slugs))


@api.patch(NEG + "/issues/{id}", body=IssueChange)
async def change_issue(call: Call, body: IssueChange) -> Response:
    async with call.write() as (db, actor):
        negotiation = await _in(call, db, actor, lock=True)
        row = await queries.one(db, actor, Issue, negotiation.id, call.path["id"], lock=True)
        queries.demand(actor, "issue.write", negotiation)
        slugs = await _slugs(db, actor, negotiation)
        call.require_match(views.issue_view(row, slugs))
        fields = body.model_dump(exclude_unset=True)
        await actions.change(db, actor, row, fields, negotiation_id=negotiation.id, now=call.now)
    return call.answer(views.issue_view(row, slugs))


@api.get(NEG + "/people")
async def list_people(call: Call) -> Response:
    async with call.read() as (db, actor):
        negotiation = await _in(call, db, actor)
        rows = await queries.members(db, actor, negotiation.id)
    return _list(
        call,
        [
            views.person_view(actor, negotiation, person, seat, party)
            for seat, person, party in rows
        ],
    )


@api.post(NEG + "/people", body=NewPerson)
async def create_person(call: Call, body: NewPerson) -> Response:
    async with call.write() as (db, actor):
        negotiation = await _in(call, db, actor, lock=True)
        seat = await actions.add_person(db, actor, negotiation, body, now=call.now)
        view = await _person(db, actor, negotiation, seat.person_id)
    return call.answer(view, 201)


async def _person(db: Db, actor: Actor, negotiation: Negotiation, person_id: str) -> dict[str, Any]:
    """The person in the seat they hold, or held last."""
    rows = await queries.members(db, actor, negotiation.id, ended=True)
    own = [row for row in rows if row[1].id == person_id]
    if not own:
        raise NotFound
    seat, person, party = max(own, key=lambda row: (row[0].ended_at is None, row[0].created_at))
    return views.person_view(actor, negotiation, person, seat, party)


@api.get(NEG + "/people/{id}")
async def show_person(call: Call) -> Response:
    async with call.read() as (db, actor):
        view = await _person(db, actor, await _in(call, db, actor), call.path["id"])
    return call.answer(view)


@api.patch(NEG + "/people/{id}", body=PersonChange)
async def change_person(call: Call, body: PersonChange) -> Response:
    async with call.write() as (db, actor):
        negotiation = await _in(call, db, actor, lock=True)
        view = await _person(db, actor, negotiation, call.path["id"])
        queries.demand(actor, "people.write", negotiation)
        call.require_match(view)
        person = await queries.person(db, actor, negotiation.id, call.path["id"])
        fields = body.model_dump(exclude_unset=True)
        await actions.change_person(
            db, actor, person, fields, negotiation=negotiation, now=call.now
        )
        view = await _person(db, actor, negotiation, person.id)
    return call.answer(view)


async def _membership(
    call: Call, db: Db, actor: Actor, negotiation: Negotiation
) -> tuple[Membership, Party | None]:
    row = await queries.one(db, actor, Membership, negotiation.id, call.path["id"])
    party = None
    if row.party_id:
        party = (await db.exec(select(Party).where(col(Party.id) == row.party_id))).one()
    return row, party


@api.get(NEG + "/memberships")
async def list_memberships(call: Call) -> Response:
    async with call.read() as (db, actor):
        rows = await queries.members(db, actor, (await _in(call, db, actor)).id, ended=True)
    return _list(call, [views.membership_view(seat, party) for seat, _, party in rows])


@api.post(NEG + "/memberships", body=NewMembership)
async def create_membership(call: Call, body: NewMembership) -> Response:
    async with call.write() as (db, actor):
        negotiation = await _in(call, db, actor, lock=True)
        row = await actions.add_membership(db, actor, negotiation, body, now=call.now)
        party = None
        if body.party:
            party = await queries.party_named(db, negotiation.id, body.party)
    return call.answer(views.membership_view(row, party), 201)


@api.get(NEG + "/memberships/{id}")
async def show_membership(call: Call) -> Response:
    async with call.read() as (db, actor):
        negotiation = await _in(call, db, actor)
        row, party = await _membership(call, db, actor, negotiation)
    return call.answer(views.membership_view(row, party))


@api.patch(NEG + "/memberships/{id}", body=MembershipChange)
async def change_membership(call: Call, body: MembershipChange) -> Response:
    async with call.write() as (db, actor):
        negotiation = await _in(call, db, actor, lock=True)
        row, party = await _membership(call, db, actor, negotiation)
        call.require_match(views.membership_view(row, party))
        await actions.change_role(db, actor, negotiation, row, body.role, now=call.now)
    return call.answer(views.membership_view(row, party))


@api.delete(NEG + "/memberships/{id}")
async def end_membership(call: Call) -> Response:
    async with call.write() as (db, actor):
        negotiation = await _in(call, db, actor, lock=True)
        row, party = await _membership(call, db, actor, negotiation)
        call.require_match(views.membership_view(row, party))
        await actions.end_membership(db, actor, negotiation, row, now=call.now)
    return call.answer(views.membership_view(row, party))
