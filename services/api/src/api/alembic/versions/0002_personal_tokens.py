"""Personal tokens: sessions that somebody made for another program."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A table beside `sessions`: processes that do not know it go on as before."""
    op.create_table(
        "personal_tokens",
        sa.Column("id", sa.Uuid, sa.ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("audience", sa.String(20), nullable=False),
        sa.Column("scope", sa.String(10), nullable=False),
        sa.Column("token_hash", sa.LargeBinary, nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("scope IN ('read', 'write')", name="personal_tokens_scope"),
    )
    op.create_index("personal_tokens_by_hash", "personal_tokens", ["token_hash"], unique=True)


def downgrade() -> None:
    """Without the table the sessions would be logins like any other."""
    op.execute("DELETE FROM sessions USING personal_tokens t WHERE t.id = sessions.id")
    op.drop_table("personal_tokens")
