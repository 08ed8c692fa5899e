"""The record: judgements kept as they were given."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

INSTANT, NAME, HASH = sa.String(27), sa.String(200), sa.String(64)
KEPT = ("id", "case_id", "force", "as_of", "known_at", "verdict", "status", "input_sha256",
        "engine", "actor", "recorded_at")  # fmt: skip
"""What of a judgement stays, also where something on its map is redacted."""


def upgrade() -> None:
    """Make the table, of which nothing is changed or dropped but a document that is emptied."""
    op.create_table(
        "judgements",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
        sa.Column("id", HASH, nullable=False),
        sa.Column(
            "case_id", NAME, sa.ForeignKey("cases.id", name="fk_judgements_case_id"),
            nullable=False,
        ),
        sa.Column("force", NAME, nullable=False),
        sa.Column("as_of", sa.String(40), nullable=False),
        sa.Column("known_at", INSTANT, nullable=False),
        sa.Column("verdict", sa.String(20), nullable=False),
        sa.Column("status", sa.String(4), nullable=False),
        sa.Column("input_sha256", HASH, nullable=False),
        sa.Column("engine", sa.String(64), nullable=False),
        sa.Column("actor", NAME, nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("body", sa.Text),
        sa.UniqueConstraint("case_id", "id", name="uq_judgements_case_id_id"),
        sqlite_autoincrement=True,
    )  # fmt: skip
    if op.get_bind().dialect.name == "sqlite":
        changed = " OR ".join(f'NEW."{name}" IS NOT OLD."{name}"' for name in KEPT)
        op.execute(f"""
            CREATE TRIGGER judgements_stay BEFORE UPDATE ON judgements
            WHEN {changed} OR NEW.body IS NOT NULL
            BEGIN SELECT RAISE(ABORT, 'append only: a judgement stays as it was kept'); END
        """)
        op.execute("""
            CREATE TRIGGER judgements_remain BEFORE DELETE ON judgements
            BEGIN SELECT RAISE(ABORT, 'append only: a judgement is never dropped'); END
        """)
        return
    changed = " OR ".join(f'NEW."{name}" IS DISTINCT FROM OLD."{name}"' for name in KEPT)
    op.execute(f"""
        CREATE FUNCTION keep_judgements() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP <> 'UPDATE' THEN
                RAISE EXCEPTION 'append only: a judgement is never dropped';
            ELSIF {changed} OR NEW.body IS NOT NULL THEN
                RAISE EXCEPTION 'append only: a judgement stays as it was kept';
            END IF;
            RETURN NEW;
        END $$
    """)
    op.execute("""
        CREATE TRIGGER judgements_stay BEFORE UPDATE OR DELETE ON judgements
        FOR EACH ROW EXECUTE FUNCTION keep_judgements()
    """)
    op.execute("""
        CREATE TRIGGER judgements_remain BEFORE TRUNCATE ON judgements
        FOR EACH STATEMENT EXECUTE FUNCTION keep_judgements()
    """)


def downgrade() -> None:
    """Drop it, with everything in it."""
    op.drop_table("judgements")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION keep_judgements()")
