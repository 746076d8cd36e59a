"""Answering with what lies in memory in several parts."""

from collections.abc import Mapping, Sequence

from starlette.responses import Response
from starlette.types import Receive, Scope, Send


class InPieces(Response):
    """200 with these bytes, one part sent after another: a copy of megabytes is saved."""

    def __init__(
        self, pieces: Sequence[bytes], *, media_type: str, headers: Mapping[str, str]
    ) -> None:
        length = {"Content-Length": str(sum(map(len, pieces)))}
        super().__init__(media_type=media_type, headers={**headers, **length})
        self._pieces = pieces

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        start = {"type": "http.response.start", "status": self.status_code}
        await send({**start, "headers": self.raw_headers})
        last = len(self._pieces) - 1
        for place, piece in enumerate(self._pieces):
            more = place < last
            await send({"type": "http.response.body", "body": piece, "more_body": more})
