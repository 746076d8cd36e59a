"""What the same thousand events cost a CalDAV server: Radicale and Xandikos, in one run with ours.

    make peers

Both are installed by pip into an environment of their own. Each holds the events of our feed and
is asked for the whole calendar, then with the entity tag that it gave.
"""

import asyncio
import http.client
import re
import sys
import tempfile
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

sys.path.insert(0, str(Path(__file__).parent.parent))

from measuring import Link, body, cpu, free_port, get, header, on_load_core, ours, server, table
from talks import make

from negotiations.settings import Settings

TIMES, OURS = 5, 2000
RADICALE = "/load/talks/"
XANDIKOS = "/user/calendars/calendar/"


def events(calendar: bytes) -> list[bytes]:
    return re.findall(rb"BEGIN:VEVENT\r\n.*?END:VEVENT\r\n", calendar, re.DOTALL)


@contextmanager
def radicale(python: str, folder: Path, calendar: bytes) -> Iterator[tuple[int, int, str]]:
    port = free_port()
    words = (
        python, "-m", "radicale", "--config", "", "--server-hosts", f"127.0.0.1:{port}",
        "--auth-type", "none", "--rights-type", "authenticated",
        "--storage-filesystem-folder", str(folder), "--logging-level", "error",
    )  # fmt: skip
    with server(*words, port=port) as pid:
        put(port, RADICALE, calendar)
        yield pid, port, RADICALE


@contextmanager
def xandikos(python: str, folder: Path, calendar: bytes) -> Iterator[tuple[int, int, str]]:
    port = free_port()
    words = (
        python, "-m", "xandikos", "serve", "--defaults", "--directory", str(folder),
        "--listen-address", "127.0.0.1", "--port", str(port),
        "--current-user-principal", "/user/",
    )  # fmt: skip
    zones = re.findall(rb"BEGIN:VTIMEZONE\r\n.*?END:VTIMEZONE\r\n", calendar, re.DOTALL)
    with server(*words, port=port) as pid:
        for number, event in enumerate(events(calendar)):
            one = b"".join((
                b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//load//EN\r\n",
                *zones, event, b"END:VCALENDAR\r\n",
            ))  # fmt: skip
            put(port, f"{XANDIKOS}{number}.ics", one)
        yield pid, port, XANDIKOS


# Xandikos gives the calendar as one file to who asks for this type.
ASKING = {
    "Accept": "text/calendar",
    "Authorization": f"Basic {b64encode(b'load:load').decode()}",
}


def put(port: int, path: str, content: bytes) -> None:
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    headers = {"Content-Type": "text/calendar; charset=utf-8", **ASKING}
    link.request("PUT", quote(path), body=content, headers=headers)
    answer = link.getresponse()
    answer.read()
    assert answer.status in (200, 201, 204), (path, answer.status)
    link.close()


def cost(pid: int, port: int, path: str) -> tuple[float, float, int]:
    """Milliseconds for the whole calendar and for the conditional request, and its status."""
    tag, costs, status = "", {False: [], True: []}, 0
    for number in range(2 * TIMES + 1):
        link = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        conditional = number > TIMES
        before = cpu(pid)
        headers = {**ASKING, **({"If-None-Match": tag} if conditional and tag else {})}
        link.request("GET", path, headers=headers)
        answer = link.getresponse()
        content = answer.read()
        time.sleep(0.05)
        if number:  # the first one fills its caches
            costs[conditional].append((cpu(pid) - before) * 1000)
        status, tag = answer.status, answer.getheader("ETag") or tag
        assert status == 304 or content.count(b"BEGIN:VEVENT") > 900, (path, status, len(content))
        link.close()
    return sorted(costs[False])[TIMES // 2], sorted(costs[True])[TIMES // 2], status


def main(python: str) -> None:
    on_load_core()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url = f"sqlite:///{folder}/ours.db"
        settings = Settings(database_url=url, base_url="http://127.0.0.1:8000")
        told = asyncio.run(make(settings, tracks=50, sessions=20, items=3))
        path, port = told.feeds["agency"][0], free_port()
        with ours(url, port) as pid:
            link = Link(port, pid)
            calendar = body(link.ask(get(path))[1])
            answer = link.ask(get(path, Accept_Encoding="gzip"))[1]
            requests = {
                200: get(path, Accept_Encoding="gzip"),
                304: get(path, Accept_Encoding="gzip", If_None_Match=header(answer, "etag")),
            }
            own = {
                status: link.cost(request, status, OURS) / 1000
                for status, request in requests.items()
            }
            rows = [("ours", f"{own[200]:.3f}", f"{own[304]:.3f}", "304", "", "")]
            for who, started in (("Radicale", radicale), ("Xandikos", xandikos)):
                with started(python, folder / who, calendar) as served:
                    whole, asked, status = cost(*served)
                rows.append(
                    (
                        who, f"{whole:.1f}", f"{asked:.1f}", str(status),
                        f"{whole / own[200]:.0f}", f"{asked / own[304]:.0f}",
                    )
                )  # fmt: skip
        columns = ("whole", "conditional", "status", "x whole", "x conditional")
        table(f"{len(events(calendar))} events, ms of CPU a request", columns, rows)


if __name__ == "__main__":
    main(sys.argv[1])
