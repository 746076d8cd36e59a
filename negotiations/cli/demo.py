"""`negotiations demo`: the 2010 record and the practice talks, served at once."""

import json
import os
import socket
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
import uvicorn
from sqlmodel import select

from negotiations import durability, logs
from negotiations.access.actor import load_actor
from negotiations.access.logins import link_address, make_link, make_token
from negotiations.access.secrets import fingerprint, new_secret
from negotiations.app import create_app, open_database
from negotiations.cli.around import alone, unhurried
from negotiations.cli.base import AsJson, app, refusing
from negotiations.cli.operate import plain_address
from negotiations.cli.serving import check_port, server_config
from negotiations.clock import Clock
from negotiations.db import Database
from negotiations.demo import practice, record_2010
from negotiations.demo.load import accounts, load
from negotiations.errors import Refused
from negotiations.feeds import actions as feeds
from negotiations.models import Feed
from negotiations.models.access import TokenScope
from negotiations.schema import migrate
from negotiations.settings import Settings

SECRETARIAT = ("coordinator", "note_taker")


@app.command()
@refusing
async def demo(
    host: Annotated[str, typer.Option(help="0.0.0.0 to let a phone subscribe.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 8000,
    data: Annotated[Path, typer.Option(help="Folder of the demonstration.")] = Path("demo-data"),
    now: Annotated[str | None, typer.Option(help="Run on a set clock, from this instant.")] = None,
    as_json: AsJson = False,
) -> None:
    """Serve the record of November 2010 and invented practice talks.

    Example: negotiations demo --host 0.0.0.0
    """
    check_port(host, port)
    clock = Clock(_instant(now))
    folder = _folder(data)
    settings = Settings(
        database_url=f"sqlite:///{folder / 'negotiations.db'}",
        smtp_url="",
        mail_folder=str(folder / "mail"),
        base_url=f"http://{_reachable(host)}:{port}",
        secret_key=_secret_key(data / "demo.json"),
        reply_address="reply@demonstration.example",
        outgoing_inside="127.0.0.0/8,::1",
    )
    with alone(settings), unhurried() as serving:
        migrate(settings.database_url, role=settings.requests_role)
        database = open_database(settings, clock)
        await load(database, now=clock.now())
        told = await _tell(database, settings, clock, data / "demo.json")
        await database.close()
        asgi = create_app(settings, clock=clock)
        await durability.require(asgi.state.service.database)
        logs.set_up(settings.log_format)
        config = server_config(asgi, settings, host, port)
        serving.set()
        await _Announcing(config, told, settings, as_json).serve()


def _instant(value: str | None) -> datetime | None:
    if value is None:
        return None
    try:
        instant = datetime.fromisoformat(value)
        if instant.tzinfo is not None:
            return instant.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise Refused("--now is an instant with its offset, as 2010-11-08T12:00:00Z.")


def _folder(data: Path) -> Path:
    try:
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise Refused(f"Can't make the folder {data}: {error.strerror}.") from None
    return data.resolve()


def _reachable(host: str) -> str:
    """The address that others on the network reach this machine by."""
    if host not in ("0.0.0.0", "::"):  # noqa: S104  (compared, not listened on)
        return f"[{host}]" if ":" in host else host
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing: it only picks the way out
            return str(probe.getsockname()[0])
        except OSError:
            return "127.0.0.1"


@dataclass(slots=True)
class _Kept:
    """Secrets that the demonstration alone keeps, so that a second start prints the same."""

    file: Path
    values: dict[str, dict[str, str]]

    @classmethod
    def read(cls, file: Path) -> "_Kept":
        try:
            return cls(file, json.loads(file.read_text()))
        except (OSError, ValueError):
            return cls(file, {"tokens": {}, "feeds": {}})

    def write(self) -> None:
        handle = os.open(self.file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w") as out:
            json.dump(self.values, out)


def _secret_key(file: Path) -> str:
    """The same at each start, so that the secrets of webhooks and the links of invitations stay
    what they were."""
    kept = _Kept.read(file)
    key = kept.values.setdefault("keys", {}).setdefault("webhooks", new_secret())
    kept.write()
    return key


async def _tell(database: Database, settings: Settings, clock: Clock, file: Path) -> dict[str, Any]:
    """Tokens, feeds and fresh sign-in links of every account, as `--json` prints them."""
    kept = _Kept.read(file)
    told: dict[str, dict[str, Any]] = {"tokens": {}, "logins": {}, "feeds": {}}
    async with database.write() as db:
        known = set((await db.exec(select(Feed.token_sha256))).all())
        for key, person in (await accounts(db)).items():
            actor = await load_actor(db, person)
            secret = kept.values["feeds"].get(key)
            if secret is None or fingerprint(secret) not in known:
                _, secret = await feeds.create(
                    db, actor, label="My sessions", negotiation=None, now=clock.now()
                )
                token = await make_token(
                    db, person, label="demonstration", scope=TokenScope.write, days=3650,
                    now=clock.now(),
                )  # fmt: skip
                kept.values["feeds"][key], kept.values["tokens"][key] = secret, token
            link = await make_link(db, person.id, now=clock.now(), minutes=24 * 60)
            for name, value in (
                ("tokens", kept.values["tokens"][key]),
                ("logins", link_address(settings.base_url, link)),
                ("feeds", feeds.address(settings.base_url, secret)),
            ):
                _place(told[name], key, value)
    kept.write()
    told["feeds"]["public"] = f"{settings.base_url}/public/{record_2010.SLUG}.ics"
    return {
        "base_url": settings.base_url,
        "negotiation": record_2010.SLUG,
        "practice": practice.SLUG,
        **told,
    }


def _place(told: dict[str, Any], key: str, value: str) -> None:
    if key in SECRETARIAT:
        told[key] = value
    elif key in record_2010.ACCOUNTS:
        told.setdefault("delegates", {})[key] = value
    else:
        told.setdefault("practice_delegates", {})[key] = value


class _Announcing(uvicorn.Server):
    """Prints who can sign in once the service answers."""

    def __init__(
        self, config: uvicorn.Config, told: dict[str, Any], settings: Settings, as_json: bool
    ) -> None:
        super().__init__(config)
        self._told, self._settings, self._as_json = told, settings, as_json

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            text = json.dumps(self._told) if self._as_json else _sheet(self._told, self._settings)
            print(text, flush=True)


def _sheet(told: dict[str, Any], settings: Settings) -> str:
    """What a newcomer needs: where to look, who can sign in, what to subscribe."""
    base = told["base_url"]
    lines = [
        f"The talks of November 2010 and invented practice talks are served on {base}",
        "",
        f"  What the public sees   {base}/public/{told['negotiation']}",
        f"  Public calendar        {told['feeds']['public']}",
        "",
        "Sign in (each link works once; new ones at each start) and subscribe (keep it secret):",
    ]
    headings = {
        "": "The secretariat of both talks",
        "delegates": "November 2010",
        "practice_delegates": "Practice talks",
    }
    for group, heading in headings.items():
        lines += ["", heading]
        links = told["logins"][group] if group else told["logins"]
        addresses = told["feeds"][group] if group else told["feeds"]
        for key, link in links.items():
            if isinstance(link, str):
                lines += [f"  {key.replace('_', '-')}", f"    sign in  {link}"]
                lines.append(f"    calendar {addresses[key]}")
    lines += [
        "",
        f"Mails lie as files in {settings.letters.absolute()}",
        "",
        "For the commands beside it:",
        f"  export NEGOTIATIONS_DATABASE_URL={plain_address(settings.database_url)}",
        f"  export NEGOTIATIONS_BASE_URL={base}",
        "Stop with Ctrl-C; what was written stays.",
    ]
    return "\n".join(lines)
