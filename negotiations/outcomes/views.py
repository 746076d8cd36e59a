"""How outcomes, the matrix and commitments look in JSON and CSV, for one actor."""

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from negotiations.documents.views import line_view
from negotiations.models import Outcome, Source
from negotiations.models.outcomes import CommitmentStatus
from negotiations.outcomes.matrix import Cell
from negotiations.outcomes.queries import Matrix, Promise

_COLUMNS = (
    "value", "partial", "text", "reason", "decided_by", "effective_on", "certainty", "basis",
)  # fmt: skip
UNFINISHED = frozenset({CommitmentStatus.open, CommitmentStatus.in_progress})


def outcome_view(
    row: Outcome, issue: str, slugs: Mapping[str, str], sources: Sequence[Source]
) -> dict[str, Any]:
    """`issue` is a code; `slugs` maps party ids to slugs."""
    return {
        "id": row.id,
        "session": row.session_id,
        "issue": issue,
        "value": row.value,
        "partial": row.partial,
        "text": row.text,
        "reason": row.reason,
        "decided_by": slugs.get(row.decided_by_id or ""),
        "basis": row.basis,
        "certainty": row.certainty,
        "effective_on": row.effective_on,
        "recorded_at": row.recorded_at,
        "supersedes": row.supersedes_id,
        "sources": [
            {"citation": one.citation, "url": one.url, "certainty": one.certainty}
            for one in sources
        ],
    }


def matrix_view(matrix: Matrix) -> dict[str, Any]:
    """The matrix of contract.md; a row of `documents` spans every jurisdiction."""
    return {
        "negotiation": matrix.negotiation.slug,
        "as_of": matrix.as_of,
        "known_at": matrix.known_at,
        "issues": [{"code": one.code, "title": one.title} for one in matrix.issues],
        "jurisdictions": [
            {"slug": party.slug, "name": party.name} for party in matrix.jurisdictions
        ],
        "cells": [_cell_view(cell, matrix.slugs) for cell in matrix.cells],
        "documents": [line_view(one) for one in matrix.documents],
    }


def _cell_view(cell: Cell, slugs: Mapping[str, str]) -> dict[str, Any]:
    row = cell.outcome
    return {
        "issue": cell.issue.code,
        "jurisdiction": cell.jurisdiction.slug,
        "value": cell.value,
        "partial": row.partial if row else False,
        "text": row.text if row else None,
        "reason": row.reason if row else None,
        "decided_by": slugs.get(row.decided_by_id or "") if row else None,
        "effective_on": row.effective_on if row else None,
        "certainty": row.certainty if row else None,
        "basis": row.basis if row else None,
        "session": row.session_id if row else None,
        "outcome": row.id if row else None,
        "history": len(cell.history),
    }


def matrix_csv(matrix: Matrix) -> str:
    """One line per cell and per document request (RFC 4180), safe to open in a spreadsheet."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    writer.writerow(["issue", "title", "jurisdiction", *_COLUMNS])
    for cell in matrix.cells:
        view = _cell_view(cell, matrix.slugs)
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


def commitment_view(promise: Promise, today: date) -> dict[str, Any]:
    """`overdue` is derived from `today`, the date in home_tz."""
    row = promise.row
    return {
        "id": row.id,
        "jurisdiction": promise.jurisdiction.slug,
        "session": row.session_id,
        "issue": promise.issue,
        "text": row.text,
        "owner": promise.owner.slug,
        "beneficiary": promise.beneficiary.slug if promise.beneficiary else None,
        "due_on": row.due_on,
        "status": row.status,
        "overdue": is_overdue(promise, today),
        "evidence": row.evidence,
    }


def is_overdue(promise: Promise, today: date) -> bool:
    due = promise.row.due_on
    return due is not None and due < today and promise.row.status in UNFINISHED
