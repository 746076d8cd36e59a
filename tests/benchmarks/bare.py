"""The yardstick: a Starlette service with one route that answers fixed bytes, or 304.

    python tests/benchmarks/bare.py PORT [FILE]

FILE holds the body; without it 17,000 bytes are sent.
"""

import sys
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

BODY = Path(sys.argv[2]).read_bytes() if len(sys.argv) > 2 else b"x" * 17_000
TAG = {"ETag": '"bare"'}


async def answer(request: Request) -> Response:
    if "if-none-match" in request.headers:
        return Response(status_code=304, headers=TAG)
    return Response(BODY, media_type="text/calendar", headers=TAG)


app = Starlette(routes=[Route("/{path:path}", answer, methods=["GET", "PUT"])])

if __name__ == "__main__":
    uvicorn.run(
        app, port=int(sys.argv[1]), loop="uvloop", http="httptools", access_log=False,
        log_level="warning",
    )  # fmt: skip
