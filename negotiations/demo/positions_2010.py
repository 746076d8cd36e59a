"""What each side held in 2010, as bodies that the actions take, with source, day and certainty.

In our own words they request to be removed; other words stand only where somebody is quoted. A
request names no narrower question than the programme itself, so it lies under issue 1. Where the
record doesn't say who said something, it is nobody's position and stands in the outcomes alone.
"""

from typing import Any

_MEMO = {"citation": "Arlington County memorandum, 5 November 2010", "certainty": "A"}
_ARLNOW = {"citation": "arlnow.com, 5 November 2010", "certainty": "A"}
_FLORIDA = {"citation": "floridaindependent.com, November 2010", "certainty": "A"}
_NOVEMBER = {
    "citation": "washingtonindependent.com, November 2010",
    "url": "https://washingtonindependent.com/103084",
    "certainty": "A",
}
_OCTOBER = {
    "citation": "washingtonindependent.com, October 2010",
    "url": "https://washingtonindependent.com/99855",
    "certainty": "A",
}
_COUNTY = {"citation": "County of Santa Clara release", "certainty": "A"}
_AFTERWARDS = {"citation": "County of Santa Clara release, 10 November 2010", "certainty": "A"}
_GILROY = {"citation": "gilroydispatch.com, November 2010", "certainty": "B"}
_CCR = {"citation": "CCR press release, 4 May 2010", "certainty": "A"}
_RESOLUTION = {"citation": "Resolution 269-10, file 100650", "certainty": "A"}
_SFBG = {"citation": "SFBG, 31 August 2010", "certainty": "A"}


def _position(issue: str, party: str, text: str, *sources: dict[str, Any], **more: Any) -> Any:
    return {
        "issue": issue,
        "party": party,
        "text": text,
        "basis": "public_source",
        "sources": list(sources),
        **more,
    }


def _before(jurisdiction: str, issue: str, day: str, text: str, source: dict[str, Any]) -> Any:
    where = {"jurisdiction": jurisdiction, "stated_on": day}
    return _position(issue, jurisdiction, text, source, **where)


# In order of their days: a later position of one side on one issue supersedes the earlier.
BEFORE_THE_TALKS: list[dict[str, Any]] = [
    _before(
        "dc",
        "1",
        "2010-05-04",
        "Request to be removed from the programme, by bill: the Secure Communities Act of 2010, "
        "introduced with unanimous council support.",
        _CCR,
    ),
    _before(
        "san-francisco",
        "1",
        "2010-06-08",
        "Request to be removed from the programme, by resolution 269-10 of the Board of "
        "Supervisors. The vote is reported as 9-2 (certainty B).",
        _RESOLUTION,
    ),
    _before(
        "san-francisco",
        "1",
        "2010-08-31",
        "Request to be removed from the programme, submitted again by the sheriff, in writing.",
        _SFBG,
    ),
    _before(
        "arlington",
        "1",
        "2010-09-28",
        "Request to be removed from the programme, by resolution of the County Board, unanimous.",
        _ARLNOW,
    ),
    _before(
        "santa-clara",
        "1",
        "2010-09-28",
        "Request to be removed from the programme, by vote of the County Board of Supervisors, "
        "unanimous.",
        _COUNTY,
    ),
    # Said to everybody, so it stood in every track.
    *(
        _position(
            "1",
            "ice",
            "Secretary Napolitano (Homeland Security): not “an opt in/opt out program”.",
            _OCTOBER,
            jurisdiction=jurisdiction,
            stated_on="2010-10-06",
            attributed=True,
        )
        for jurisdiction in ("dc", "arlington", "santa-clara", "san-francisco")
    ),
    _before(
        "arlington",
        "5",
        "2010-10-07",
        "The county manager writes to ICE and asks for clarification.",
        _MEMO,
    ),
]

# What was held in the sessions, by jurisdiction; stated on the session's day.
AT_THE_SESSIONS: dict[str, list[dict[str, Any]]] = {
    "arlington": [
        _position("1", "ice", "No, “with finality”.", _MEMO, _ARLNOW),
        _position("2", "arlington", "The county does not take it up.", _MEMO),
        _position("5", "ice", "The letter of 7 October will be answered in writing.", _MEMO),
    ],
    "san-francisco": [
        _position("1", "ice", "Fingerprint data can't be withheld.", _FLORIDA, _NOVEMBER),
    ],
    "santa-clara": [
        _position(
            "1",
            "ice",
            "Removal will not be permitted. That this answers issue 1 is inferred.",
            _AFTERWARDS,
            _GILROY,
            certainty="C",
        ),
    ],
}
