"""What every row has: a random id, when it was made, and a version that rises at each change."""

import secrets
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import JSON, Dialect, MetaData, String, TypeDecorator
from sqlalchemy.orm import declared_attr
from sqlmodel import Field, SQLModel

# Constraint names must be the same on both engines, else Alembic can't alter them on SQLite.
SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}
metadata: MetaData = SQLModel.metadata


def new_id() -> str:
    """80 random bits as 20 hexadecimal characters: nobody can count or guess rows by it."""
    return secrets.token_hex(10)


def new_resource_no() -> int:
    """A random number below 2^63-1, one space for every team, person and room."""
    return secrets.randbelow(2**63 - 2) + 1


class Unknown(str):
    """A stored word that this version of the program doesn't know, as a newer one may leave.

    It equals none of ours, so that it grants and decides nothing, and is shown as it is.
    """

    __slots__ = ()

    @property
    def value(self) -> str:
        return str(self)

    @property
    def mark(self) -> str:
        """As a certainty, one that can't be relied on (see models.outcomes.Certainty)."""
        return f"{self}: not known here"


class Choice(TypeDecorator[str]):
    """An enumerated value, stored as its text.

    Another word is refused when it is written; one that is read is `Unknown`: a single such row
    may not take a whole list down.
    """

    impl = String
    cache_ok = True

    def __init__(self, values: type[StrEnum]) -> None:
        super().__init__(length=32)
        self.values = values

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        if value is None or isinstance(value, Unknown):
            return None if value is None else str(value)
        return str(self.values(value).value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        try:
            return None if value is None else self.values(value)
        except ValueError:
            return Unknown(value)


def choice(values: type[StrEnum]) -> Choice:
    """Column type of an enumerated value."""
    return Choice(values)


class Shaped(TypeDecorator[Any]):
    """JSON of one shape. What was left in another one by SQL counts as empty, or as not there.

    A list keeps its entries of the type `of`; an object counts only with all the names it `holds`,
    in a list too.
    """

    impl = JSON
    cache_ok = True

    def __init__(self, shape: type, of: type = object, holds: tuple[str, ...] = ()) -> None:
        super().__init__()
        self.shape, self.of, self.holds = shape, of, holds

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        if self.shape is list:
            entries = value if isinstance(value, list) else []
            return [one for one in entries if isinstance(one, self.of) and self._whole(one)]
        return value if isinstance(value, dict) and self._whole(value) else None

    def _whole(self, value: Any) -> bool:
        return all(name in value for name in self.holds)


@cache
def _makers(table: type[SQLModel]) -> tuple[tuple[str, Any], ...]:
    """What makes the first value of which column."""
    fields = table.model_fields.items()
    return tuple((name, one.default_factory) for name, one in fields if one.default_factory)


class Row(SQLModel):
    """The base of every table. `version` also guards the ORM against overwriting unseen rows."""

    model_config = {"defer_build": True}  # tables validate nothing

    id: str = Field(default_factory=new_id, primary_key=True, max_length=32)
    created_at: datetime
    version: int = Field(default=1)

    def __init__(self, **values: Any) -> None:
        # The same as by default; pydantic asks each time what arguments a maker takes.
        made = {name: make() for name, make in _makers(type(self)) if name not in values}
        super().__init__(**made, **values)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:
        table = getattr(cls, "__table__", None)
        return {} if table is None else {"version_id_col": table.c.version}
