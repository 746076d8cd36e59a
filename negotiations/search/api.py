"""JSON of what is found."""

from starlette.responses import Response

from negotiations.parties import queries as parties
from negotiations.search import queries
from negotiations.search.views import ResultView, result_view
from negotiations.search.words import LONGEST_QUESTION, MOST_WORDS, question_of
from negotiations.web.routes import Api, Call, Option

api = Api()
Q = Option(
    "q",
    str,
    "What to look for: all of these words, “side by side” in straight quotes, or beginn*; "
    f"at most {MOST_WORDS} words and {LONGEST_QUESTION} characters.",
    example="detainer",
)


@api.get("/negotiations/{neg}/search", options=(Q,), lists=ResultView)
async def search(call: Call) -> Response:
    """Search the record, as far as one may see it: the newest first, without rank or totals."""
    async with call.read() as (db, actor):
        negotiation = await parties.negotiation(db, actor, call.path["neg"])
        part = call.part()
        question = question_of(call.query("q") or "")
        found = await queries.found(db, actor, negotiation, question, part=part)
    return call.listed([result_view(one, negotiation, question) for one in found], part)
