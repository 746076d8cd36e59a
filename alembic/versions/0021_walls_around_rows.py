"""PostgreSQL itself keeps one side's rows from the others"""

from alembic import op

from negotiations.models import row_walls

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

# Those of this revision: a later one adds its own.
TABLES = (
    "caucus", "session", "agenda_item", "session_change", "note", "note_revision", "kept_note",
    "note_draft", "event_bytes", "audit_entry", "outbox_event",
)  # fmt: skip


def upgrade() -> None:
    for statement in row_walls.statements(op.get_bind().dialect.name, TABLES, first=True):
        op.execute(statement)


def downgrade() -> None:
    for statement in row_walls.removal(op.get_bind().dialect.name, TABLES, last=True):
        op.execute(statement)
