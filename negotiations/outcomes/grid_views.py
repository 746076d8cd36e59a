"""How the matrix that SQL picked is written as JSON: the same bytes as `matrix_view` encoded."""

from collections.abc import Collection, Mapping, Sequence
from json.encoder import encode_basestring as quoted

from negotiations.documents.queries import DocumentLine
from negotiations.documents.views import line_view
from negotiations.outcomes.grid import Grid, Listed
from negotiations.outcomes.matrix import NO_SESSION, NOT_RECORDED
from negotiations.outcomes.standing import Cell, Shown
from negotiations.web import etags

_NOTHING = (
    '"partial":false,"text":null,"reason":null,"decided_by":null,"effective_on":null,'
    '"certainty":null,"basis":null,"session":null,"outcome":null,"summary_changed":false,'
    '"history":0}'
)


def grid_json(grid: Grid) -> bytes:
    """The whole answer. Its thousands of cells are written out, without an object for each."""
    slugs = quoted_slugs(grid.slugs)
    rows = [
        row_json(cells_of(one, grid.tracks, grid.standing, grid.held, grid.changed, slugs))
        for one in grid.issues
    ]
    return b"".join(in_pieces(head_of(grid), rows, tail_of(grid.documents)))


def in_pieces(head: bytes, rows: Sequence[bytes], tail: bytes) -> list[bytes]:
    """The answer in the order in which it is sent; a row is one issue's cells."""
    first, *others = [row for row in rows if row] or [b","]
    return [head + first[1:], *others, tail]


def head_of(grid: Grid) -> bytes:
    """What comes before the cells."""
    head = etags.encode(
        {
            "negotiation": grid.negotiation.slug,
            "as_of": grid.as_of,
            "known_at": grid.known_at,
            "issues": [{"code": one.code, "title": one.title} for one in grid.issues],
            "jurisdictions": [{"slug": one.code, "name": one.title} for one in grid.tracks],
        }
    )
    return head[:-1] + b',"cells":['


def tail_of(documents: Sequence[DocumentLine]) -> bytes:
    """What comes behind the cells."""
    return b"]," + etags.encode({"documents": [line_view(one) for one in documents]})[1:]


def row_json(cells: Sequence[str]) -> bytes:
    """The cells as they follow another row."""
    return ",".join(["", *cells]).encode()


def quoted_slugs(slugs: Mapping[str, str]) -> dict[str, str]:
    """The slugs of parties by their ids, as they stand in JSON."""
    return {id_: quoted(slug) for id_, slug in slugs.items()}


def cells_of(
    issue: Listed,
    tracks: Sequence[Listed],
    standing: Mapping[Cell, Shown],
    held: Collection[str],
    changed: Collection[str],
    slugs: Mapping[str, str],
) -> list[str]:
    """The cells of one issue in these tracks."""
    row, found = f'{{"issue":{quoted(issue.code)},"jurisdiction":', []
    for track_id, slug, _ in tracks:
        stands = standing.get((track_id, issue.id))
        if stands is None:
            empty = NOT_RECORDED if track_id in held else NO_SESSION
            found.append(f'{row}{quoted(slug)},"value":"{empty}",{_NOTHING}')
        else:
            found.append(f"{row}{quoted(slug)},{_shown(stands, changed, slugs)}")
    return found


def _shown(row: Shown, changed: Collection[str], slugs: Mapping[str, str]) -> str:
    _, _, history, _, before, by, after, revision_id = row
    decided_by = slugs.get(by, "null") if by else "null"
    is_changed = "true" if revision_id in changed else "false"
    return f'{before}{decided_by}{after}{is_changed},"history":{history}}}'
