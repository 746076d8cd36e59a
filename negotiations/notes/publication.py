"""PURE: what becomes public of an agreed summary: a frozen copy, and whether it is still whole.

It holds what is listed here and nothing else: no ids, no persons, no comments. Its SHA-256 is of
its bytes, and it holds that of the text; both are looked at on every read.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from negotiations.models import Outcome, PublishedSummary, Summary, SummaryDecision, SummaryRevision
from negotiations.models.summaries import AgreedAs

BASIS = {
    AgreedAs.all_parties: "Agreed by all parties.",
    AgreedAs.silence: "Agreed: no party objected in time.",
    AgreedAs.recorded_disagreement: (
        "Not agreed by all parties: the disagreement is recorded, with their statements."
    ),
    AgreedAs.secretariat: "Compiled from public sources; not agreed by the parties.",
}


@dataclass(frozen=True, slots=True)
class Said:
    """An outcome that goes with the text: on which issue (its code and title), decided by whom."""

    row: Outcome
    code: str
    title: str
    decided_by: str | None


@dataclass(frozen=True, slots=True)
class PublicSummary:
    """What anybody may read of a published summary; `copy` is None where it isn't whole any more.

    `symbol` and `published_on` are those of the record, to say what is missing.
    """

    symbol: str
    published_on: date
    copy: dict[str, Any] | None


def frozen_copy(
    summary: Summary,
    revision: SummaryRevision,
    title: str,
    decisions: Sequence[tuple[SummaryDecision, str]],
    outcomes: Sequence[Said],
    *,
    corrects: str | None,
    today: date,
) -> dict[str, Any]:
    """The copy as JSON values. `decisions` are those that count, with the names of the parties;
    `corrects` is the SHA-256 of the text published before, `today` in home_tz."""
    assert summary.agreed_as is not None, "only what is agreed is published"
    return {
        "symbol": summary.symbol,
        "session": title,
        "revision": revision.number,
        "sha256": revision.sha256,
        "published_on": today.isoformat(),
        "agreed_as": summary.agreed_as.value,
        "basis": BASIS[summary.agreed_as],
        "corrects": corrects,
        "body": revision.body,
        "statements": [
            {"party": name, "decision": one.kind.value, "statement": one.statement}
            for one, name in decisions
            if one.statement
        ],
        "outcomes": [_outcome(one) for one in outcomes],
    }


def _outcome(one: Said) -> dict[str, Any]:
    return {
        "issue": one.code,
        "title": one.title,
        "value": one.row.value.value,
        "partial": one.row.partial,
        "text": one.row.text,
        "reason": one.row.reason,
        "decided_by": one.decided_by,
        "basis": one.row.basis.value,
        "certainty": one.row.certainty.value,
        "effective_on": one.row.effective_on.isoformat(),
    }


def text_of(copy: dict[str, Any]) -> str:
    """The copy as it is stored: always the same text for the same values."""
    return json.dumps(copy, ensure_ascii=False, separators=(",", ":"))


def sha256_of(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def whole(row: PublishedSummary, revision: SummaryRevision) -> dict[str, Any] | None:
    """The copy, if not a byte of it or of the text it was made from was changed; else None."""
    if sha256_of(row.frozen) != row.sha256:
        return None
    try:
        copy = json.loads(row.frozen)
        sealed = (copy["sha256"], copy["body"], sha256_of(copy["body"]))
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
    return copy if sealed == (revision.sha256, revision.body, revision.sha256) else None
