"""A mail server and programs that are told, in a process of their own: what came when.

    python tests/benchmarks/taking.py SMTP_PORT FILE HOOK_PORT...

FILE gets a line for each: the time by the machine's clock, then `mail` and the Message-ID, or the
port and the webhook-id. The last of HOOK_PORTs takes connections and never answers.
"""

import asyncio
import re
import sys
import time
from pathlib import Path
from typing import Any, TextIO

from aiosmtpd.smtp import SMTP

_ID = re.compile(rb"^Message-ID: (\S+)", re.MULTILINE)


class Post:
    def __init__(self, out: TextIO) -> None:
        self._out = out

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        found = _ID.search(envelope.content)
        assert found is not None
        self._out.write(f"{time.time()} mail {found[1].decode()}\n")
        return "250 Taken"


async def main(smtp: int, out: TextIO, hooks: list[int]) -> None:
    async def told(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        port = writer.get_extra_info("sockname")[1]
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        fields = dict(line.split(": ", 1) for line in head.split("\r\n")[1:-2])
        await reader.readexactly(int(fields["content-length"]))
        out.write(f"{time.time()} {port} {fields['webhook-id']}\n")
        if port == hooks[-1]:
            await asyncio.sleep(60)
        writer.write(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
        writer.close()

    loop = asyncio.get_running_loop()
    await loop.create_server(lambda: SMTP(Post(out), loop=loop), "127.0.0.1", smtp)
    for port in hooks:
        await asyncio.start_server(told, "127.0.0.1", port)
    await asyncio.Event().wait()


if __name__ == "__main__":
    with Path(sys.argv[2]).open("a", buffering=1) as file:
        asyncio.run(main(int(sys.argv[1]), file, [int(one) for one in sys.argv[3:]]))
