"""What may be written of a caucus: the input of its acts, checked once for JSON and forms."""

from typing import Annotated

from pydantic import Field

from negotiations.web.fields import Body, Name, Slug


class NewCaucus(Body):
    """`parties` are those asked to join the founder's own, which need not be named."""

    name: Name
    parties: Annotated[list[Slug], Field(max_length=200)] = []


class CaucusChange(Body):
    name: Name


class Answer(Body):
    """Joining, or declining to: an act that needs no words."""
