"""What every row has: a random id, when it was made, and a version that rises at each change."""

import secrets
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Enum, MetaData
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


def choice(values: type[StrEnum]) -> Enum:
    """Column type of an enumerated value, stored as its text; an unknown value is refused."""
    return Enum(
        values,
        native_enum=False,
        length=32,
        values_callable=lambda kind: [member.value for member in kind],
        validate_strings=True,
    )


class Row(SQLModel):
    """The base of every table. `version` also guards the ORM against overwriting unseen rows."""

    id: str = Field(default_factory=new_id, primary_key=True, max_length=32)
    created_at: datetime
    version: int = Field(default=1)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:
        table = getattr(cls, "__table__", None)
        return {} if table is None else {"version_id_col": table.c.version}
