"""What a section of a file is: its fields, what names its items, how they are written and told."""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from typing import ClassVar, Generic

from negotiations.exchange.entry import Entry, Model, Reference
from negotiations.exchange.telling import Telling, Told
from negotiations.exchange.tree import Path
from negotiations.exchange.work import Work

# What a file of one track leaves out: kind and name of each item, as others name it.
Gone = AbstractSet[tuple[str, str | None]]


class Section(Generic[Model]):
    """One section. `kind` is what references and external ids call its items.

    Items whose own fields name them for good (`named`) are told without an `id`.
    """

    name: ClassVar[str]
    kind: ClassVar[str]
    named: ClassVar[bool] = False
    item: type[Model]

    def key(self, item: Model) -> str:
        """What names the item among those of its kind when it has no `id`."""
        raise NotImplementedError

    def called(self, item: Model) -> str:
        """What other items call it."""
        given: str | None = None if self.named else getattr(item, "id", None)
        return given or self.key(item)

    def references(self, item: Model) -> Iterable[Reference]:
        """The fields that name other items."""
        return ()

    def faults(self, item: Model) -> Iterable[tuple[Path, str]]:
        """What is wrong with the item taken by itself, beyond single fields."""
        return ()

    def narrowed(self, item: Model, jurisdiction: str, gone: Gone) -> Model | None:
        """The item as one track's file has it, naming nothing `gone`; None for none of it."""
        return item

    def ordered(self, narrowed: list[Model]) -> list[Model]:
        """What is left for one track, in the order in which it would be told alone."""
        return narrowed

    def is_usual(self, item: Model) -> bool:
        """Whether every talks have it anyway, so that a file needn't say it."""
        return False

    async def tell(self, telling: Telling) -> list[Told[Model]]:
        """What is stored, as items, in an order that is the same wherever it is stored."""
        raise NotImplementedError

    async def create(self, work: Work, entry: Entry[Model]) -> str:
        """Write the item through the actions; returns the id of its row."""
        raise NotImplementedError

    async def update(self, work: Work, entry: Entry[Model], row_id: str, stored: Model) -> None:
        """Change what differs and can be changed, and tell `work` of both."""
        raise NotImplementedError

    async def complete(self, work: Work, entry: Entry[Model], row_id: str) -> None:
        """Add what a row that another item brought along has of its own."""

    async def finish(self, work: Work, entry: Entry[Model], row_id: str) -> None:
        """What can be done only once everything else is written."""
