"""The record of November 2010, as the bodies that the actions take, with sources and certainty.

Not on record, and so marked: clock times and rooms of every session, ICE's people at Arlington,
Santa Clara's attendance. Nobody's presence or approval is invented.
"""

from typing import Any

SLUG = "secure-communities-2010"
NEW_YORK, LOS_ANGELES = "America/New_York", "America/Los_Angeles"

NEGOTIATION: dict[str, Any] = {
    "slug": SLUG,
    "title": "Secure Communities",
    "subject": (
        "Requests of four jurisdictions to be removed from the Secure Communities programme, "
        "November 2010"
    ),
    "home_tz": NEW_YORK,
    "symbol_prefix": "SC",
    "approval": "secretariat",
    "opens_on": "2010-11-05",
    "closes_on": "2010-11-09",
    "holidays": ["2010-11-11"],  # Veterans Day, a federal holiday
    "agency": {
        "slug": "ice",
        "name": "U.S. Immigration and Customs Enforcement",
        "short_name": "ICE",
        "kind": "agency",
        "city": "Washington",
        "tz": NEW_YORK,
        "ocd_division_id": "ocd-division/country:us",
        "parent": "U.S. Department of Homeland Security",
    },
}

_VA, _CA = "ocd-division/country:us/state:va", "ocd-division/country:us/state:ca"
PARTIES: list[dict[str, Any]] = [
    {
        "slug": "dc",
        "name": "Washington, DC",
        "short_name": "DC",
        "kind": "jurisdiction",
        "city": "Washington",
        "tz": NEW_YORK,
        "ocd_division_id": "ocd-division/country:us/district:dc",
        "same_as": ["ocd-division/country:us/state:dc"],
    },
    {
        "slug": "arlington",
        "name": "Arlington County, Virginia",
        "short_name": "Arlington",
        "kind": "jurisdiction",
        "city": "Arlington",
        "tz": NEW_YORK,
        "ocd_division_id": f"{_VA}/county:arlington",
    },
    {
        "slug": "santa-clara",
        "name": "Santa Clara County, California",
        "short_name": "Santa Clara",
        "kind": "jurisdiction",
        "city": "San Jose",
        "tz": LOS_ANGELES,
        "ocd_division_id": f"{_CA}/county:santa_clara",
    },
    {
        "slug": "san-francisco",
        "name": "San Francisco, California",
        "short_name": "San Francisco",
        "kind": "jurisdiction",
        "city": "San Francisco",
        "tz": LOS_ANGELES,
        "ocd_division_id": f"{_CA}/county:san_francisco",
        "same_as": [f"{_CA}/place:san_francisco"],
    },
    *(
        {"slug": slug, "name": name, "short_name": short, "kind": kind, "tz": tz}
        for slug, name, short, kind, tz in (
            ("ndlon", "National Day Laborer Organizing Network", "NDLON", "requester", LOS_ANGELES),
            ("ccr", "Center for Constitutional Rights", "CCR", "requester", NEW_YORK),
            (
                "cardozo",
                "Immigration Justice Clinic, Cardozo School of Law",
                "Cardozo clinic",
                "requester",
                NEW_YORK,
            ),
            (
                "california-doj",
                "California Department of Justice",
                "California DOJ",
                "state_body",
                LOS_ANGELES,
            ),
            (
                "virginia-state-police",
                "Virginia State Police",
                "Virginia State Police",
                "state_body",
                NEW_YORK,
            ),
        )
    ),
]

ISSUES: list[dict[str, Any]] = [
    {"code": "1", "title": "Withhold fingerprint data"},
    {"code": "2", "title": "Not receive match results"},
    {"code": "3", "title": "Whether detainers bind local police"},
    {"code": "4", "title": "Not submit prints to the state bureau"},
    {"code": "5", "title": "Written answer on procedure"},
]

# Accounts are functions: whoever demonstrates signs in as one of them.
ACCOUNTS: dict[str, dict[str, Any]] = {
    "coordinator": {"name": "Coordinator", "role": "coordinator"},
    "note_taker": {"name": "Note-taker", "role": "note_taker"},
    "ice": {"name": "ICE delegate", "role": "head", "party": "ice"},
    "dc": {"name": "Washington, DC delegate", "role": "head", "party": "dc"},
    "arlington": {"name": "Arlington delegate", "role": "head", "party": "arlington"},
    "santa-clara": {"name": "Santa Clara delegate", "role": "head", "party": "santa-clara"},
    "san-francisco": {"name": "San Francisco delegate", "role": "head", "party": "san-francisco"},
}

# Named in the record as present. They have no address and can't sign in.
PEOPLE: list[dict[str, Any]] = [
    {"name": "Barbara Donnellan", "title": "County Manager", "party": "arlington"},
    {"name": "Doug Scott", "title": "Chief of Police", "party": "arlington"},
    {"name": "Beth Arthur", "title": "Sheriff", "party": "arlington"},
    {"name": "David Venturella", "title": "Assistant Director", "party": "ice"},
]

_NOTE = "Clock time and room are invented for the demonstration; the date is on record."
_COMPILED = "Compiled from public sources; not agreed by the parties.\n"
_MEMO = {"citation": "Arlington County memorandum, 5 November 2010", "certainty": "A"}
_ARLNOW = {"citation": "arlnow.com, 5 November 2010", "certainty": "A"}
_FLORIDA = {"citation": "floridaindependent.com, November 2010", "certainty": "A"}
_WASHINGTON = {
    "citation": "washingtonindependent.com, November 2010",
    "url": "https://washingtonindependent.com/103084",
    "certainty": "A",
}
_COUNTY = {"citation": "County of Santa Clara release, 10 November 2010", "certainty": "A"}
_GILROY = {"citation": "gilroydispatch.com, November 2010", "certainty": "B"}


