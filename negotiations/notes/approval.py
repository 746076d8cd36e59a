"""PURE: when a revision of a summary is agreed, by whose decisions, under which rule.

A decision counts for the very revision it was made on. Of several by one party on a revision the
newest counts, but an objection stays: what a side objected to is never agreed as if it hadn't; it
takes a new revision, or the disagreement is put on record with a statement of every party.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from negotiations.errors import WrongState
from negotiations.models import Circulation, SummaryDecision
from negotiations.models.parties import Approval
from negotiations.models.summaries import AgreedAs, DecisionKind, SummaryState

NOT_AGREED = "Compiled from public sources; not agreed by the parties"
CONSENTING = frozenset({DecisionKind.approved, DecisionKind.approved_with_statement})
WITH_STATEMENT = frozenset({DecisionKind.approved_with_statement, DecisionKind.objected})


def standing(decisions: Iterable[SummaryDecision], revision_id: str) -> dict[str, SummaryDecision]:
    """The decision of each party that counts for this revision: its newest on it."""
    mine = [one for one in decisions if one.revision_id == revision_id]
    return {one.party_id: one for one in sorted(mine, key=lambda one: one.number)}


def objected(decisions: Iterable[SummaryDecision], revision_id: str) -> bool:
    """Whether any party ever objected to this revision."""
    return any(
        one.kind is DecisionKind.objected for one in decisions if one.revision_id == revision_id
    )


def by_decisions(
    rule: Approval | None,
    revision_id: str,
    parties: Collection[str],
    decisions: Sequence[SummaryDecision],
) -> AgreedAs | None:
    """How the revision is agreed by what the parties decided; None while it isn't.

    Where silence would do, the word of all does too. Where the secretariat declares it, decisions
    are recorded and settle nothing.
    """
    if rule not in (Approval.all_parties, Approval.silence) or not parties:
        return None
    if objected(decisions, revision_id):
        return None
    there = standing(decisions, revision_id)
    everyone = all(one in there and there[one].kind in CONSENTING for one in parties)
    return AgreedAs.all_parties if everyone else None


def by_silence(
    rule: Approval | None,
    revision_id: str,
    parties: Collection[str],
    decisions: Sequence[SummaryDecision],
    circulations: Iterable[Circulation],
    *,
    ended_at: datetime,
    now: datetime,
) -> list[str] | None:
    """The parties whose silence is consent once the time is over; None while it isn't agreed.

    A party which the circulation didn't reach in time can't have been silent: it blocks.
    """
    if rule is not Approval.silence or now <= ended_at or not parties:
        return None
    if objected(decisions, revision_id):
        return None
    reached = {
        one.party_id
        for one in circulations
        if one.revision_id == revision_id
        and one.delivered_at is not None
        and one.delivered_at <= ended_at
    }
    there = standing(decisions, revision_id)
    silent = [one for one in parties if one not in there]
    return silent if all(one in reached for one in silent) else None


def check_declared(
    rule: Approval,
    state: SummaryState,
    revision_id: str,
    parties: Mapping[str, str],
    decisions: Sequence[SummaryDecision],
    text: str,
) -> AgreedAs:
    """How the coordinator may declare the revision agreed; WrongState says what is missing.

    `parties` are the ids of those that must agree, with their names.
    """
    if state not in (SummaryState.draft, SummaryState.circulated):
        raise WrongState(f"This summary is {state.value} already.")
    if rule is Approval.secretariat:
        if NOT_AGREED.casefold() not in " ".join(text.split()).casefold():
            raise WrongState(
                f"Its text has to say “{NOT_AGREED}”, since no party agreed to it. "
                "Save it with these words first."
            )
        return AgreedAs.secretariat
    if state is not SummaryState.circulated:
        raise WrongState("Circulate it first: the parties decide on it.")
    if not objected(decisions, revision_id):
        raise WrongState(
            "No party objected to this revision. It is agreed once all have approved it"
            + (", or none objects in time." if rule is Approval.silence else ".")
        )
    there = standing(decisions, revision_id)
    missing = [
        name for party, name in parties.items() if party not in there or not there[party].statement
    ]
    if missing:
        raise WrongState(
            "To record the disagreement, a statement of every party has to be annexed. "
            f"Missing: {', '.join(missing)}."
        )
    return AgreedAs.recorded_disagreement


def check_may_decide(
    state: SummaryState,
    rule: Approval | None,
    decisions: Sequence[SummaryDecision],
    revision_id: str,
    party_id: str,
    kind: DecisionKind,
    *,
    ended_at: datetime | None,
    now: datetime,
) -> None:
    """WrongState unless this party may decide this now."""
    if state is not SummaryState.circulated:
        raise WrongState(
            f"This summary is {state.value}: there is nothing to decide on. "
            "It can be decided on while it is circulated."
        )
    if rule is Approval.silence and ended_at is not None and now > ended_at:
        raise WrongState("The time to comment is over. Tell the coordinator.")
    mine = standing(decisions, revision_id).get(party_id)
    if mine is not None and mine.kind is DecisionKind.objected and kind in CONSENTING:
        raise WrongState(
            "Your side objected to this revision, and an objection stays. "
            "The secretariat writes a new revision, which you can approve."
        )
