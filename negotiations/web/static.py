"""Style and scripts: read once, served with a version of their own, in gzip where that is taken."""

import mimetypes
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from negotiations.errors import NotFound
from negotiations.web.conditional import conditional
from negotiations.web.problems import problem_of

FOLDER = Path(__file__).parent.parent / "static"
# Another version has another ETag; nobody waits an hour for it.
HEADERS = {"Cache-Control": "public, no-cache"}
_files = {one.name: one.read_bytes() for one in FOLDER.iterdir() if one.is_file()}


async def static(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in _files:
        return problem_of(NotFound())
    media = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return await conditional(request, _files[name], media, HEADERS)


routes = [Route("/static/{name}", static)]
