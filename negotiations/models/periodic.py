"""When what happens again and again is due: one row for each periodic job, for all processes."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from negotiations.models.base import Row


class Job(Row, table=True):
    """A periodic job. Who moves `next_run_at` on has claimed this run; nobody else gets it."""

    __tablename__ = "job"

    name: str = Field(unique=True, max_length=64)
    next_run_at: datetime


class Fence(SQLModel, table=True):
    """One row while this database is a copy that was restored: nothing is sent from it, since the
    one it was made of may go on sending the same."""

    __tablename__ = "fence"

    id: int = Field(default=1, primary_key=True, sa_column_kwargs={"autoincrement": False})
    made_at: datetime
