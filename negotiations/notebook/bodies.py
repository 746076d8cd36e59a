"""What may be written of a note: its text, or which older text is to stand again."""

from pydantic import Field

from negotiations.web.fields import Body, Markdown


class NoteText(Body):
    """A note's whole text, in Markdown."""

    body: Markdown


class Restore(Body):
    """The number of the revision whose text is written again."""

    revision: int = Field(ge=1, le=2**31 - 1, examples=[1])
