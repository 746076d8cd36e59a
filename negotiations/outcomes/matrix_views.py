"""How the matrix and the answers compared look in JSON and CSV, for one actor."""

import csv
import io
from datetime import date

from negotiations.documents.views import LineView, line_view
from negotiations.models.outcomes import Certainty, OutcomeValue
from negotiations.models.sessions import Basis
from negotiations.outcomes.consistency import Difference, Finding, compare
from negotiations.outcomes.matrix import Cell, Missing
from negotiations.outcomes.queries import Matrix
from negotiations.web.answers import Id, Moment, TypedDict

_COLUMNS = (
    "value", "partial", "text", "reason", "decided_by", "effective_on", "certainty", "basis",
    "summary_changed",
)  # fmt: skip


class MatrixIssueView(TypedDict):
    code: str
    title: str


class MatrixJurisdictionView(TypedDict):
    slug: str
    name: str


class CellView(TypedDict):
    """What stands for an issue and a jurisdiction; `history` counts the outcomes behind it.

    `summary_changed`: there is a newer text of the summary than the one it was read from.
    """

    issue: str
    jurisdiction: str
    value: OutcomeValue | Missing
    partial: bool
    text: str | None
    reason: str | None
    decided_by: str | None
    effective_on: date | None
    certainty: Certainty | None
    basis: Basis | None
    session: Id | None
    outcome: Id | None
    summary_changed: bool
    history: int


class MatrixView(TypedDict):
    """Issues by jurisdictions: every pair has a cell."""

    negotiation: str
    as_of: date | None
    known_at: Moment | None
    issues: list[MatrixIssueView]
    jurisdictions: list[MatrixJurisdictionView]
    cells: list[CellView]
    documents: list[LineView]


def matrix_view(matrix: Matrix) -> MatrixView:
    """The matrix of contract.md; a row of `documents` spans every jurisdiction."""
    return {
        "negotiation": matrix.negotiation.slug,
        "as_of": matrix.as_of,
        "known_at": matrix.known_at,
        "issues": [{"code": one.code, "title": one.title} for one in matrix.issues],
        "jurisdictions": [
            {"slug": party.slug, "name": party.name} for party in matrix.jurisdictions
        ],
        "cells": [_cell_view(cell, matrix) for cell in matrix.cells],
        "documents": [line_view(one) for one in matrix.documents],
    }


def _cell_view(cell: Cell, matrix: Matrix) -> CellView:
    row = cell.outcome
    return {
        "issue": cell.issue.code,
        "jurisdiction": cell.jurisdiction.slug,
        "value": cell.value,
        "partial": row.partial if row else False,
        "text": row.text if row else None,
        "reason": row.reason if row else None,
        "decided_by": matrix.slugs.get(row.decided_by_id or "") if row else None,
        "effective_on": row.effective_on if row else None,
        "certainty": row.certainty if row else None,
        "basis": row.basis if row else None,
        "session": row.session_id if row else None,
        "outcome": row.id if row else None,
        "summary_changed": matrix.has_changed(row),
        "history": len(cell.history),
    }


class ComparedView(TypedDict):
    """What one jurisdiction was answered on an issue."""

    jurisdiction: str
    value: OutcomeValue | Missing
    partial: bool
    text: str | None
    reason: str | None
    decided_by: str | None
    effective_on: date | None
    certainty: Certainty | None
    basis: Basis | None
    session: Id | None
    outcome: Id | None


class UnansweredView(TypedDict):
    """A jurisdiction that had a session, without an answer on the issue."""

    jurisdiction: str
    value: OutcomeValue | Missing
    session: Id | None


class ComparisonView(TypedDict):
    """One issue over the jurisdictions; `why` says in a sentence what was found."""

    issue: str
    title: str
    finding: Finding
    why: str
    differences: list[Difference]
    answers: list[ComparedView]
    missing: list[UnansweredView]
    no_session: list[str]


class ConsistencyView(TypedDict):
    """Whether every jurisdiction was told the same: what differs comes first."""

    negotiation: str
    as_of: date | None
    known_at: Moment | None
    jurisdictions: list[MatrixJurisdictionView]
    issues: list[ComparisonView]


def consistency_view(matrix: Matrix) -> ConsistencyView:
    """The answers on each issue compared, of the jurisdictions that the matrix shows."""
    return {
        "negotiation": matrix.negotiation.slug,
        "as_of": matrix.as_of,
        "known_at": matrix.known_at,
        "jurisdictions": [
            {"slug": party.slug, "name": party.name} for party in matrix.jurisdictions
        ],
        "issues": [
            {
                "issue": one.issue.code,
                "title": one.issue.title,
                "finding": one.finding,
                "why": one.why,
                "differences": list(one.differences),
                "answers": [_answer_view(cell, matrix) for cell in one.answers],
                "missing": [
                    {
                        "jurisdiction": cell.jurisdiction.slug,
                        "value": cell.value,
                        "session": cell.session.id if cell.session else None,
                    }
                    for cell in one.missing
                ],
                "no_session": [cell.jurisdiction.slug for cell in one.without],
            }
            for one in compare(matrix.cells)
        ],
    }


def _answer_view(cell: Cell, matrix: Matrix) -> ComparedView:
    """The cell without what its issue's entry says already."""
    view = _cell_view(cell, matrix)
    return {
        "jurisdiction": view["jurisdiction"],
        "value": view["value"],
        "partial": view["partial"],
        "text": view["text"],
        "reason": view["reason"],
        "decided_by": view["decided_by"],
        "effective_on": view["effective_on"],
        "certainty": view["certainty"],
        "basis": view["basis"],
        "session": view["session"],
        "outcome": view["outcome"],
    }


def matrix_csv(matrix: Matrix) -> str:
    """One line per cell and per document request (RFC 4180), safe to open in a spreadsheet."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    writer.writerow(["issue", "title", "jurisdiction", *_COLUMNS])
    for cell in matrix.cells:
        view: dict[str, object] = {**_cell_view(cell, matrix)}
        if cell.outcome is not None:
            view["certainty"] = cell.outcome.certainty.mark or cell.outcome.certainty
        row = [cell.issue.code, cell.issue.title, cell.jurisdiction.name]
        writer.writerow([plain(value) for value in (*row, *(view[name] for name in _COLUMNS))])
    for line in matrix.documents:
        said = {
            **line_view(line),
            "value": line.standing.state,
            "effective_on": line.standing.since,
        }
        row = ["document request", line.asked.row.title, "all"]
        writer.writerow([plain(value) for value in (*row, *(said.get(name) for name in _COLUMNS))])
    return out.getvalue()


def plain(value: object) -> str:
    """Text that no spreadsheet takes for a formula: those that begin like one get an apostrophe."""
    text = "" if value is None else str(value)
    first = text.lstrip(" \u3000")[:1]
    return f"'{text}" if first and first in "=+-@\t\r\n\0＝＋－＠−" else text
