"""What may be asked for by mail: the input, checked once."""

from typing import Annotated

from pydantic import AfterValidator, Field

from negotiations.models.parties import LEADS
from negotiations.web.fields import Body, Email


def _lead(value: int) -> int:
    if value not in LEADS:
        raise ValueError(f"One of {', '.join(map(str, LEADS))} (minutes).")
    return value


Lead = Annotated[int, AfterValidator(_lead), Field(json_schema_extra={"enum": list(LEADS)})]


class MailChoice(Body):
    """What one is told by mail, sign-in links aside; what is left out stays as it is.

    `by_mail`: anything at all; `reminders`: how many minutes before one's sessions; `weekly`: on
    Mondays, what lies ahead; `invitations`: one's sessions as invitations for a calendar program.
    """

    by_mail: bool | None = None
    reminders: list[Lead] | None = Field(None, max_length=len(LEADS))
    weekly: bool | None = None
    invitations: bool | None = None


class SignIn(Body):
    """The address to which a sign-in link is sent."""

    email: Email
