"""What remains of an event without its link to join: exactly what it would be without one."""

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from negotiations.ics.alarms import with_alarms
from negotiations.ics.events import AllDayEvent, TimedEvent, render
from negotiations.ics.links import without_links
from negotiations.ics.text import clean

THEN = datetime(2030, 5, 6, 15, tzinfo=UTC)
EVENT = TimedEvent(
    uid="1@negotiations",
    sequence=3,
    created=THEN,
    revised=THEN,
    start=datetime(2030, 5, 7, 10),
    end=datetime(2030, 5, 7, 12),
    tzid="America/Los_Angeles",
    summary="X / Agency: session 1",
    description="",
    url="http://testserver/s/1",
    klass="PRIVATE",
    status="CONFIRMED",
    transparent=False,
)
LINKS = st.one_of(
    st.from_regex(r"https://[a-z0-9]{1,30}\.example/[A-Za-z0-9\-._~:/?#@!$&()*+,;=%]{0,120}",
                  fullmatch=True),
    st.from_regex(r"tel:\+[0-9]{3,15}(,,[0-9]{4}#)?", fullmatch=True),
)  # fmt: skip
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=120).map(clean)


@st.composite
def joined(draw: st.DrawFn) -> tuple[TimedEvent, TimedEvent]:
    """An event with a link wherever it can stand, and the same without it."""
    link = draw(LINKS)
    lines = [
        (draw(TEXTS), draw(st.sampled_from(("", link, f"Join: {link}", f"({link}): PIN 7"))))
        for _ in range(draw(st.integers(0, 6)))
    ]
    place = draw(st.one_of(st.none(), st.just(link), TEXTS))
    texts = [(before + there, bool(there) or link in before) for before, there in lines]
    rest = [text for text, holds in texts if not holds]
    own = replace(EVENT, summary=draw(TEXTS), categories=(draw(TEXTS),))
    return (
        replace(
            own,
            conference=link,
            location=place,
            description="\n".join(text for text, _ in texts),
        ),
        replace(own, location=None if place == link else place, description="\n".join(rest)),
    )


@settings(deadline=None)
@given(joined())
def test_what_remains_is_what_an_event_without_a_link_is(
    both: tuple[TimedEvent, TimedEvent],
) -> None:
    """calendar.md, the join link: "they can switch it off"."""
    linked, plain = both
    assert without_links(render(linked)) == render(plain)
    assert str(linked.conference).encode() not in without_links(render(linked))


@settings(deadline=None)
@given(joined(), st.lists(st.integers(0, 40_320), max_size=3))
def test_reminders_come_before_or_after_it_alike(
    both: tuple[TimedEvent, TimedEvent], minutes: list[int]
) -> None:
    event = render(both[0])
    assert without_links(with_alarms(event, minutes)) == with_alarms(without_links(event), minutes)


@settings(deadline=None)
@given(joined())
def test_what_has_no_link_stays_as_it_is(both: tuple[TimedEvent, TimedEvent]) -> None:
    plain = render(both[1])
    assert without_links(plain) is plain
    window = AllDayEvent(
        uid="w@negotiations", sequence=0, created=THEN, revised=THEN, first=THEN.date(),
        last=THEN.date(), summary="Window", description="Join: https://a.example/1",
        klass="PUBLIC",
    )  # fmt: skip
    assert without_links(render(window)) == render(window)
