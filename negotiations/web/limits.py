"""How much of a request is read, and for how long: counted while reading.

Nothing larger is ever held, and nobody keeps a request open by sending it drop by drop. (How long
the head may take is the proxy's to say: uvicorn has no such limit.)
"""

import asyncio

from starlette.requests import Request

from negotiations.errors import BadRequest, TooLarge, TooSlow
from negotiations.web.service import service_of

MEGABYTE = 1024 * 1024


async def read_body(request: Request, most: int = MEGABYTE) -> bytes:
    """The body; TooLarge once it passes `most` bytes, TooSlow when it takes too long."""
    declared = request.headers.get("content-length", "0")
    if not declared.isdecimal():
        raise BadRequest("Content-Length must be a whole number.")
    if int(declared) > most:
        raise _too_large(most)
    seconds = service_of(request).settings.body_seconds
    chunks, size = [], 0
    try:
        async with asyncio.timeout(seconds):
            async for chunk in request.stream():
                size += len(chunk)
                if size > most:
                    raise _too_large(most)
                chunks.append(chunk)
    except TimeoutError:
        raise TooSlow(f"The body didn't arrive within {seconds} seconds. Send it again.") from None
    return b"".join(chunks)


def _too_large(most: int) -> TooLarge:
    return TooLarge(f"This is more than {most // MEGABYTE} MB. Send less, or in parts.")
