"""How the matrix that SQL picked is written as JSON: the same bytes as `matrix_view` encoded."""

from json.encoder import encode_basestring as quoted

from negotiations.documents.views import line_view
from negotiations.outcomes.grid import Grid, Standing
from negotiations.outcomes.matrix import NO_SESSION, NOT_RECORDED
from negotiations.web import etags

_NOTHING = (
    '"partial":false,"text":null,"reason":null,"decided_by":null,"effective_on":null,'
    '"certainty":null,"basis":null,"session":null,"outcome":null,"history":0}'
)


def grid_json(grid: Grid) -> bytes:
    """The whole answer. Its thousands of cells are written out, without an object for each."""
    head = etags.encode(
        {
            "negotiation": grid.negotiation.slug,
            "as_of": grid.as_of,
            "known_at": grid.known_at,
            "issues": [{"code": one.code, "title": one.title} for one in grid.issues],
            "jurisdictions": [{"slug": one.code, "name": one.title} for one in grid.tracks],
        }
    )
    tail = etags.encode({"documents": [line_view(one) for one in grid.documents]})
    cells = ",".join(_cells(grid)).encode()
    return b'%b,"cells":[%b],%b' % (head[:-1], cells, tail[1:])


def _cells(grid: Grid) -> list[str]:
    slugs = {id_: quoted(slug) for id_, slug in grid.slugs.items()}
    columns = [(one.id, f',"jurisdiction":{quoted(one.code)},"value":') for one in grid.tracks]
    found = []
    for issue in grid.issues:
        row = f'{{"issue":{quoted(issue.code)}'
        for track_id, column in columns:
            standing = grid.standing.get((track_id, issue.id))
            if standing is None:
                empty = NOT_RECORDED if track_id in grid.held else NO_SESSION
                found.append(f'{row}{column}"{empty}",{_NOTHING}')
            else:
                found.append(row + column + _standing(standing, slugs))
    return found


def _standing(row: Standing, slugs: dict[str, str]) -> str:
    (_, _, history, value, partial, text, reason, by, effective_on, certainty, basis, session,
     id_) = row  # fmt: skip
    return (
        f'{quoted(value)},"partial":{"true" if partial else "false"},"text":{quoted(text)},'
        f'"reason":{"null" if reason is None else quoted(reason)},'
        f'"decided_by":{slugs.get(by, "null") if by else "null"},'
        f'"effective_on":{quoted(effective_on)},"certainty":{quoted(certainty)},'
        f'"basis":{quoted(basis)},"session":{quoted(session)},"outcome":{quoted(id_)},'
        f'"history":{history}}}'
    )
