"""PURE: does what is stored after a crash agree with what the clients were told?

The conditions are numbered as in the report: C1 every acknowledged write is there with equal
bytes, C2 nothing is there that was never invoked (or was refused), C3 a write is there as a whole
with its audit entry and announcement, or not at all, C4 revisions form one line without gaps and
no two acknowledged ones had the same parent, C5 the order of real time holds, C7 no overlapping
bookings, C11 a resent call gives the same answer and no second effect. What other checks found
(C8 audit chains and feeds, C9 the database's own check, API against SQL) is passed through.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from faults.history import SEEDED, Call

# Whose success changes the version, so that two of them can't have been made from the same one.
VERSIONED = frozenset({"revision", "agenda", "move"})


@dataclass(frozen=True, slots=True)
class Found:
    """One stored piece of a write; `op_id` is empty where nothing tells whose it is."""

    op_id: str
    part: str
    sha256: str
    audited: bool = True
    announced: bool = True


@dataclass(frozen=True, slots=True)
class Booked:
    resource: int
    session: str
    starts_at: datetime
    ends_at: datetime


@dataclass
class State:
    """What is stored. `lines` are append-only: numbers and op_ids by key; `registers` the last."""

    found: list[Found] = field(default_factory=list)
    lines: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    registers: dict[str, str] = field(default_factory=dict)
    bookings: list[Booked] = field(default_factory=list)
    faults: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Violation:
    condition: str
    op_id: str
    text: str


def check(calls: Sequence[Call], state: State, *, idempotent: bool) -> list[Violation]:
    """Every violation; `idempotent` switches C11 on for what a resent call may do."""
    ops: dict[str, list[Call]] = defaultdict(list)
    for call in calls:
        ops[call.op_id].append(call)
    return [
        *_parts(ops, state),
        *_lines(ops, state),
        *_registers(ops, state),
        *_parents(calls),
        *_overlaps(state.bookings),
        *(_resent(ops) if idempotent else ()),
        *(
            Violation(condition, "", text)
            for condition, texts in state.faults.items()
            for text in texts
        ),
    ]


def _outcome(tries: Sequence[Call]) -> str:
    """Of all tries of an op: acknowledged once counts, refused only when nothing is open."""
    outcomes = {one.outcome for one in tries}
    return next(one for one in ("ok", "info", "fail") if one in outcomes)


def _parts(ops: dict[str, list[Call]], state: State) -> Iterable[Violation]:
    stored: dict[str, list[Found]] = defaultdict(list)
    for one in state.found:
        stored[one.op_id].append(one)
    for op_id, pieces in stored.items():
        if op_id not in ops and op_id != SEEDED:
            yield Violation("C2", op_id, f"{pieces[0].part} is stored, and nobody wrote it")
    for op_id, tries in ops.items():
        yield from _of_op(op_id, tries, stored.get(op_id, []))
    for one in state.found:
        if not (one.audited and one.announced):
            lacks = "its audit entry" if not one.audited else "its announcement"
            yield Violation("C3", one.op_id, f"{one.part} is stored without {lacks}")


def _of_op(op_id: str, tries: Sequence[Call], pieces: Sequence[Found]) -> Iterable[Violation]:
    wanted, outcome = tries[0].parts, _outcome(tries)
    have = Counter(one.part for one in pieces)
    for part, times in have.items():
        if times > 1:
            yield Violation("C11", op_id, f"{part} is stored {times} times")
        if part not in wanted:
            yield Violation("C2", op_id, f"{part} is stored, and this call never wrote one")
    for one in pieces:
        if one.part in wanted and one.sha256 != wanted[one.part]:
            yield Violation("C1", op_id, f"{one.part} is stored with other bytes")
    lacking = sorted(set(wanted) - set(have))
    if outcome == "ok":
        for part in lacking:
            yield Violation("C1", op_id, f"{part} was acknowledged and is lost")
    elif outcome == "fail" and have:
        yield Violation("C2", op_id, f"{', '.join(sorted(have))} is stored, and was refused")
    elif outcome == "info" and have and lacking:
        yield Violation("C3", op_id, f"half is stored: {', '.join(lacking)} is missing")


def _lines(ops: dict[str, list[Call]], state: State) -> Iterable[Violation]:
    for key, line in state.lines.items():
        numbers = [number for number, _ in line]
        if numbers != list(range(1, len(numbers) + 1)):
            yield Violation("C4", "", f"{key} is no line: {numbers[:20]}")
        latest: Call | None = None
        for _, op_id in line:
            call = next((one for one in ops.get(op_id, ()) if one.outcome == "ok"), None)
            if call is None:
                continue
            if latest and call.t_return is not None and call.t_return < latest.t_invoke:
                text = f"{key}: it returned before {latest.op_id} began, and stands after it"
                yield Violation("C5", op_id, text)
            if latest is None or call.t_invoke > latest.t_invoke:
                latest = call


def _registers(ops: dict[str, list[Call]], state: State) -> Iterable[Violation]:
    """What is overwritten shows the last write only: none acknowledged later may be missing."""
    for key, op_id in state.registers.items():
        if op_id not in ops:
            if op_id != SEEDED:
                yield Violation("C2", op_id, f"{key} holds what nobody wrote")
            ended = float("-inf")
        elif _outcome(ops[op_id]) == "fail":
            yield Violation("C2", op_id, f"{key} holds what was refused")
            continue
        else:
            ended = max(one.t_return or float("inf") for one in ops[op_id])
        for tries in ops.values():
            for call in tries:
                if call.key == key and call.outcome == "ok" and call.t_invoke > ended:
                    yield Violation("C1", call.op_id, f"{key} was acknowledged and is lost")


def _parents(calls: Sequence[Call]) -> Iterable[Violation]:
    seen: dict[tuple[str, str, str], str] = {}
    for call in calls:
        if call.outcome != "ok" or call.if_match is None or call.kind not in VERSIONED:
            continue
        parent = (call.kind, call.key, call.if_match)
        if seen.setdefault(parent, call.op_id) != call.op_id:
            text = f"{call.key}: {seen[parent]} was made from the same version"
            yield Violation("C4", call.op_id, text)


def _overlaps(bookings: Iterable[Booked]) -> Iterable[Violation]:
    by_resource: dict[int, list[Booked]] = defaultdict(list)
    for one in bookings:
        by_resource[one.resource].append(one)
    for taken in by_resource.values():
        taken.sort(key=lambda one: one.starts_at)
        until: Booked | None = None
        for one in taken:
            if until and one.starts_at < until.ends_at:
                text = f"sessions {until.session} and {one.session} hold one resource at once"
                yield Violation("C7", "", text)
            if until is None or one.ends_at > until.ends_at:
                until = one


def _resent(ops: dict[str, list[Call]]) -> Iterable[Violation]:
    for op_id, tries in ops.items():
        answers = {(one.status, one.answer_sha256) for one in tries if one.outcome == "ok"}
        if len(answers) > 1:
            yield Violation("C11", op_id, "sent again, it was answered otherwise")
        told = [one.outcome for one in sorted(tries, key=lambda one: one.attempt)]
        if "ok" in told and "fail" in told[told.index("ok") :]:
            yield Violation("C11", op_id, "sent again, what was done is refused")
