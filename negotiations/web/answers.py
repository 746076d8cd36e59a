"""The types that answers are made of, as they look once they are sent.

An answer is a TypedDict: a plain dict to the program, a schema to the OpenAPI document.
"""

from datetime import datetime
from typing import Annotated

from pydantic import WithJsonSchema
from typing_extensions import TypedDict

__all__ = ["Id", "Local", "Moment", "TypedDict"]

Id = Annotated[
    str, WithJsonSchema({"type": "string", "pattern": "^[0-9a-f]{20}$", "examples": ["0" * 20]})
]
# RFC 3339 in UTC, to the second.
Moment = Annotated[
    datetime,
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2010-11-09T15:00:00Z"]}),
]
# What a clock at the place shows; the zone stands beside it.
Local = Annotated[
    datetime,
    WithJsonSchema(
        {
            "type": "string",
            "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d$",
            "examples": ["2010-11-09T10:00"],
        }
    ),
]
