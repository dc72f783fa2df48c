"""Accounts, sessions, routines, exercises, idempotent answers."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# A version never repeats, not even after a backup was restored: it follows the clock (milliseconds) and always grows.
NEXT_VERSION = """
CREATE FUNCTION next_version(version bigint) RETURNS bigint LANGUAGE sql VOLATILE AS $$
    SELECT greatest(version + 1, (extract(epoch FROM clock_timestamp()) * 1000)::bigint)
$$
"""

# Every statement, whoever sends it, moves the state of each routine that it touched, once.
MOVE_ROUTINES = """
CREATE FUNCTION move_routines() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        UPDATE routines r SET total = total + c.n, version = next_version(version)
        FROM (SELECT routine_id, count(*) AS n FROM added GROUP BY routine_id) c WHERE r.id = c.routine_id;
    ELSIF TG_OP = 'DELETE' THEN
        UPDATE routines r SET total = total - c.n, version = next_version(version)
        FROM (SELECT routine_id, count(*) AS n FROM removed GROUP BY routine_id) c WHERE r.id = c.routine_id;
    ELSE
        UPDATE routines r SET total = total + c.n, version = next_version(version)
        FROM (SELECT routine_id, sum(n) AS n FROM (
                  SELECT routine_id, 1 AS n FROM added UNION ALL SELECT routine_id, -1 FROM removed
              ) moved GROUP BY routine_id) c WHERE r.id = c.routine_id;
    END IF;
    RETURN NULL;
END $$
"""

FORGET_ALL = """
CREATE FUNCTION forget_all_exercises() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE routines SET total = 0, version = next_version(version) WHERE total > 0;
    RETURN NULL;
END $$
"""

RENEW_EXERCISE = """
CREATE FUNCTION renew_exercise() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.version := OLD.version + 1;
    RETURN NEW;
END $$
"""

TRIGGERS = """
CREATE TRIGGER exercises_added AFTER INSERT ON exercises REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION move_routines();
CREATE TRIGGER exercises_removed AFTER DELETE ON exercises REFERENCING OLD TABLE AS removed
    FOR EACH STATEMENT EXECUTE FUNCTION move_routines();
CREATE TRIGGER exercises_changed AFTER UPDATE ON exercises REFERENCING OLD TABLE AS removed NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION move_routines();
CREATE TRIGGER exercises_truncated AFTER TRUNCATE ON exercises
    FOR EACH STATEMENT EXECUTE FUNCTION forget_all_exercises();
CREATE TRIGGER exercise_renewed BEFORE UPDATE ON exercises FOR EACH ROW EXECUTE FUNCTION renew_exercise();
"""

NOW = sa.text("now()")


def upgrade() -> None:
    """Everything of the first release."""
    _create_accounts()
    _create_routines()
    _create_idempotent_answers()
    for statement in (NEXT_VERSION, MOVE_ROUTINES, FORGET_ALL, RENEW_EXERCISE, *TRIGGERS.split(";")[:-1]):
        op.execute(statement)
    op.execute("INSERT INTO routines (owner_id) VALUES (NULL)")  # the shared one


def _create_accounts() -> None:
    op.create_table(
        "users",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("username", sa.String(50), nullable=False),
        sa.Column("email", sa.String(254)),
        sa.Column("role", sa.String(10), nullable=False),
        sa.Column("disabled", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("password_hash", sa.String(60), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
        sa.CheckConstraint("role IN ('admin', 'user', 'readonly', 'service')", name="users_role"),
    )
    op.create_index("users_by_name", "users", [sa.text("lower(username)")], unique=True)
    op.create_table(
        "sessions",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("user_id", sa.BigInteger, sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
        sa.Column("current_token", sa.Uuid, nullable=False),
        sa.Column("previous_token", sa.Uuid),
        sa.Column("renewed_at", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True)),
    )
    op.create_index("sessions_by_user", "sessions", ["user_id"])
    op.create_index("sessions_by_end", "sessions", ["expires_at"])


def _create_routines() -> None:
    op.create_table(
        "routines",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("owner_id", sa.BigInteger, sa.ForeignKey("users.id", ondelete="CASCADE")),
        sa.Column("total", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("version", sa.BigInteger, nullable=False, server_default="0"),
    )
    op.create_index("routines_one_per_owner", "routines", ["owner_id"], unique=True, postgresql_nulls_not_distinct=True)
    op.create_table(
        "exercises",
        sa.Column("id", sa.Integer, sa.Identity(), primary_key=True),
        sa.Column("routine_id", sa.BigInteger, sa.ForeignKey("routines.id", ondelete="CASCADE"), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("sets", sa.Integer, nullable=False),
        sa.Column("reps", sa.Integer, nullable=False),
        sa.Column("weight", sa.Float),
        sa.Column("workout_day", sa.String(10), nullable=False, server_default="A"),
        sa.Column("version", sa.Integer, nullable=False, server_default="1"),
        sa.CheckConstraint("char_length(name) BETWEEN 1 AND 100", name="exercises_name"),
        sa.CheckConstraint("sets BETWEEN 1 AND 100", name="exercises_sets"),
        sa.CheckConstraint("reps BETWEEN 1 AND 1000", name="exercises_reps"),
        sa.CheckConstraint("weight BETWEEN 0 AND 1000000", name="exercises_weight"),
        sa.CheckConstraint("char_length(workout_day) BETWEEN 1 AND 10", name="exercises_workout_day"),
    )
    op.create_index("exercises_by_id", "exercises", ["routine_id", "id"])


def _create_idempotent_answers() -> None:
    op.create_table(
        "idempotent_answers",
        sa.Column("caller", sa.String(60), primary_key=True),
        sa.Column("route", sa.String(40), primary_key=True),
        sa.Column("key", sa.String(255), primary_key=True),
        sa.Column("fingerprint", sa.LargeBinary, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("etag", sa.String(40), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
    )
    op.create_index("idempotent_answers_by_age", "idempotent_answers", ["created_at"])


def downgrade() -> None:
    """An empty database."""
    for table in ("idempotent_answers", "exercises", "routines", "sessions", "users"):
        op.drop_table(table)
    for function in ("move_routines", "forget_all_exercises", "renew_exercise", "next_version"):
        op.execute(f"DROP FUNCTION {function}")
