"""PURE: problems and plans as plain JSON values, and back, with a clear error for anything else."""

from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, date, datetime
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")


class Unreadable(ValueError):
    """A plain value that is not what was asked for; the words name the place and what is meant."""


def plain(value: Any) -> Any:
    """A dataclass as JSON values: instants and dates in ISO 8601, tuples as lists."""
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple | list):
        return [plain(each) for each in value]
    return value


def read(kind: type[T], value: Any) -> T:
    """The dataclass that `plain` was given; raise Unreadable that names the first wrong field."""
    found: T = _read(kind, value, kind.__name__.lower())
    return found


def _read(kind: Any, value: Any, at: str) -> Any:
    if is_dataclass(kind):
        return _dataclass(kind, value, at)
    origin = get_origin(kind)
    if origin is tuple:
        if not isinstance(value, list):
            raise Unreadable(f"{at} must be a list.")
        inner = get_args(kind)[0]
        return tuple(_read(inner, each, f"{at}[{place}]") for place, each in enumerate(value))
    if origin is Literal:
        if value not in get_args(kind):
            raise Unreadable(f"{at} must be one of {', '.join(map(str, get_args(kind)))}.")
        return value
    if origin in {Union, UnionType}:
        inner = next(each for each in get_args(kind) if each is not NoneType)
        return None if value is None else _read(inner, value, at)
    return _single(kind, value, at)


def _single(kind: Any, value: Any, at: str) -> Any:
    if kind in {datetime, date}:
        return _time(kind, value, at)
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise Unreadable(f"{at} must be {kind.__name__}, not {type(value).__name__}.")
    return value


def _time(kind: Any, value: Any, at: str) -> Any:
    try:
        found = kind.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise Unreadable(f"{at} must be a {kind.__name__} in ISO 8601.") from error
    if kind is datetime:
        if found.tzinfo is None:
            raise Unreadable(f"{at} must say that it is UTC (end it with Z).")
        return found.astimezone(UTC)
    return found


def _dataclass(kind: Any, value: Any, at: str) -> Any:
    if not isinstance(value, Mapping):
        raise Unreadable(f"{at} must be an object.")
    hints, needed = _shape(kind)
    if unknown := sorted(set(map(str, value)) - set(hints)):
        raise Unreadable(f"{at} has no field {unknown[0]}.")
    if missing := sorted(needed - set(value)):
        raise Unreadable(f"{at} lacks {missing[0]}.")
    return kind(**{name: _read(hints[name], each, f"{at}.{name}") for name, each in value.items()})


@cache
def _shape(kind: Any) -> tuple[dict[str, Any], set[str]]:
    needed = {
        each.name
        for each in fields(kind)
        if each.default is MISSING and each.default_factory is MISSING
    }
    return get_type_hints(kind), needed
