"""What others are to be reminded of: the input, checked once."""

from typing import Annotated

from pydantic import Field

from negotiations.web.fields import Body

Key = Annotated[
    str,
    Field(pattern=r"^[a-z]{1,16}:[0-9a-f]{1,32}$", examples=["session:0123456789abcdef0123"]),
]


class Remind(Body):
    """The keys of what waits for others, as `GET /me/waiting` names them; all of it without any."""

    keys: list[Key] | None = Field(None, max_length=200)
