"""To whom mails of the talks don't get through; which mails requests may see at all"""

import sqlalchemy as sa
from alembic import op

from negotiations.models import row_walls

revision = "0031"
down_revision = "0029"
branch_labels = None
depends_on = None

# As it was until now: by what is shut out, and not by what is let in.
BEFORE = (
    "kind NOT IN ('changes', 'reminder', 'waiting', 'digest') "
    "OR '*' = ANY ((SELECT wall.readers())::text[])"
)


def upgrade() -> None:
    op.create_table(
        "mail_trouble",
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("negotiation_id", sa.String(length=32), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("again", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_mail_trouble_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["negotiation_id"], ["negotiation.id"], name=op.f("fk_mail_trouble_negotiation_id")
        ),
        sa.PrimaryKeyConstraint("person_id", "negotiation_id", name=op.f("pk_mail_trouble")),
    )
    for statement in row_walls.renewal(op.get_bind().dialect.name, ["mail"]):
        op.execute(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"ALTER POLICY readers ON mail USING ({BEFORE}) WITH CHECK ({BEFORE})")
    op.drop_table("mail_trouble")
