"""Lists in parts: what follows a cursor, in a stable order, whatever came or went meanwhile.

A cursor holds the values by which the last row that was given is sorted, and nothing of any other
row: sort by what the reader sees of a row, or by when it was made. It is good for the list it came
from, with the same options.
"""

import base64
import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, TypeDecorator, and_, literal, or_
from sqlalchemy.orm import Session
from sqlalchemy.sql.operators import desc_op

from negotiations.db import Db
from negotiations.errors import BadRequest

USUAL, MOST = 100, 200
# Several times what the longest names need.
_LONGEST = 4000
_NUMBER = re.compile("[1-9][0-9]{0,2}")
Row = TypeVar("Row")


class Part:
    """At most `most` rows after those that were given; `next` tells the cursor of what follows."""

    def __init__(self, name: str, most: int = USUAL, after: list[Any] | None = None) -> None:
        self.most = most
        self.after = after
        self.next: str | None = None
        self._name = name

    def ends_with(self, values: Sequence[Any]) -> None:
        """More follows the row that is sorted by these values."""
        self.next = _encode(self._name, [_plain(value) for value in values])

    def cut(
        self, rows: Iterable[Row], key: Callable[[Row], tuple[str, ...]], order: Any
    ) -> list[Row]:
        """This part of a list that SQL can't sort: by `order(*key(row))`, which tells all apart."""
        found = sorted(rows, key=lambda row: order(*key(row)))
        if self.after is not None:
            try:
                last = order(*self.after)
                found = [row for row in found if order(*key(row)) > last]
            except (TypeError, ValueError, AttributeError):
                raise _bad() from None
        if len(found) > self.most:
            self.ends_with(key(found[self.most - 1]))
        return found[: self.most]


def part_of(name: str, limit: str | None, after: str | None) -> Part:
    """The part that `limit` and `after` ask for of the list called `name`."""
    if limit is not None and (not _NUMBER.fullmatch(limit) or int(limit) > MOST):
        raise BadRequest(f"limit is a whole number from 1 to {MOST}.")
    most = USUAL if limit is None else int(limit)
    return Part(name, most, None if after is None else _decode(name, after))


@dataclass(frozen=True, slots=True)
class Sorted:
    """A query whose rows come in this order: columns, or `.desc()` of them, that tell all rows
    apart and have no nulls."""

    query: Any
    order: tuple[Any, ...]


def in_order(query: Any, *order: Any) -> Sorted:
    """The query, sorted by these columns."""
    return Sorted(query.order_by(*order), order)


async def rows_of(
    db: Db,
    query: Any,
    *order: Any,
    part: Part | None = None,
    params: Mapping[str, Any] | None = None,
) -> Sequence[Any]:
    """The query's rows, all of them or a part, by one statement with these values.

    The query is Sorted, or else `order` says how, as in_order() takes it.
    """
    asked = query if isinstance(query, Sorted) else in_order(query, *order)
    query, order = asked.query, asked.order
    if part is None:
        return list(await db.exec(query, params=params))
    keys = [one.element if _falls(one) else one for one in order]
    if part.after is not None:
        query = query.where(_beyond(order, keys, part.after))
    wide = query.add_columns(*keys).limit(part.most + 1)
    # SQLModel's `exec` would drop what was added to a query of one table.
    found = await db.run_sync(lambda session: Session.execute(session, wide, params).all())
    if len(found) > part.most:
        part.ends_with(found[part.most - 1][-len(keys) :])
    given = [tuple(row)[: -len(keys)] for row in found[: part.most]]
    return [row[0] if len(row) == 1 else row for row in given]


def _falls(one: Any) -> bool:
    return getattr(one, "modifier", None) is desc_op


def _beyond(order: Sequence[Any], keys: Sequence[Any], after: list[Any]) -> ColumnElement[bool]:
    """Sorted after these values: the first that differs decides."""
    if len(after) != len(keys):
        raise _bad()
    last = [literal(_typed(key, told), key.type) for key, told in zip(keys, after, strict=True)]
    return or_(
        *(
            and_(
                *(keys[before] == last[before] for before in range(place)),
                key < last[place] if _falls(order[place]) else key > last[place],
            )
            for place, key in enumerate(keys)
        )
    )


def _typed(key: ColumnElement[Any], told: Any) -> Any:
    """A cursor's value as its column has it; BadRequest when it can't be one."""
    stored = key.type.impl_instance if isinstance(key.type, TypeDecorator) else key.type
    kind = stored.python_type
    try:
        if kind is datetime:
            return datetime.fromisoformat(told).astimezone(UTC)
        if kind is date:
            return date.fromisoformat(told)
    except (TypeError, ValueError, OverflowError):
        raise _bad() from None
    if type(told) is not kind or (kind is int and abs(told) >= 2**63):
        raise _bad()
    return told


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else value


def _encode(name: str, values: list[Any]) -> str:
    raw = json.dumps([_check(name, values), *values], ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(raw.encode()).decode().rstrip("=")


def _decode(name: str, cursor: str) -> list[Any]:
    values: list[Any]
    if len(cursor) > _LONGEST:
        raise _bad()
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        check, *values = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        whole: bool = check == _check(name, values)
        texts = b"".join(one.encode() for one in values if isinstance(one, str))
    except (ValueError, TypeError, RecursionError):
        raise _bad() from None
    if not whole or b"\x00" in texts:
        raise _bad()
    return values


def _check(name: str, values: list[Any]) -> str:
    """Tells a cursor of another list, or one cut short; against nobody's will."""
    return hashlib.sha256(json.dumps([name, values]).encode()).hexdigest()[:12]


def _bad() -> BadRequest:
    return BadRequest("after is the `next` of an answer before, for the same list and options.")
