"""PostgreSQL itself keeps drafts of minutes, and what search knows of one side, from the others"""

from alembic import op

from negotiations.models import row_walls

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

WALLED = ("summary_revision", "search_entry")
# Until now what was rendered for the secretariat was nobody's secret.
BEFORE = "audience <> 'caucus' OR '*' = ANY ((SELECT wall.readers())::text[])"


def upgrade() -> None:
    dialect = op.get_bind().dialect.name
    for statement in (
        *row_walls.renewed_functions(dialect),
        *row_walls.statements(dialect, WALLED),
        *row_walls.renewal(dialect, ["event_bytes"]),
        *row_walls.word_search(dialect),
    ):
        op.execute(statement)


def downgrade() -> None:
    dialect = op.get_bind().dialect.name
    for statement in (
        *row_walls.word_search_removal(dialect),
        *row_walls.removal(dialect, WALLED),
    ):
        op.execute(statement)
    if dialect == "postgresql":
        op.execute(f"ALTER POLICY readers ON event_bytes USING ({BEFORE}) WITH CHECK ({BEFORE})")
