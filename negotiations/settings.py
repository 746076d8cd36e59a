"""How this installation is set up; the only reader of the environment."""

from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, Field, ValidationError, ValidationInfo
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from negotiations.errors import Refused

MOST_GRACE = 90  # days
LEAST_KEY = 32  # characters
MOST_NAME = 20  # characters: with a sign and what is signed the local part has 64 at most
DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+psycopg"}


def _database_url(value: str) -> str:
    try:
        url = make_url(value)
    except ArgumentError:
        raise ValueError("is not a database address; write sqlite:///FILE or postgresql://…")  # noqa: B904
    backend = url.get_backend_name()
    if backend not in DRIVERS:
        raise ValueError(f"names {backend!r}; use sqlite:///FILE or postgresql://USER@HOST/NAME")
    if backend == "sqlite" and url.database in (None, "", ":memory:"):
        raise ValueError("needs a file, as sqlite:///negotiations.db")
    if backend == "sqlite" and (url.query or str(url.database).startswith("file:")):
        raise ValueError("takes a file and no options, as sqlite:///negotiations.db")
    return url.set(drivername=DRIVERS[backend]).render_as_string(hide_password=False)


def _base_url(value: str) -> str:
    if not value.startswith(("http://", "https://")):
        raise ValueError("must begin with https:// (or http:// on a trusted network)")
    return value.rstrip("/")


def _networks(value: str) -> str:
    for one in filter(None, (part.strip() for part in value.split(","))):
        try:
            ip_network(one)
        except ValueError:
            raise ValueError(f"holds {one!r}; write addresses as 127.0.0.1,10.0.0.0/8") from None
    return value


def _smtp_url(value: str) -> str:
    if not value:
        return value
    try:
        parts = urlsplit(value)
        fits = parts.scheme in ("smtp", "smtps") and parts.hostname and parts.port != 0
    except ValueError:
        fits = False
    if not fits or parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError("is no mail server; write smtp://USER:PASSWORD@HOST:587 or smtps://…")
    if (parts.username is None) != (parts.password is None):
        raise ValueError("names a user without a password; write smtp://USER:PASSWORD@HOST:587")
    return value


def _mail_from(value: str, others: ValidationInfo) -> str:
    if not value and others.data.get("smtp_url"):
        raise ValueError("is not set. It is the address that mails come from")
    try:
        return value and validate_email(value, check_deliverability=False).normalized
    except EmailNotValidError as error:
        raise ValueError(f"is no mail address: {str(error).rstrip('.')}") from None


def _secret_key(value: str) -> str:
    if value and len(value) < LEAST_KEY:
        raise ValueError(f"is too short: make {LEAST_KEY} random characters or more")
    return value


def _reply_address(value: str, others: ValidationInfo) -> str:
    if not value:
        return value
    try:
        checked = validate_email(value, check_deliverability=False, allow_smtputf8=False).normalized
    except EmailNotValidError as error:
        raise ValueError(f"is no mail address: {str(error).rstrip('.')}") from None
    name = checked.partition("@")[0]
    if len(name) > MOST_NAME or "+" in name:
        raise ValueError(
            f"must have at most {MOST_NAME} characters and no + before its @, as "
            "reply@talks.example: what tells one answer from another is put there"
        )
    if not others.data.get("secret_key"):
        raise ValueError("needs NEGOTIATIONS_SECRET_KEY, by which its addresses are signed")
    return checked.lower()


def _hourly(value: int) -> int:
    if 0 < value < 60:
        raise ValueError("must be 60 or more (programs look often), or 0 for no limit")
    return value


