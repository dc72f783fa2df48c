"""${message}."""

from alembic import op
import sqlalchemy as sa

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Expand only: the release before this one must go on working."""
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    """Back to the schema before."""
    ${downgrades if downgrades else "pass"}
