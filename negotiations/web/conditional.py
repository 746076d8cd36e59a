"""Answering with bytes that carry their own version: 304 where the caller has them, gzip if asked.

One entity tag may not serve two codings: that of the gzip form ends in `-gz`, and whoever sends
either has what is needed.
"""

import asyncio
import gzip
from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from negotiations.web import etags
from negotiations.web.codings import takes_gzip


async def conditional(
    request: Request, body: bytes, media_type: str, headers: Mapping[str, str]
) -> Response:
    """200 with the body, or 304 when If-None-Match names it (RFC 9110 §13.2.2)."""
    tag = etags.etag(body)
    in_gzip = f'{tag[:-1]}-gz"'
    zipped = takes_gzip(request.headers.get("accept-encoding"))
    told = {**headers, "ETag": in_gzip if zipped else tag, "Vary": "Accept-Encoding"}
    sent = etags.of(request.headers, "if-none-match")
    if etags.none_match(sent, tag) or etags.none_match(sent, in_gzip):
        return Response(status_code=304, headers=told)
    if not zipped:
        return Response(body, media_type=media_type, headers=told)
    told["Content-Encoding"] = "gzip"
    packed = await asyncio.to_thread(gzip.compress, body, 6, mtime=0)
    return Response(packed, media_type=media_type, headers=told)
