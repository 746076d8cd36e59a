"""Filling every table of any revision with rows that hold together, from the schema alone.

A new table or column is filled without code: values come from the type, enumerated ones from the
models, foreign keys from rows that belong to the same session, track or negotiation; unique and
check constraints are asked before a row is kept. Checks are read from SQLite, whose text of them
is that of the migrations, and asked there for both engines.
"""

import random
import sqlite3
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    inspect,
)
from sqlalchemy.engine import Engine, Inspector

from negotiations.models import metadata as of_models
from negotiations.models import word_index
from negotiations.models.base import Choice

TRIES = 40
# What a row belongs to, the narrowest first: what it refers to belongs to the same.
SCOPES = ("session", "track", "caucus", "negotiation")
ROOTS = 4  # rows of a table that refers to nothing, so that those below meet again
MANY = 3  # a table that as many others refer to gets few rows, so that these hold together
ZONES = ("America/New_York", "America/Los_Angeles", "Asia/Kathmandu", "UTC")
Row = dict[str, Any]
Words = dict[str, list[str]]  # the values of an enumeration, by the name of its type


@dataclass
class Rules:
    """What a table demands: SQL conditions, and columns that are unique together, where."""

    checks: list[str] = field(default_factory=list)
    unique: list[tuple[tuple[str, ...], str | None]] = field(default_factory=list)


def tables_of(engine: Engine) -> list[Table]:
    """The tables there are with their columns and keys, each after those it refers to."""
    with engine.connect() as connection:
        shape = connection.exec_driver_sql(SHAPES[engine.dialect.name]).all()
        made = (engine.dialect.name, *map(tuple, shape))
        if made not in _tables:
            _tables[made] = _reflected(inspect(connection))
    return _tables[made]


# All that the columns and the keys of all tables follow from: the same in the same shape.
SHAPES = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'table' ORDER BY name",
    "postgresql": """
        SELECT attrelid::regclass::text, attname, format_type(atttypid, atttypmod) || attnotnull
          FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
         WHERE relkind = 'r' AND attnum > 0 AND NOT attisdropped
           AND relnamespace = 'public'::regnamespace
         UNION ALL
        SELECT conrelid::regclass::text, '', pg_get_constraintdef(oid) FROM pg_constraint
         WHERE contype IN ('p', 'f') AND connamespace = 'public'::regnamespace
         ORDER BY 1, 2, 3""",
}
_tables: dict[tuple[Any, ...], list[Table]] = {}  # by the engine and the shape


def _reflected(seen: Inspector) -> list[Table]:
    """Without indexes and conditions, which take most of the time of MetaData.reflect()."""
    found = MetaData()
    primary, foreign = seen.get_multi_pk_constraint(), seen.get_multi_foreign_keys()
    for (schema, name), columns in seen.get_multi_columns().items():
        # What keeps the words that are searched keeps itself.
        if name == "alembic_version" or name.startswith(word_index.NAME):
            continue
        key = primary[schema, name]["constrained_columns"]
        named = [
            Column(
                one["name"], one["type"], nullable=one["nullable"], primary_key=one["name"] in key
            )
            for one in columns
        ]
        keys = [
            ForeignKeyConstraint(
                one["constrained_columns"],
                [f"{one['referred_table']}.{to}" for to in one["referred_columns"]],
            )
            for one in foreign[schema, name]
        ]
        Table(name, found, *named, *keys)
    return found.sorted_tables


def rules_of(sqlite: Engine) -> dict[str, Rules]:
    """What each table demands. One whose statements are those of another revision is known."""
    texts = defaultdict[str, list[str]](list)
    with sqlite.connect() as connection:  # one: each reads the whole schema before it answers
        asked = "SELECT tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY type, name"
        for name, statement in connection.exec_driver_sql(asked):
            texts[name].append(statement)
        seen, found = inspect(connection), {}
        for name in seen.get_table_names():
            made = (name, *texts[name])
            if made not in _known:
                _known[made] = _rules(seen, name)
            found[name] = _known[made]
    return found


