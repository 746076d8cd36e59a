"""How much of a request is read: counted while reading, so that nothing larger is ever held."""

from starlette.requests import Request

from negotiations.errors import BadRequest, TooLarge

MEGABYTE = 1024 * 1024


async def read_body(request: Request, most: int = MEGABYTE) -> bytes:
    """The body, or TooLarge once it passes `most` bytes."""
    declared = request.headers.get("content-length", "0")
    if not declared.isdecimal():
        raise BadRequest("Content-Length must be a whole number.")
    if int(declared) > most:
        raise _too_large(most)
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > most:
            raise _too_large(most)
        chunks.append(chunk)
    return b"".join(chunks)


def _too_large(most: int) -> TooLarge:
    return TooLarge(f"This is more than {most // MEGABYTE} MB. Send less, or in parts.")
