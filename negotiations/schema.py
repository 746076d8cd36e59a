"""The schema's revision: which one this program needs, which one a database has, and going there.

What serves asks for the first two only. Alembic, which takes as much memory as a thousand feeds,
is imported where tables are changed.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import NullPool, create_engine, inspect, text
from sqlalchemy.engine import make_url

from negotiations.errors import Refused
from negotiations.models import metadata, row_walls

if TYPE_CHECKING:
    from alembic.config import Config


def migrations_folder() -> Path:
    """The folder of the migrations: beside this file in a wheel, at the top in a checkout."""
    packaged = Path(__file__).parent / "migrations"
    return packaged if packaged.exists() else Path(__file__).parent.parent / "alembic"


def _alembic(url: str) -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(migrations_folder()))
    sync = make_url(url)
    if sync.get_backend_name() == "sqlite":
        sync = sync.set(drivername="sqlite")
    # Alembic's file format takes a percent sign for the start of a reference.
    address = sync.render_as_string(hide_password=False).replace("%", "%%")
    config.set_main_option("sqlalchemy.url", address)
    return config


def migrate(url: str, revision: str = "head", *, role: str | None = None) -> None:
    """Bring the schema to `revision`, in one transaction.

    `role`, as USER or USER:PASSWORD, may then do what requests do (PostgreSQL); see `let_in`.
    """
    from alembic import command

    command.upgrade(_alembic(url), revision)
    if role is not None and make_url(url).get_backend_name() == "postgresql":
        let_in(url, role)


def let_in(url: str, role: str) -> None:
    """Grant the role of requests what it needs; it is made where it isn't there and we may.

    Refused with what an administrator of the database has to run where we may not.
    """
    from psycopg import sql

    name, _, password = role.partition(":")
    engine = create_engine(url, poolclass=NullPool, hide_parameters=True)
    with engine.connect() as connection, connection.begin():
        quote = connection.connection.driver_connection
        known = text("SELECT count(*) FROM pg_roles WHERE rolname = :name")
        quoted = sql.Identifier(name).as_string(quote)
        if not connection.scalar(known, {"name": name}):
            if not connection.scalar(_MAY_MAKE_ROLES):
                raise Refused(
                    f"PostgreSQL has no role {name}, as which requests are answered "
                    "(NEGOTIATIONS_REQUESTS_ROLE). Make it as its administrator: "
                    f"createuser --pwprompt {name}"
                )
            secret = f" PASSWORD {sql.Literal(password).as_string(quote)}" if password else ""
            connection.exec_driver_sql(f"CREATE ROLE {quoted} LOGIN{secret}")
        for statement in row_walls.grants(quoted, metadata.tables):
            connection.exec_driver_sql(statement)


_MAY_MAKE_ROLES = text(
    "SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user"
)


def unmigrate(url: str, revision: str) -> None:
    """Take the schema back to `revision` (`base`: to nothing), in one transaction."""
    from alembic import command

    command.downgrade(_alembic(url), revision)


def head_revision() -> str:
    """The revision this version of the program needs: the files' names begin with theirs."""
    files = (migrations_folder() / "versions").glob("[0-9]*_*.py")
    return max(one.name.partition("_")[0] for one in files)


def revision_of(url: str) -> str | None:
    """The revision the tables of this database are at; None when it has none."""
    sync = make_url(url)
    if sync.get_backend_name() == "sqlite":
        if not Path(sync.database or "").exists():
            return None
        sync = sync.set(drivername="sqlite")
    engine = create_engine(sync, poolclass=NullPool, hide_parameters=True)
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
        return found
