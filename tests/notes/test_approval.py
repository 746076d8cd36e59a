"""The rule by which a revision is agreed, over all that could happen to it (invariant 9)."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from negotiations.models import Circulation, SummaryDecision
from negotiations.models.parties import Approval
from negotiations.models.summaries import AgreedAs, DecisionKind
from negotiations.notes.approval import CONSENTING, by_decisions, by_silence, objected, standing

PARTIES = ("agency", "x", "y")
NOW = datetime(2030, 1, 10, 12, tzinfo=UTC)
said = [one for one in DecisionKind if one is not DecisionKind.silent_consent]


def decisions_of(raw: list[tuple[str, str, DecisionKind]]) -> list[SummaryDecision]:
    return [
        SummaryDecision(
            created_at=NOW, revision_id=revision, number=number, party_id=party, kind=kind,
            decided_at=NOW,
        )
        for number, (revision, party, kind) in enumerate(raw, start=1)
    ]  # fmt: skip


decided = st.lists(
    st.tuples(st.sampled_from(["old", "this"]), st.sampled_from(PARTIES), st.sampled_from(said)),
    max_size=8,
).map(decisions_of)
at = st.integers(-72, 72).map(lambda hours: NOW + timedelta(hours=hours))
reached = st.dictionaries(st.sampled_from(PARTIES), st.none() | at).map(
    lambda found: [
        Circulation(created_at=NOW, revision_id="this", party_id=one, delivered_at=when)
        for one, when in found.items()
    ]
)
rules = st.sampled_from(Approval)
tables = st.lists(st.sampled_from(PARTIES), unique=True)


@given(rules, tables, decided)
def test_only_the_word_of_every_party_on_this_very_revision_agrees_it(
    rule: Approval, parties: list[str], decisions: list[SummaryDecision]
) -> None:
    how = by_decisions(rule, "this", parties, decisions)
    mine = [one for one in decisions if one.revision_id == "this"]
    last = {one.party_id: one.kind for one in mine}
    agreed = (
        bool(parties)
        and rule is not Approval.secretariat
        and all(last.get(party) in CONSENTING for party in parties)
        and all(one.kind is not DecisionKind.objected for one in mine)
    )
    assert how == (AgreedAs.all_parties if agreed else None)


@given(rules, tables, decided, decided)
def test_what_was_decided_on_another_revision_changes_nothing(
    rule: Approval,
    parties: list[str],
    decisions: list[SummaryDecision],
    others: list[SummaryDecision],
) -> None:
    for one in others:
        one.revision_id = "old"
    with_others = [*decisions, *others]
    assert by_decisions(rule, "this", parties, with_others) == by_decisions(
        rule, "this", parties, decisions
    )
    assert standing(with_others, "this") == standing(decisions, "this")
    assert objected(with_others, "this") == objected(decisions, "this")


@given(rules, tables, decided, reached, at)
def test_silence_is_consent_only_of_whom_it_reached_once_time_is_over(
    rule: Approval,
    parties: list[str],
    decisions: list[SummaryDecision],
    circulations: list[Circulation],
    ended_at: datetime,
) -> None:
    silent = by_silence(rule, "this", parties, decisions, circulations, ended_at=ended_at, now=NOW)
    spoke = {one.party_id for one in decisions if one.revision_id == "this"}
    in_time = {
        one.party_id for one in circulations if one.delivered_at and one.delivered_at <= ended_at
    }
    holds = (
        rule is Approval.silence
        and bool(parties)
        and ended_at < NOW
        and not objected(decisions, "this")
        and all(party in spoke | in_time for party in parties)
    )
    assert silent == ([party for party in parties if party not in spoke] if holds else None)
