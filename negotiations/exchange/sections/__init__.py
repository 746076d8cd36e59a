"""The sections of a file, in the order in which they are written and told.

A new one is a module here with its `Section`, one line below, and its part of FORMAT.md.
"""

from typing import Any

from negotiations.exchange.section import Section
from negotiations.exchange.sections.commitments import Commitments
from negotiations.exchange.sections.documents import DocumentRequests
from negotiations.exchange.sections.issues import Issues
from negotiations.exchange.sections.negotiation import NegotiationSection
from negotiations.exchange.sections.parties import Parties, Teams
from negotiations.exchange.sections.people import People
from negotiations.exchange.sections.positions import Positions
from negotiations.exchange.sections.sessions import Sessions
from negotiations.exchange.sections.tracks import Tracks

SECTIONS: tuple[Section[Any], ...] = (
    NegotiationSection(),
    Parties(),
    Teams(),
    Issues(),
    People(),
    Sessions(),
    Positions(),
    Commitments(),
    DocumentRequests(),
    Tracks(),
)
