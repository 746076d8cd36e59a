"""PURE: by when a summary goes round and is published, by the rules of the talks.

Deadlines are days in the home zone; what is before it goes round is counted in working days.
"""

from datetime import date, timedelta

from negotiations.civil import local_date
from negotiations.models import Negotiation, NegotiationSession, Summary
from negotiations.models.sessions import SessionStatus
from negotiations.models.summaries import SummaryState
from negotiations.working_days import add_working_days, holidays_of


def circulate_by(
    talks: Negotiation, session: NegotiationSession, *, went_round: bool
) -> date | None:
    """The day by which the summary goes round for the first time; None once it did.

    It is the same for all who see the session, whether or not anybody wrote a draft.
    """
    if went_round or session.status is not SessionStatus.held:
        return None
    held_on = local_date(session.ends_at, talks.home_tz)
    return add_working_days(held_on, talks.circulate_days, holidays_of(talks.holidays))


def publish_by(talks: Negotiation, summary: Summary) -> date | None:
    """The day by which what is agreed is public; None while it isn't agreed, and once it is."""
    if summary.state is not SummaryState.agreed or summary.agreed_at is None:
        return None
    return local_date(summary.agreed_at, talks.home_tz) + timedelta(days=talks.publish_days)
