"""The file that import reads, as JSON."""

import json
from collections.abc import Iterable
from typing import Any, cast

from negotiations.exchange.document import FORMAT
from negotiations.exchange.section import Section
from negotiations.web.fields import Body

_FIRST = ("id", "kind", "slug", "code", "name")


def to_json(sections: Iterable[tuple[Section[Any], list[Body]]]) -> bytes:
    """Sections in their order, items without what is usual, names that identify first."""
    whole: dict[str, Any] = {"format": FORMAT}
    for section, items in sections:
        told = [_item(section, item) for item in items]
        if section.kind == "negotiation":
            whole[section.name] = told[0]
        elif told:
            whole[section.name] = told
    return (json.dumps(whole, ensure_ascii=False, indent=2) + "\n").encode()


def _item(section: Section[Any], item: Any) -> dict[str, Any]:
    fields = item.model_dump(mode="json", exclude_defaults=True)
    if section.named and item.id == section.key(item):
        fields.pop("id")
    return cast("dict[str, Any]", _ordered(fields))


def _ordered(value: Any) -> Any:
    if isinstance(value, list):
        return [_ordered(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {name: _ordered(value[name]) for name in (*_FIRST, *value) if name in value}
