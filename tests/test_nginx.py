"""The real nginx with docker/nginx.conf before the real service: what it keeps and what it logs."""

import json
import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest
from running import demo, free_port

from negotiations.cli.serving import server_config
from negotiations.settings import Settings

CONF = Path(__file__).parent.parent / "docker" / "nginx.conf"
ANSWER = f"/answer/{'q' * 58}"
NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


@dataclass
class Proxy:
    base: str
    folder: Path

    def written(self) -> str:
        """Everything nginx wrote anywhere: its logs, its cache, what it buffered."""
        files = [one for one in self.folder.rglob("*") if one.is_file()]
        return "\n".join(one.read_bytes().decode("latin-1") for one in files)

    def cached(self) -> list[bytes]:
        return [one.read_bytes() for one in (self.folder / "cache").rglob("*") if one.is_file()]


def rendered(folder: Path, upstream: str, listen: int) -> Path:
    """The configuration with this test's own ports and folders."""
    conf = CONF.read_text()
    for ours, here in (
        ("server web:8000;", f"server {upstream};"),
        ("listen 80;", f"listen 127.0.0.1:{listen};"),
        ("/var/cache/nginx/negotiations", f"{folder}/cache"),
        ("/dev/stdout", f"{folder}/access.log"),
        ("/dev/stderr", f"{folder}/error.log"),
    ):
        assert conf.count(ours) == 1, ours
        conf = conf.replace(ours, here)
    (folder / "site.conf").write_text(conf)
    user = "user root;" if os.geteuid() == 0 else ""
    main = folder / "main.conf"
    main.write_text(
        f"{user} daemon off; worker_processes 1; pid {folder}/pid; "
        f"error_log {folder}/main.log notice; events {{ worker_connections 64; }} "
        f"http {{ access_log off; client_body_temp_path {folder}/body; "
        f"proxy_temp_path {folder}/proxy; include {folder}/site.conf; }}\n"
    )
    return main


@contextmanager
def nginx(folder: Path, upstream: str) -> Iterator[Proxy]:
    if NGINX is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("no nginx at hand")
    folder.mkdir()
    port = free_port()
    words = [NGINX, "-p", str(folder), "-c", str(rendered(folder, upstream, port))]
    checked = subprocess.run([*words, "-t"], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    process = subprocess.Popen(words, stderr=subprocess.DEVNULL)
    proxy = Proxy(f"http://127.0.0.1:{port}", folder)
    try:
        until = time.monotonic() + 20
        while not (folder / "pid").exists():
            assert process.poll() is None and time.monotonic() < until
            time.sleep(0.02)
        yield proxy
    finally:
        process.terminate()
        process.wait(60)


def path_of(address: str) -> str:
    return urlsplit(address).path


def status(proxy: Proxy, path: str, method: str = "GET", **headers: str) -> int:
    return httpx2.request(method, proxy.base + path, headers=headers).status_code


def spellings(path: str) -> list[str]:
    """The same secret path as a mistaken program might write it."""
    return [path, path.upper(), f"/{path}", path.replace("/f", "/%66"), f"/x{path}"]


def test_public_feeds_are_kept_and_secrets_come_into_no_log_and_no_cache(tmp_path: Path) -> None:
    port = free_port()
    with nginx(tmp_path / "nginx", f"127.0.0.1:{port}") as proxy:
        with demo(tmp_path / "demo", "--port", str(port)) as told:
            feed = path_of(told["feeds"]["delegates"]["ice"])
            link = path_of(told["logins"]["delegates"]["ice"])
            public = path_of(told["feeds"]["public"])
            with httpx2.stream("GET", proxy.base + public) as first:
                sent = b"".join(first.iter_raw())  # as it came: in gzip
            tag = {"If-None-Match": first.headers["etag"]}
            assert status(proxy, public, Cookie="login=x", Authorization="Bearer neg_x") == 200
            assert status(proxy, public, **tag) == 304
            assert [status(proxy, one) for one in spellings(feed)] == [200, 404, 404, 200, 404]
            assert status(proxy, link, "POST") == 303
            assert [status(proxy, one) for one in spellings(link)[1:]] == [404, 404, 200, 404]
            assert [status(proxy, one) for one in (ANSWER, ANSWER.upper())] == [404, 404]
            assert status(proxy, f"{public}?cancelled=hide") == 200
            api = {"Authorization": f"Bearer {told['tokens']['coordinator']}"}
            assert status(proxy, "/api/v1/me?q=typed", **api) == 400
            outside = {"X-Forwarded-For": "127.0.0.1"}
            assert [status(proxy, one, **outside) for one in ("/metrics", "/readyz")] == [404, 404]
            assert status(proxy, "/healthz") == 200
        away = [status(proxy, one) for one in (feed, feed.upper(), link, "/healthz", public)]
        assert away == [502, 502, 502, 502, 200]
        shown = proxy.written().lower()
    lines = [json.loads(line) for line in (proxy.folder / "access.log").read_text().splitlines()]
    caches = [one["cache"] for one in lines if one["path"] == public]
    assert caches[:4] == ["MISS", "HIT", "HIT", "MISS"]
    assert caches[4] in ("HIT", "STALE")  # as long as the stopping took
    assert {one["path"] for one in lines} == {
        public, "/feeds/-", "/FEEDS/-", "/sign-in/-", "/SIGN-IN/-", "/answer/-", "/ANSWER/-",
        "/api/v1/me", "/metrics",
        "/readyz", "/healthz",
    }  # fmt: skip
    assert sent in b"".join(proxy.cached())
    for word in (feed[7:-4], link[9:], ANSWER[8:], "typed", told["tokens"]["coordinator"]):
        assert word.lower() not in shown, word


def test_it_closes_idle_connections_sooner_than_the_service_does() -> None:
    [seconds] = re.findall(r"^    keepalive_timeout (\d+)s;$", CONF.read_text(), re.MULTILINE)
    ours = server_config(None, Settings(database_url="sqlite:///any.db"), "127.0.0.1", 0)
    assert int(seconds) < ours.timeout_keep_alive == 5
