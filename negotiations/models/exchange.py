"""What imported rows are called in the files they come from."""

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from negotiations.models.base import Row


class ExternalId(Row, table=True):
    """The name of one row in its file. `sha256` is of what the file last said of it.

    `kind` is what a file calls it (party, session, …); `object_id` is the row's id.
    """

    __tablename__ = "external_id"
    __table_args__ = (
        UniqueConstraint("negotiation_id", "kind", "external_id"),
        UniqueConstraint("negotiation_id", "kind", "object_id"),
    )

    negotiation_id: str = Field(foreign_key="negotiation.id", max_length=32)
    kind: str = Field(max_length=32)
    external_id: str = Field(max_length=254)
    object_id: str = Field(max_length=32)
    sha256: str = Field(max_length=64)
