"""When what happens again and again is due: one row for each periodic job, for all processes."""

from datetime import datetime

from sqlmodel import Field

from negotiations.models.base import Row


class Job(Row, table=True):
    """A periodic job. Who moves `next_run_at` on has claimed this run; nobody else gets it."""

    __tablename__ = "job"

    name: str = Field(unique=True, max_length=64)
    next_run_at: datetime