def _outcome(issue: str, value: str, text: str, *sources: dict[str, Any], **more: Any) -> Any:
    return {
        "issue": issue,
        "value": value,
        "text": text,
        "basis": "public_source",
        "sources": list(sources),
        **more,
    }


ARLINGTON: dict[str, Any] = {
    "session": {
        "jurisdiction": "arlington",
        "local_start": "2010-11-05T14:00",
        "local_end": "2010-11-05T16:00",
        "tz": NEW_YORK,
        "location": "Arlington, Virginia",
        "agenda": [{"issue": code} for code in ("1", "2", "4", "5")],
        "basis": "public_source",
        "basis_note": _NOTE,
    },
    "moves": [],
    "present": ["Barbara Donnellan", "Doug Scott", "Beth Arthur"],
    "result": {
        "body": f"""# Arlington County and ICE, 5 November 2010

{_COMPILED}
## Present

For the county: Barbara Donnellan (County Manager), Doug Scott (Chief of Police), Beth Arthur
(Sheriff). Who came for ICE is not on record.

## 1. Withhold fingerprint data

The county asked whether its fingerprint data can be withheld. ICE said no, "with finality".

## 2. Not receive match results

ICE said that a jurisdiction need not receive the match results. The county does not take it up.

## 4. Not submit prints to the state bureau

Ruled out by Virginia law, which requires the submission.

## 5. Written answer on procedure

ICE undertook to answer the county's letter of 7 October in writing. A reply is not on record.
""",
        "outcomes": [
            _outcome(
                "1",
                "declined",
                "Fingerprint data can't be withheld.",
                _MEMO,
                _ARLNOW,
                reason="ICE answered no, “with finality”.",
                decided_by="ice",
            ),
            _outcome("2", "clarified", "Available; the county is not taking it up.", _MEMO),
            _outcome("4", "clarified", "Virginia law requires submission to the state.", _MEMO),
            _outcome("5", "agreed", "ICE will answer the letter of 7 October in writing.", _MEMO),
        ],
        "commitments": [
            {
                "owner": "ice",
                "beneficiary": "arlington",
                "issue": "5",
                "text": "Answer the county's letter of 7 October 2010 in writing",
            }
        ],
        "close": "concluded",
    },
}

SAN_FRANCISCO: dict[str, Any] = {
    "session": {
        "jurisdiction": "san-francisco",
        "local_start": "2010-11-08T10:00",
        "local_end": "2010-11-08T12:00",
        "tz": LOS_ANGELES,
        "location": "San Francisco, California",
        "agenda": [{"issue": code} for code in ("1", "3")],
        "basis": "public_source",
        "basis_note": _NOTE,
    },
    "moves": [
        {
            "local_start": "2010-11-09T10:00",
            "reason": (
                "The sheriff's statement of 28 October named the 8th, the announcement the 9th "
                "(sources disagree); it was held on the 9th."
            ),
        }
    ],
    "present": ["David Venturella"],
    "result": {
        "body": f"""# San Francisco and ICE, 9 November 2010

{_COMPILED}
## Present

For ICE: David Venturella (Assistant Director). For San Francisco: law-enforcement leaders, not
named in what was read.

## 1. Withhold fingerprint data

Fingerprint data can't be withheld.

## 3. Whether detainers bind local police

Local police are not obliged to honour every detainer.
""",
        "outcomes": [
            _outcome(
                "1",
                "declined",
                "Fingerprint data can't be withheld.",
                _FLORIDA,
                _WASHINGTON,
                reason="ICE answered that the data can't be withheld.",
                decided_by="ice",
            ),
            _outcome(
                "3",
                "clarified",
                "Local police are not obliged to honour every detainer.",
                _FLORIDA,
                _WASHINGTON,
            ),
        ],
        "commitments": [],
        "close": "concluded",
    },
}

SANTA_CLARA: dict[str, Any] = {
    "session": {
        "jurisdiction": "santa-clara",
        "local_start": "2010-11-08T14:00",
        "local_end": "2010-11-08T16:00",
        "tz": LOS_ANGELES,
        "location": "San Jose, California",
        "agenda": [{"issue": "1"}],
        "basis": "public_source",
        "basis_note": _NOTE,
    },
    "moves": [
        {
            "local_start": "2010-11-09T14:00",
            "reason": (
                "Announced on 28 October for the 8th; held on the 9th. When and why it moved is "
                "not on record."
            ),
        }
    ],
    "present": [],
    "result": {
        "body": f"""# Santa Clara County and ICE, 9 November 2010

{_COMPILED}
## Present

Who attended is not stated in what was read.

## 1. Withhold fingerprint data

The county was told that removal will not be permitted. That its fingerprint data can't be
withheld is inferred from this.
""",
        "outcomes": [
            _outcome(
                "1",
                "declined",
                "Removal will not be permitted.",
                _COUNTY,
                _GILROY,
                reason="ICE told the county that removal will not be permitted.",
                decided_by="ice",
                certainty="C",
            )
        ],
        "commitments": [],
        "close": "concluded",
    },
}

SESSIONS = (ARLINGTON, SAN_FRANCISCO, SANTA_CLARA)
HOW = "implied by the session having been held"
