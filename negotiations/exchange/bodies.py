"""What is said to destroy the notes of one's side."""

from pydantic import Field

from negotiations.web.fields import Body


class Purge(Body):
    """`confirm` is the party's short name in addresses, written out by who means it."""

    confirm: str = Field(max_length=64, examples=["x"])
