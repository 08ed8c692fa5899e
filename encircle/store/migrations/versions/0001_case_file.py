"""The case file: who, which cases, and the log of revisions, which nobody changes."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

INSTANT, NAME, HASH = sa.String(27), sa.String(200), sa.String(64)
KEPT = (
    "seq", "case_id", "what", "subject", "number", "act", "recorded_at", "actor", "why",
    "body_sha256", "previous", "hash",
)  # fmt: skip
"""What a revision says of itself: this stays, whatever is redacted."""


def upgrade() -> None:
    """Make the tables, and what a database itself refuses."""
    op.create_table(
        "actors",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", NAME, nullable=False),
        sa.Column("key_sha256", HASH),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT),
        sa.Column("revoked_at", INSTANT),
        sa.UniqueConstraint("name", name="uq_actors_name"),
        sa.UniqueConstraint("key_sha256", name="uq_actors_key_sha256"),
    )
    op.create_table(
        "cases",
        sa.Column("id", NAME, primary_key=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("actor", NAME, nullable=False),
    )
    op.create_table(
        "grants",
        sa.Column(
            "actor_id",
            sa.Integer,
            sa.ForeignKey("actors.id", name="fk_grants_actor_id"),
            primary_key=True,
        ),
        sa.Column("case_id", NAME, primary_key=True),
        sa.Column("role", sa.String(12), nullable=False),
        sa.CheckConstraint(
            "role IN ('reader', 'contributor', 'editor', 'admin')", name="ck_grants_role"
        ),
    )
    op.create_table(
        "revisions",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
        sa.Column(
            "case_id", NAME, sa.ForeignKey("cases.id", name="fk_revisions_case_id"), nullable=False
        ),
        sa.Column("what", sa.String(8), nullable=False),
        sa.Column("subject", NAME, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("act", sa.String(7), nullable=False),
        sa.Column("body", sa.Text),
        sa.Column("kind", sa.String(16)),
        sa.Column("shape", sa.String(5)),
        sa.Column("force", NAME),
        sa.Column("track", NAME),
        sa.Column("seen_at", INSTANT),
        sa.Column("heard_at", INSTANT),
        sa.Column("valid_from", INSTANT),
        sa.Column("valid_to", INSTANT),
        *(sa.Column(side, sa.Float) for side in ("west", "south", "east", "north")),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("actor", NAME, nullable=False),
        sa.Column("why", sa.Text),
        sa.Column("body_sha256", HASH, nullable=False),
        sa.Column("previous", HASH, nullable=False),
        sa.Column("hash", HASH, nullable=False),
        sa.UniqueConstraint("hash", name="uq_revisions_hash"),
        sa.UniqueConstraint(
            "case_id", "what", "subject", "number", name="uq_revisions_case_id_what_subject_number"
        ),
        sa.CheckConstraint(
            "what IN ('feature', 'layer', 'settings', 'access')", name="ck_revisions_what"
        ),
        sa.CheckConstraint(
            "act IN ('post', 'correct', 'retract', 'redact')", name="ck_revisions_act"
        ),
        sa.CheckConstraint("act = 'post' OR why IS NOT NULL", name="ck_revisions_why"),
        sa.CheckConstraint("(number = 1) = (act = 'post')", name="ck_revisions_first"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_revisions_case_id_what_subject_seq", "revisions", ["case_id", "what", "subject", "seq"]
    )
    op.create_index("ix_revisions_case_id_recorded_at", "revisions", ["case_id", "recorded_at"])
    op.create_table(
        "changes",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
        sa.Column(
            "case_id", NAME, sa.ForeignKey("cases.id", name="fk_changes_case_id"), nullable=False
        ),
        sa.Column("force", NAME, nullable=False),
        sa.Column("is_correction", sa.Boolean, nullable=False),
        sa.Column("was", sa.Text),
        sa.Column("now", sa.Text),
        sa.Column("because", sa.Text, nullable=False),
        sa.Column("as_of", INSTANT, nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column(
            "revision",
            HASH,
            sa.ForeignKey("revisions.hash", name="fk_changes_revision"),
            nullable=False,
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_changes_case_id_seq", "changes", ["case_id", "seq"])
    op.create_table(
        "ratings",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
        sa.Column(
            "case_id", NAME, sa.ForeignKey("cases.id", name="fk_ratings_case_id"), nullable=False
        ),
        sa.Column("claim", NAME, nullable=False),
        sa.Column("rating", sa.String(32)),
        sa.Column("definition", sa.String(32)),
        sa.Column("because", sa.Text, nullable=False),
        sa.Column("as_of", INSTANT, nullable=False),
        sa.Column("input_sha256", HASH, nullable=False),
        sa.Column("engine", sa.String(64), nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_ratings_case_id_claim_seq", "ratings", ["case_id", "claim", "seq"])
    op.create_table(
        "watches",
        sa.Column("id", NAME, primary_key=True),
        sa.Column(
            "case_id", NAME, sa.ForeignKey("cases.id", name="fk_watches_case_id"), nullable=False
        ),
        sa.Column("force", NAME, nullable=False),
        sa.Column("condition", sa.String(200), nullable=False),
        sa.Column("url", sa.Text),
        sa.Column("secret", sa.Text),
        sa.Column("actor", NAME, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("held", sa.Boolean),
        sa.Column("ended_at", INSTANT),
    )
    op.create_table(
        "deliveries",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
        sa.Column(
            "watch_id",
            NAME,
            sa.ForeignKey("watches.id", name="fk_deliveries_watch_id"),
            nullable=False,
        ),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("status", sa.String(8), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("next_at", INSTANT, nullable=False),
        sa.Column("error", sa.Text),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.CheckConstraint(
            "status IN ('waiting', 'sent', 'given up')", name="ck_deliveries_status"
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_deliveries_status_next_at", "deliveries", ["status", "next_at"])
    op.create_table(
        "idempotency",
        sa.Column("actor", NAME, primary_key=True),
        sa.Column("key", NAME, primary_key=True),
        sa.Column("body_sha256", HASH, nullable=False),
        sa.Column("answer", sa.Text, nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
    )
    if op.get_bind().dialect.name == "sqlite":
        _guard_sqlite()
    else:
        _guard_postgresql()


def _guard_sqlite() -> None:
    """Refuse to change a revision, but to empty what was redacted; and to drop one."""
    changed = " OR ".join(f'NEW."{name}" IS NOT OLD."{name}"' for name in KEPT)
    op.execute(f"""
        CREATE TRIGGER revisions_stay BEFORE UPDATE ON revisions
        WHEN {changed} OR NEW.body IS NOT NULL OR NOT {_redacted()}
        BEGIN SELECT RAISE(ABORT, 'append only: a revision stays as it was recorded'); END
    """)
    op.execute("""
        CREATE TRIGGER revisions_remain BEFORE DELETE ON revisions
        BEGIN SELECT RAISE(ABORT, 'append only: a revision is never dropped'); END
    """)


def _guard_postgresql() -> None:
    changed = " OR ".join(f'NEW."{name}" IS DISTINCT FROM OLD."{name}"' for name in KEPT)
    op.execute(f"""
        CREATE FUNCTION keep_revisions() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP <> 'UPDATE' THEN
                RAISE EXCEPTION 'append only: a revision is never dropped';
            ELSIF {changed} OR NEW.body IS NOT NULL OR NOT {_redacted()} THEN
                RAISE EXCEPTION 'append only: a revision stays as it was recorded';
            END IF;
            RETURN NEW;
        END $$
    """)
    op.execute("""
        CREATE TRIGGER revisions_stay BEFORE UPDATE OR DELETE ON revisions
        FOR EACH ROW EXECUTE FUNCTION keep_revisions()
    """)
    op.execute("""
        CREATE TRIGGER revisions_remain BEFORE TRUNCATE ON revisions
        FOR EACH STATEMENT EXECUTE FUNCTION keep_revisions()
    """)


def _redacted() -> str:
    """Whether the subject of OLD was redacted."""
    return """EXISTS (SELECT 1 FROM revisions AS r WHERE r.case_id = OLD.case_id
        AND r.what = OLD.what AND r.subject = OLD.subject AND r.act = 'redact')"""


def downgrade() -> None:
    """Drop them, with everything in them."""
    for table in (
        "idempotency",
        "deliveries",
        "watches",
        "ratings",
        "changes",
        "revisions",
        "grants",
        "cases",
        "actors",
    ):
        op.drop_table(table)
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION keep_revisions()")