_known: dict[tuple[str, ...], Rules] = {}  # by the statements that made the table


def _rules(seen: Inspector, table: str) -> Rules:
    rules = Rules([one["sqltext"] for one in seen.get_check_constraints(table)])
    keys = [seen.get_pk_constraint(table)["constrained_columns"]]
    keys += [one["column_names"] for one in seen.get_unique_constraints(table)]
    rules.unique = [(tuple(columns), None) for columns in keys]
    for one in seen.get_indexes(table):
        where = one.get("dialect_options", {}).get("sqlite_where")
        if one["unique"]:
            columns = tuple(str(name) for name in one["column_names"])
            rules.unique.append((columns, None if where is None else str(where)))
    return rules


class Filler:
    """Rows for one database; `sqlite` is one of the same revision, `engine` the one to fill.

    `words` are the enumerated values of that revision where they are fewer than the models'.
    """

    def __init__(self, engine: Engine, sqlite: Engine, seed: str, words: Words) -> None:
        self._engine, self._rules, self._words = engine, rules_of(sqlite), words
        self._random = random.Random(seed)
        self.tables = tables_of(engine)
        self._asked = sqlite3.connect(":memory:")
        self._number, self._scopes = 0, SCOPES
        # By table: what each row belongs to; and the ids of those that belong to something.
        self._belongs: dict[str, dict[str, Row]] = defaultdict(dict)
        self._of: dict[str, dict[tuple[str, str], list[str]]] = defaultdict(
            lambda: defaultdict(list)
        )

    def fill(self, rows: int) -> dict[str, int]:
        """About `rows` rows over all tables; returns how many each got."""
        tables = self.tables
        referred: dict[str, set[str]] = defaultdict(set)
        for table in tables:
            for key in table.foreign_keys:
                referred[key.column.table.name].add(table.name)
        few = [one for one in tables if len(referred[one.name]) >= MANY]
        each = rows // max(1, len(tables) - len(few)) + 1
        made = {}
        with self._engine.begin() as connection:
            for table in tables:
                wanted = each if table not in few else max(12, each // 12)
                if not table.foreign_keys:
                    wanted = min(wanted, ROOTS)
                found = self._rows(table, wanted)
                if found:
                    connection.execute(table.insert(), found)
                made[table.name] = len(found)
        return made

    def _rows(self, table: Table, wanted: int) -> list[Row]:
        found = self._fitting(table, wanted)
        if not found:  # no two that it refers to meet so closely: of the same talks will do
            self._scopes = SCOPES[-1:]
            found = self._fitting(table, wanted)
            self._scopes = SCOPES
        return found

    def _fitting(self, table: Table, wanted: int) -> list[Row]:
        rules, seen = self._rules[table.name], set()
        found: list[Row] = []
        for _ in range(wanted):
            for _ in range(TRIES):
                made = self._row(table)
                if made is None:
                    continue
                row, belongs = made
                keys = self._keys(table.name, row, rules)
                if keys & seen or not self._allowed(row, rules.checks):
                    continue
                seen |= keys
                found.append(row)
                self._enter(table, row, belongs)
                break
        return found

    def _enter(self, table: Table, row: Row, belongs: Row) -> None:
        if "id" not in row:
            return
        self._belongs[table.name][row["id"]] = belongs
        self._of[table.name]["", ""].append(row["id"])
        for scope, id_ in belongs.items():
            self._of[table.name][scope, id_].append(row["id"])

    def _row(self, table: Table) -> tuple[Row, Row] | None:
        """A row and what it belongs to; None where nothing fits to refer to."""
        self._number += 1
        row: Row = {}
        belongs: Row = {}
        for column in sorted(table.columns, key=_narrowest):
            if not column.foreign_keys:
                row[column.name] = self._value(table.name, column)
                continue
            parent = next(iter(column.foreign_keys)).column.table.name
            chosen = self._parent(parent, belongs, parent == table.name)
            if column.nullable and (chosen is None or self._random.random() < 0.4):
                row[column.name] = None
                continue
            if chosen is None:
                return None
            row[column.name] = chosen
            more = self._belongs[parent][chosen]
            if parent in SCOPES and parent != table.name:
                more = {**more, parent: chosen}
            belongs.update(more)
        return row, belongs

    def _parent(self, parent: str, belongs: Row, itself: bool) -> str | None:
        for scope in self._scopes:
            if scope not in belongs:
                continue
            if scope == parent and not itself:
                return str(belongs[scope])
            fitting = self._of[parent].get((scope, belongs[scope]))
            if fitting:
                return self._random.choice(fitting)
            if any(scope in one for one in list(self._belongs[parent].values())[:50]):
                return None
        everyone = self._of[parent].get(("", ""))
        return self._random.choice(everyone) if everyone else None

    def _allowed(self, row: Row, checks: list[str]) -> bool:
        return all(self._ask(one, row) in (1, None) for one in checks)

    def _keys(self, table: str, row: Row, rules: Rules) -> set[tuple[Any, ...]]:
        """What no other row may have: the columns' names and values."""
        return {
            (columns, *(row[one] for one in columns))
            for columns, where in rules.unique
            if None not in [row[one] for one in columns]
            and (where is None or self._ask(where, row) == 1)
        }

    def _ask(self, condition: str, row: Row) -> int | None:
        names = ", ".join(f'? AS "{name}"' for name in row)
        values = [
            one if isinstance(one, int | float | str | bytes | None) else str(one)
            for one in row.values()
        ]
        found = self._asked.execute(f"SELECT ({condition}) FROM (SELECT {names})", values)
        answer: int | None = found.fetchone()[0]
        return answer

    def _value(self, table: str, column: Column[Any]) -> Any:
        draw, number = self._random, self._number
        if column.nullable and draw.random() < 0.3:
            return None
        model = of_models.tables.get(table)
        known = model.columns.get(column.name) if model is not None else None
        if known is not None and isinstance(known.type, Choice):
            ours = known.type.values
            return draw.choice(self._words.get(ours.__name__.lower(), [*map(str, ours)]))
        made = {
            JSON: lambda: {"number": number} if column.nullable else [f"entry {number}"],
            Boolean: lambda: draw.random() < 0.5,
            DateTime: lambda: self._instant(column.type),
            Date: lambda: date(2026, 1, 1) + timedelta(days=draw.randrange(900)),
            LargeBinary: lambda: draw.randbytes(40),
            BigInteger: lambda: draw.randrange(1, 2**62),
            Integer: lambda: draw.randrange(2) if column.name == "fold" else number,
        }
        for kind, make in made.items():
            if isinstance(column.type, kind):
                return make()
        if column.name.endswith("tz"):
            return draw.choice(ZONES)
        text = f"{number:x} {column.name} “{table}” é漢😀"
        return text[: getattr(column.type, "length", None) or None].strip()

    def _instant(self, kind: Any) -> datetime:
        minutes = timedelta(minutes=self._random.randrange(10**6))
        plain = self._engine.dialect.name == "sqlite" or not kind.timezone
        return datetime(2026, 1, 1, tzinfo=None if plain else UTC) + minutes


def _narrowest(column: Column[Any]) -> tuple[int, str]:
    """References come first, those to the narrowest scope before all."""
    for key in column.foreign_keys:
        name = key.column.table.name
        own = name == column.table.name
        return (SCOPES.index(name) if name in SCOPES and not own else len(SCOPES), column.name)
    return (len(SCOPES) + 1, column.name)


def snapshot(
    engine: Engine, tables: list[Table] | None = None
) -> dict[str, dict[tuple[Any, ...], Row]]:
    """Every row of every table by its primary key; `tables` are its tables where they are known."""
    found: dict[str, dict[tuple[Any, ...], Row]] = {}
    with engine.connect() as connection:
        for table in tables or tables_of(engine):
            rows = connection.execute(table.select()).mappings().all()
            keys = [one.name for one in table.primary_key.columns]
            found[table.name] = {tuple(row[one] for one in keys): dict(row) for row in rows}
    return found