class Settings(BaseSettings):
    """All settings, each an environment variable `NEGOTIATIONS_…`."""

    model_config = SettingsConfigDict(env_prefix="NEGOTIATIONS_", extra="ignore")

    database_url: Annotated[str, AfterValidator(_database_url)] = Field(
        description="Where the rows are: sqlite:///FILE or postgresql://USER@HOST/NAME"
    )
    requests_role: str = Field(
        default="negotiations_requests",
        min_length=1,
        description="PostgreSQL: as whom requests are answered, USER or USER:PASSWORD",
    )
    base_url: Annotated[str, AfterValidator(_base_url)] = Field(
        default="http://127.0.0.1:8000",
        description="The address people reach the service at; every link begins with it",
    )
    forwarded_allow_ips: str = Field(
        default="127.0.0.1",
        description="Proxies whose X-Forwarded-For and -Proto are believed (comma-separated)",
    )
    smtp_url: Annotated[str, AfterValidator(_smtp_url)] = Field(
        default="",
        description="The mail server, smtp://USER:PASSWORD@HOST:587 or smtps://…; else into files",
    )
    mail_from: Annotated[str, AfterValidator(_mail_from)] = Field(
        default="", validate_default=True, description="The address that mails come from"
    )
    mail_folder: str = Field(
        default="",
        description="Without a mail server: the folder that mails are put into; else beside SQLite",
    )
    secret_key: Annotated[str, AfterValidator(_secret_key)] = Field(
        default="",
        description="What the secrets of webhooks and answers are made from; else there are none",
    )
    reply_address: Annotated[str, AfterValidator(_reply_address)] = Field(
        default="",
        description="Where calendar programs answer invitations, reply@HOST; without it none go",
    )
    outgoing_inside: Annotated[str, AfterValidator(_networks)] = Field(
        default="",
        description="Networks that aren't public and that webhooks may go to, by http too",
    )
    login_days: int = Field(
        default=14, ge=1, le=365, description="Days after which a browser signs in again"
    )
    link_minutes: int = Field(
        default=60, ge=5, le=10080, description="Minutes for which a one-time sign-in link is good"
    )
    requests_per_minute: int = Field(
        default=600, ge=0, description="Requests of one token or login a minute; 0: no limit"
    )
    feed_fetches_per_hour: Annotated[int, AfterValidator(_hourly)] = Field(
        default=600, ge=0, description="Fetches of one secret calendar address an hour; 0: no limit"
    )
    feed_grace_days: int = Field(
        default=14,
        ge=0,
        le=MOST_GRACE,
        description="Days for which a calendar address goes on working beside the new one",
    )
    feed_cache_mb: int = Field(
        default=64, ge=1, le=65536, description="Memory for calendars, in MB and for each process"
    )
    wrong_secrets_per_hour: int = Field(
        default=100,
        ge=0,
        description="Unknown calendar addresses, tokens and links a network may try; 0: no limit",
    )
    body_seconds: int = Field(
        default=30, ge=1, le=600, description="Seconds within which a request's body must arrive"
    )
    log_format: Literal["auto", "json", "console"] = Field(
        default="auto", description="auto: for people on a terminal, JSON elsewhere"
    )
    metrics_allow_ips: Annotated[str, AfterValidator(_networks)] = Field(
        default="127.0.0.1,::1", description="Addresses and networks that may read /metrics"
    )

    @property
    def requests_url(self) -> str | None:
        """The same database as the role of requests; None on SQLite, which has no roles."""
        url = make_url(self.database_url)
        if url.get_backend_name() == "sqlite":
            return None
        name, _, password = self.requests_role.partition(":")
        other = url._replace(username=name, password=password or None)
        return other.render_as_string(hide_password=False)

    @property
    def letters(self) -> Path:
        """Where mails are put without a mail server: by default `mail` beside the SQLite file, or
        in the folder that the service was started in."""
        url = make_url(self.database_url)
        beside = Path(url.database or "").parent if url.get_backend_name() == "sqlite" else Path()
        return Path(self.mail_folder) if self.mail_folder else beside / "mail"

    @property
    def sender(self) -> str:
        """The address that mails come from."""
        return self.mail_from or "negotiations@localhost"

    @property
    def invites(self) -> bool:
        """Whether sessions can go out as invitations: answers have an address to come back to."""
        return bool(self.reply_address and self.secret_key)

    @property
    def https(self) -> bool:
        """Whether people reach the service over https, so that cookies must be Secure."""
        return self.base_url.startswith("https://")


def load(**overrides: Any) -> Settings:
    """The settings of this process; `Refused` with one line naming the first wrong variable."""
    try:
        return Settings(**overrides)
    except ValidationError as error:
        first = error.errors()[0]
        name = f"NEGOTIATIONS_{str(first['loc'][0]).upper()}"
        if first["type"] == "missing":
            hint = Settings.model_fields[str(first["loc"][0])].description
            raise Refused(f"{name} is not set. {hint}.") from None
        raise Refused(f"{name} {first['msg'].removeprefix('Value error, ')}.") from None
