"""How migrations run: on one connection, in one transaction, by the address they are given."""

from alembic import context
from sqlalchemy import create_engine, event, pool

from negotiations.models import metadata, word_index

config = context.config


def run() -> None:
    """Upgrade or downgrade; SQLite's own transaction covers schema changes too."""
    engine = create_engine(
        config.get_main_option("sqlalchemy.url"), poolclass=pool.NullPool, hide_parameters=True
    )
    if engine.dialect.name == "sqlite":

        @event.listens_for(engine, "connect")
        def _ours(connection, _record):
            connection.isolation_level = None

        @event.listens_for(engine, "begin")
        def _begin(connection):
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=metadata,
            render_as_batch=True,
            compare_type=True,
            include_name=lambda name, *_: not (name or "").startswith(word_index.NAME),
            transaction_per_migration=False,
            # Alembic takes SQLite for a database that commits with each change of the schema.
            transactional_ddl=True,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
