"""What an answer tells of a result: what it is, of which day, where it stands in the record."""

from datetime import date

from negotiations.models import Negotiation
from negotiations.models.search import SearchAudience, SearchKind
from negotiations.search.marking import Piece, excerpt, marked, places
from negotiations.search.queries import Found
from negotiations.search.words import Question
from negotiations.web.answers import Id, TypedDict


class MarkView(TypedDict):
    """A word that was asked for: where it begins and ends, in characters from 0."""

    begin: int
    end: int


class ResultView(TypedDict):
    """`session` and `jurisdiction` are where it stands in the record, `path` the page that has it.

    `superseded`: a later one took its place.
    """

    kind: SearchKind
    id: Id
    date: date
    title: str
    title_marks: list[MarkView]
    excerpt: str
    excerpt_marks: list[MarkView]
    session: Id | None
    session_title: str | None
    jurisdiction: str | None
    superseded: bool
    path: str


def result_view(found: Found, negotiation: Negotiation, question: Question) -> ResultView:
    entry = found.entry
    text = excerpt(entry.text, question)
    return {
        "kind": entry.kind,
        "id": entry.object_id,
        "date": entry.day,
        "title": entry.title,
        "title_marks": _marks(marked(entry.title, question)),
        "excerpt": text,
        "excerpt_marks": _marks(marked(text, question)),
        "session": found.session.id if found.session else None,
        "session_title": found.session.title if found.session else None,
        "jurisdiction": found.jurisdiction.slug if found.jurisdiction else None,
        "superseded": entry.superseded,
        "path": path_of(found, negotiation),
    }


def _marks(pieces: list[Piece]) -> list[MarkView]:
    return [{"begin": begin, "end": end} for begin, end in places(pieces)]


def path_of(found: Found, negotiation: Negotiation) -> str:
    """The page on which it can be read: of what the actor sees as the public does, the public's."""
    talks = f"/n/{negotiation.slug}"
    own = {
        SearchKind.summary: f"/s/{found.entry.session_id}/summary",
        SearchKind.note: f"/s/{found.entry.session_id}/live",
        SearchKind.document_request: f"{talks}/requests/{found.entry.object_id}",
    }
    if found.entry.audience is SearchAudience.public:
        return f"/public/{negotiation.slug}"
    if found.entry.kind in own:
        return own[found.entry.kind]
    if found.entry.kind in (SearchKind.commitment, SearchKind.position) and found.jurisdiction:
        return f"{talks}/tracks/{found.jurisdiction.slug}"
    return f"/s/{found.session.id}" if found.session else talks
