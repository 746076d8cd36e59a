"""The request for the opt-out records of 2010 and its way through the court, with sources.

Not on record, and so not here: when the records were first asked for, the day of the court's
order, and what was handed over by which deadline.
"""

from typing import Any

_DOCKET = {"citation": "foiaproject.org case 18567", "certainty": "A"}
_CCR = {"citation": "Center for Constitutional Rights press release", "certainty": "A"}
_STATEMENT = {"citation": "Joint statement, 28 October 2010", "certainty": "A"}
_ANNOUNCED = {"citation": "Report announcing the hearing for 6 December 2010", "certainty": "C"}
_HELD = {"citation": "Report of the hearing as held on 9 December 2010", "certainty": "C"}
_COMMONDREAMS = {"citation": "commondreams.org, 10 December 2010", "certainty": "A"}
_UNCOVER = {"citation": "uncoverthetruth.org", "certainty": "A"}
_REPORTED = (
    "Entered under the day of the report, 10 December 2010; the day of the court's order is not "
    "stated in what was read."
)

REQUEST: dict[str, Any] = {
    "title": "Opt-out records",
    "scope": "The documents on opt-out procedures.",
    "requester": "ndlon",
    "co_requesters": ["ccr", "cardozo"],
    "holder": "ice",
    "legal_basis": "foia",
    "reference": "S.D.N.Y. 1:10-cv-03488",
    "basis": "public_source",
    "certainty": "A",
    "events": [
        {
            "kind": "state",
            "state": "litigated",
            "happened_on": "2010-04-27",
            "label": "suit filed",
            "text": "The suit for the records is filed in the Southern District of New York.",
            "sources": [_DOCKET],
        },
        {
            "kind": "note",
            "happened_on": "2010-10-28",
            "label": "joint statement",
            "text": (
                "Groups in Washington, DC, Arlington, Santa Clara and San Francisco issue a joint "
                "statement."
            ),
            "sources": [_CCR, _STATEMENT],
        },
        {
            "kind": "motion",
            "happened_on": "2010-10-28",
            "label": "injunction asked",
            "text": (
                "The requesters move for an injunction: the opt-out records before the meetings."
            ),
            "sources": [_CCR, _STATEMENT],
        },
        {
            "kind": "hearing",
            "happened_on": "2010-12-06",
            "label": "injunction hearing, announced",
            "text": "Announced for this day; another report has it held on the 9th.",
            "certainty": "C",
            "sources": [_ANNOUNCED],
        },
        {
            "kind": "hearing",
            "happened_on": "2010-12-09",
            "label": "injunction hearing, reported",
            "text": "Reported as held on this day; another report announced it for the 6th.",
            "certainty": "C",
            "sources": [_HELD],
        },
        {
            "kind": "state",
            "state": "ordered",
            "happened_on": "2010-12-10",
            "due_on": "2011-01-17",
            "label": "court deadline",
            "text": f"The court sets a deadline for the records. {_REPORTED}",
            "sources": [_COMMONDREAMS],
        },
        {
            "kind": "deadline",
            "happened_on": "2010-12-10",
            "due_on": "2011-02-25",
            "label": "court deadline",
            "text": f"The court sets a second deadline for the records. {_REPORTED}",
            "sources": [_COMMONDREAMS],
        },
        {
            "kind": "release",
            "happened_on": "2011-02-17",
            "label": "excerpts published",
            "text": "The requesters publish excerpts of about 15,000 released pages.",
            "sources": [_UNCOVER],
        },
    ],
}
