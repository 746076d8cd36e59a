"""Who has to answer which times suit, and who to choose one of them."""

from collections.abc import Iterable, Iterator, Mapping

from negotiations.access.actor import Actor, Seat
from negotiations.access.policy import can
from negotiations.models import NegotiationSession
from negotiations.overview.waiting import Item, Told
from negotiations.polls.queries import Waiting
from negotiations.scheduling.seating import Setting
from negotiations.web.showing import listing


def of_polls(
    actor: Actor,
    polls: Iterable[Waiting],
    sessions: Mapping[str, NegotiationSession],
    settings: Mapping[str, Setting],
) -> Iterator[Item]:
    """What these open polls wait for, as far as it concerns the actor."""
    for one in polls:
        session = sessions.get(one.poll.session_id)
        seat = actor.seat_in(one.poll.negotiation_id)
        if session is None or seat is None or not can(actor, "poll.answer", session):
            continue
        found = _told(seat, one, settings[session.id])
        yield Item(
            on_me=found.on_me,
            text=found.text,
            title=session.title,
            path=f"/s/{session.id}/poll",
            due=one.poll.due_on.isoformat(),
            key=f"poll:{one.poll.id}",
            negotiation_id=session.negotiation_id,
            by=one.poll.due_on,
            waits_on=found.waits_on,
        )


def _told(seat: Seat, poll: Waiting, where: Setting) -> Told:
    silent = {party: name for party, name in where.consenting.items() if poll.silent(party)}
    by = poll.poll.due_on
    if seat.party_id in silent:
        return Told(True, "Say which of several times suit your side.", by)
    if silent:
        verb = "hasn’t" if len(silent) == 1 else "haven’t"
        text = f"{listing(list(silent.values()))} {verb} said which times suit."
        return Told(False, text, by, tuple(silent))
    if seat.party_id is None:
        return Told(True, f"{where.everyone} said which times suit: choose one.", by)
    return Told(False, "The coordinator chooses one of several times, or your side does.", by)
