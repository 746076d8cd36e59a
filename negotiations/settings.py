"""How this installation is set up; the only reader of the environment."""

from typing import Annotated, Any

from pydantic import AfterValidator, Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from negotiations.errors import Refused

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
    return url.set(drivername=DRIVERS[backend]).render_as_string(hide_password=False)


def _base_url(value: str) -> str:
    if not value.startswith(("http://", "https://")):
        raise ValueError("must begin with https:// (or http:// on a trusted network)")
    return value.rstrip("/")


class Settings(BaseSettings):
    """All settings, each an environment variable `NEGOTIATIONS_…`."""

    model_config = SettingsConfigDict(env_prefix="NEGOTIATIONS_", extra="ignore")

    database_url: Annotated[str, AfterValidator(_database_url)] = Field(
        description="Where the rows are: sqlite:///FILE or postgresql://USER@HOST/NAME"
    )
    base_url: Annotated[str, AfterValidator(_base_url)] = Field(
        default="http://127.0.0.1:8000",
        description="The address people reach the service at; every link begins with it",
    )
    forwarded_allow_ips: str = Field(
        default="127.0.0.1",
        description="Proxies whose X-Forwarded-For and -Proto are believed (comma-separated)",
    )
    login_days: int = Field(
        default=14, ge=1, le=365, description="Days after which a browser signs in again"
    )
    link_minutes: int = Field(
        default=60, ge=5, le=10080, description="Minutes for which a one-time sign-in link is good"
    )

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
