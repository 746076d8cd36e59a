"""The yardstick: a Starlette service that answers every path with fixed bytes, or 304."""

import sys

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

BODY = b"x" * 17_000


async def answer(request: Request) -> Response:
    if "if-none-match" in request.headers:
        return Response(status_code=304, headers={"ETag": '"bare"'})
    return Response(BODY, media_type="text/calendar")


app = Starlette(routes=[Route("/{path:path}", answer, methods=["GET", "PUT"])])

if __name__ == "__main__":
    uvicorn.run(
        app, port=int(sys.argv[1]), loop="uvloop", http="httptools", access_log=False,
        log_level="warning",
    )  # fmt: skip
