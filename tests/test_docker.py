"""docker/: what its files name exists, and the entrypoint starts the service on both engines.

There is no Docker engine here; each thing that could be wrong without one is looked at.
"""

import os
import re
import shlex
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from running import free_port, ready
from sqlalchemy.engine import make_url
from templates import Templates
from typer.testing import CliRunner

from negotiations import durability
from negotiations.cli.commands import app
from negotiations.health import routes
from negotiations.settings import Settings

ROOT = Path(__file__).parent.parent
DOCKER = ROOT / "docker"
COMPOSE: dict[str, Any] = yaml.safe_load((DOCKER / "compose.yaml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
OURS = ("migrate", "web", "worker")
CONF = (DOCKER / "nginx.conf").read_text()


def stages() -> list[list[tuple[str, str]]]:
    """The Dockerfile's instructions by stage."""
    text = (DOCKER / "Dockerfile").read_text()
    text = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    found: list[list[tuple[str, str]]] = []
    for line in text.replace("\\\n", " ").splitlines():
        word, _, rest = line.strip().partition(" ")
        if word == "FROM":
            found.append([])
        if word:
            found[-1].append((word, rest.strip()))
    return found


def values(stage: list[tuple[str, str]], word: str) -> list[str]:
    return [rest for name, rest in stage if name == word]


def accepted(command: list[str]) -> None:
    """The command line takes these words."""
    result = CliRunner().invoke(app, [*command, "--help"])
    assert result.exit_code == 0, (command, result.output)
    assert f"Example: negotiations {command[0]}" in " ".join(result.stdout.split())


def test_the_image_is_built_from_what_is_there_and_carries_nothing_that_builds() -> None:
    build, last = stages()
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert ignored[0] == "*"
    let_in = {line.removeprefix("!") for line in ignored if line.startswith("!")}
    for copied in [*values(build, "COPY"), *values(last, "COPY")]:
        *sources, _target = [one for one in copied.split() if not one.startswith("--")]
        if "--from=build" not in copied:
            assert [one for one in sources if one not in let_in or not (ROOT / one).exists()] == []
    [locked, ours] = values(build, "RUN")[1:]
    assert "--require-hashes -r requirements.lock" in locked
    assert "--no-index --no-deps" in ours and "pip uninstall --yes setuptools pip" in ours
    assert not re.search(r"apt|gcc|pip|build-essential", " ".join(values(last, "RUN")))
    assert values(last, "USER") == ["10001"]
    assert sorted(one.split()[0] for one in values(last, "FROM")) == ["python:3.11-slim"]


def test_the_image_starts_serves_and_is_asked_where_it_answers() -> None:
    last = stages()[-1]
    command = yaml.safe_load(values(last, "CMD")[0])
    accepted(command)
    [port] = values(last, "EXPOSE")
    assert command[command.index("--port") + 1] == port
    assert yaml.safe_load(values(last, "ENTRYPOINT")[0]) == ["entrypoint"]
    assert "docker/entrypoint /usr/local/bin/entrypoint" in values(last, "COPY")[-1]
    [check] = values(last, "HEALTHCHECK")
    asked = re.search(r"http://127\.0\.0\.1:(\d+)(/\w+)", check)
    assert asked and asked[1] == port and asked[2] in [route.path for route in routes]
    [given] = [one for one in values(last, "ENV") if "NEGOTIATIONS_" in one]
    names = re.findall(r"NEGOTIATIONS_(\w+)=(\S+)", given)
    assert [name for name, _ in names if name.lower() not in Settings.model_fields] == []
    assert Settings(database_url=dict(names)["DATABASE_URL"]).database_url.endswith(
        ":////data/negotiations.db"
    )


def test_the_health_check_is_a_program_that_tells_sick_from_well() -> None:
    [check] = values(stages()[-1], "HEALTHCHECK")
    words = yaml.safe_load(check.partition("CMD")[2])
    assert words[0] == "python"
    done = subprocess.run([sys.executable, *words[1:]], capture_output=True, check=False)
    assert done.returncode == 1  # nothing answers on that port here
    compile(words[2], "check", "exec")


def test_every_service_volume_and_network_of_the_composition_is_declared() -> None:
    assert list(SERVICES) == ["database", "migrate", "web", "worker", "nginx"]
    named, mounted = set(), set()
    for service in SERVICES.values():
        assert "image" in service
        assert set(service["networks"]) <= set(COMPOSE["networks"])
        for volume in service.get("volumes", []):
            source, target, *_ = volume.split(":")
            assert target.startswith("/")
            if source.startswith("."):
                assert (DOCKER / source).is_file(), source
                mounted.add(source)
            else:
                named.add(source)
        for needed, how in service.get("depends_on", {}).items():
            finishes = how["condition"] == "service_completed_successfully"
            assert needed in SERVICES and finishes is (needed == "migrate"), needed
            if not finishes:
                assert needed == "web" or "healthcheck" in SERVICES[needed]
    assert (named, mounted) == (set(COMPOSE["volumes"]), {"./nginx.conf"})


def test_every_command_of_the_composition_is_one_of_ours_with_settings_that_exist() -> None:
    for name in OURS:
        service = SERVICES[name]
        accepted(service["command"])
        build = service["build"]
        assert (DOCKER / build["context"] / build["dockerfile"]).is_file()
        given = {
            key.removeprefix("NEGOTIATIONS_").lower(): re.sub(
                r"\$\{BASE_URL.*\}", "https://x", re.sub(r"\$\{\w+:-\}", "", value)
            )
            for key, value in service["environment"].items()
        }
        assert set(given) <= set(Settings.model_fields)
        given["database_url"] = re.sub(r"\$\{.*\}", "secret", given["database_url"])
        url = make_url(Settings(**given).database_url)
        database = SERVICES[str(url.host)]["environment"]
        assert (url.username, url.database) == (
            database["POSTGRES_USER"], database["POSTGRES_DB"],
        )  # fmt: skip
        subnet = COMPOSE["networks"]["inside"]["ipam"]["config"][0]["subnet"]
        assert given["forwarded_allow_ips"] == subnet
    assert [SERVICES[name]["command"][0] for name in OURS] == ["migrate", "serve", "worker"]
    assert SERVICES["migrate"]["restart"] == "no"


def test_the_composition_gives_the_database_as_many_connections_as_may_be_opened() -> None:
    command = SERVICES["web"]["command"]
    processes = int(command[command.index("--workers") + 1]) + 1
    given = dict(one.split("=") for one in SERVICES["database"]["command"] if "=" in one)
    good = {
        "fsync": "on", "full_page_writes": "on", "synchronous_commit": "on",
        "server_version": "17.0", "server_version_num": "170000", "server_encoding": "UTF8",
        "transaction_read_only": "off", "data_checksums": "on", **given,
    }  # fmt: skip
    found = durability.postgresql_findings(good, connections=48 * processes)
    assert found == durability.Findings((), ("PostgreSQL 17.0.",))
    short = durability.postgresql_findings({**good, "max_connections": "100"}, 32 * processes)
    assert short.remarks[1] == (
        "These processes may open 160 connections, and max_connections is 100: "
        "set it to 170 or more."
    )


def test_nginx_listens_where_it_is_published_and_asks_where_the_service_listens() -> None:
    [published] = SERVICES["nginx"]["ports"]
    [listen] = re.findall(r"listen (\d+);", CONF)
    assert published.split(":")[1] == listen
    [(host, port)] = re.findall(r"server (\w+):(\d+);", CONF)
    command = SERVICES[host]["command"]
    assert command[command.index("--port") + 1] == port
    assert command[command.index("--host") + 1] == "0.0.0.0"
    assert [one for one in SERVICES if "ports" in SERVICES[one]] == ["nginx"]
    cache = re.search(r"proxy_cache_path (\S+)", CONF)
    volumes = [one.split(":")[1] for one in SERVICES["nginx"]["volumes"]]
    assert cache and any(cache[1].startswith(one) for one in volumes)


def entrypoint(url: str, *words: str, **env: str) -> list[Any]:
    """How the entrypoint is run, with the installed command first on the path."""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    given = {**os.environ, "PATH": path, "NEGOTIATIONS_DATABASE_URL": url, **env}
    return [["sh", str(DOCKER / "entrypoint"), *words], given]


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_the_entrypoint_migrates_where_asked_and_then_serves(
    engine: str, templates: Templates, tmp_path: Path
) -> None:
    url, name = f"sqlite:///{tmp_path}/a.db", f"entry_{os.getpid()}"
    if engine == "postgresql":
        server = templates.postgresql
        server.create_database(name)
        url = server.url(name)
    command, env = entrypoint(url, "serve", "--port", str(free_port()))
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert (done.returncode, "Run: negotiations migrate" in done.stderr) == (1, True)
    command, env = entrypoint(url, *command[2:], MIGRATE="1")
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen(command, env=env, stdout=log, stderr=log, text=True)
        try:
            ready(process, f"http://127.0.0.1:{command[-1]}")
            process.send_signal(signal.SIGTERM)  # the shell has become the service: it hears it
            assert process.wait(60) == 0
        finally:
            if process.poll() is None:
                process.kill()
                process.wait(20)
    if engine == "postgresql":
        templates.postgresql.drop_database(name)


def test_the_entrypoint_is_a_program_a_plain_shell_understands() -> None:
    script = DOCKER / "entrypoint"
    assert os.access(script, os.X_OK)
    checked = subprocess.run(["sh", "-n", script], capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stderr) == (0, "")
    assert shlex.split(script.read_text().splitlines()[-1])[:2] == ["exec", "negotiations"]
