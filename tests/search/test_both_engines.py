"""Both databases find exactly what the words say, whatever the texts and the questions are."""

from typing import Any

from factories import World
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from searching import entry, talks_of
from sqlmodel import col, delete

from negotiations.access.actor import operator
from negotiations.errors import BadRequest
from negotiations.models import SearchEntry
from negotiations.models.search import SearchAudience
from negotiations.search import queries
from negotiations.search.words import Question, Term, question_of, words_of
from negotiations.web.cursors import Part

# Few letters, so that questions meet texts; and whatever else there is.
LETTERS = st.sampled_from("aAbßéE\u0301ﬁ漢İ\u00ad 　-_*\"'.,%\\&|!():<>\n1²")
TEXTS = st.one_of(
    st.text(LETTERS, max_size=30),
    st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), max_size=30),
)


def has(words: list[str], term: Term) -> bool:
    """What a term means, said again: its words one behind the other, the last maybe cut short."""
    many = len(term.words)
    return any(
        words[at : at + many - 1] == list(term.words[:-1])
        and (
            words[at + many - 1].startswith(term.words[-1])
            if term.begins
            else words[at + many - 1] == term.words[-1]
        )
        for at in range(len(words) - many + 1)
    )


def asked(text: str) -> Question | None:
    try:
        return question_of(text)
    except BadRequest:
        return None


async def test_what_is_found_is_what_has_the_words(world: World) -> None:
    async with world.database.read() as db:
        talks = await talks_of(db)
    actor = operator(talks.id)

    async def one_round(texts: list[str], questions: list[str]) -> None:
        async with world.database.write() as db:
            await db.exec(delete(SearchEntry).where(col(SearchEntry.stamp) == "test"))
            for place, text in enumerate(texts):
                given: dict[str, Any] = {"object_id": f"{place:020}", "title": "", "text": text}
                db.add(entry(talks.id, SearchAudience.public, talks.id, **given))
        async with world.database.read() as db:
            for question in filter(None, map(asked, [*questions, *texts])):
                found = await queries.found(db, actor, talks, question, part=Part("", 200))
                assert [one.entry.text for one in found] == [
                    text
                    for text in texts
                    if all(has(words_of(text), term) for term in question.terms)
                ], question

    @settings(
        max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None
    )
    @given(st.lists(TEXTS, min_size=1, max_size=5), st.lists(TEXTS, max_size=5))
    def rounds(texts: list[str], questions: list[str]) -> None:
        runner(one_round(texts, questions))

    import anyio.from_thread
    import anyio.to_thread

    def runner(round_: Any) -> None:
        async def run() -> None:
            await round_

        anyio.from_thread.run(run)

    await anyio.to_thread.run_sync(rounds)
