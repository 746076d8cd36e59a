"""How long the head of a request may be: uvicorn itself would hold whatever is sent."""

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MOST = 32 * 1024  # bytes
ANSWER = b"A request's head (its address and headers) may have 32 KB. Send less.\n"
TOO_LONG = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\n"
    b"content-type: text/plain; charset=utf-8\r\nx-content-type-options: nosniff\r\n"
    b"content-length: %d\r\n\r\n%s" % (len(ANSWER), ANSWER)
)


class BoundedHead(HttpToolsProtocol):
    """HTTP/1.1 as uvicorn speaks it; a head over MOST bytes is 431 and ends the connection."""

    _begun, _reading = False, False  # some head; reading one
    _came, _chunk = 0, 0  # bytes of it, up to the chunk that is looked at; of that chunk
    _refused = False

    def data_received(self, data: bytes) -> None:
        if self._refused:
            return
        self._chunk = len(data)
        super().data_received(data)
        if self._reading:
            self._came += len(data)
            if self._came > MOST:
                self._refuse()

    def on_message_begin(self) -> None:
        self._begun, self._reading, self._came = True, True, 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._reading = False
        # The chunk may hold the body too, or the request before: counted only where it matters.
        if self._came + self._chunk > MOST and self._size() > MOST:
            raise ValueError("the head is too long")  # the parser stops, and a 400 is asked for
        super().on_headers_complete()

    def send_400_response(self, msg: str) -> None:
        if self._begun and self._size() > MOST:
            self._refuse()
        else:
            super().send_400_response(msg)

    def _size(self) -> int:
        return len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)

    def _refuse(self) -> None:
        self._refused = True
        self.transport.write(TOO_LONG)
        self.transport.close()
