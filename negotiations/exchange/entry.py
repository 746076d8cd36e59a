"""One item of a file: what it says, where it stands, and which other items it names."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

from negotiations.exchange.tree import Node, Path
from negotiations.web.fields import Body, Name

Key = Name  # an external id: what an item is called in its file, and by those that name it
Model = TypeVar("Model", bound=Body)
Other = TypeVar("Other", bound=Body)


@dataclass(frozen=True, slots=True)
class Reference:
    """A field that names another item, of this kind.

    Of kind `side` it names the agency or one of those `beside` it, whose table it is.
    """

    path: Path
    kind: str
    key: str
    beside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry(Generic[Model]):
    """One item of a file, its fields being right, with the path and node where it stands."""

    kind: str
    key: str
    path: Path
    node: Node
    item: Model

    @property
    def sha256(self) -> str:
        """A digest of what the file says of it; layout and the order of names don't matter."""
        said = self.item.model_dump(mode="json", exclude_unset=True)
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def differing(item: Body, stored: Body) -> dict[str, Any]:
    """The fields that the file gives and that are stored otherwise; names in any order."""
    return {
        name: getattr(item, name)
        for name in type(item).model_fields
        if name in item.model_fields_set - {"id"}
        and _in_order(getattr(item, name)) != _in_order(getattr(stored, name))
    }


def _in_order(value: Any) -> Any:
    names = isinstance(value, list) and all(isinstance(one, str) for one in value)
    return sorted(value) if names else value


def as_body(kind: type[Other], item: Body, **instead: Any) -> Other:
    """An item, whose fields are checked, as the body that an action takes; `instead` as given."""
    fields = {name: getattr(item, name) for name in kind.model_fields if hasattr(item, name)}
    return cast("Other", kind.model_construct(**{**fields, **instead}))
