"""A judgement that was emptied with what was redacted may be kept again, as it was."""

from alembic import op

revision = "0008"
down_revision = "0007"

KEPT = ("id", "case_id", "force", "as_of", "known_at", "verdict", "status", "input_sha256",
        "engine", "actor", "recorded_at")  # fmt: skip
"""What of a judgement stays, whatever becomes of its document."""
STAYS = "NEW.body IS NOT NULL"
STAYS_OR_RETURNS = "(NEW.body IS NOT NULL AND OLD.body IS NOT NULL)"
DIGEST = "encode(sha256(convert_to(NEW.body, 'UTF8')), 'hex') <> NEW.id"
"""SQLite has no digests: there whoever opens the store sees to it, and `encircle store check`."""


def upgrade() -> None:
    """Let what is empty be filled, with what it was."""
    _guard(STAYS_OR_RETURNS, DIGEST)


def downgrade() -> None:
    """Let what is empty stay so."""
    _guard(STAYS, "false")


def _guard(rule: str, digest: str) -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    differs = "IS NOT" if is_sqlite else "IS DISTINCT FROM"
    changed = " OR ".join(f'NEW."{name}" {differs} OLD."{name}"' for name in KEPT)
    if is_sqlite:
        op.execute("DROP TRIGGER judgements_stay")
        op.execute(f"""
            CREATE TRIGGER judgements_stay BEFORE UPDATE ON judgements
            WHEN {changed} OR {rule}
            BEGIN SELECT RAISE(ABORT, 'append only: a judgement stays as it was kept'); END
        """)
        return
    op.execute(f"""
        CREATE OR REPLACE FUNCTION keep_judgements() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP <> 'UPDATE' THEN
                RAISE EXCEPTION 'append only: a judgement is never dropped';
            ELSIF {changed} OR {rule} OR {digest} THEN
                RAISE EXCEPTION 'append only: a judgement stays as it was kept';
            END IF;
            RETURN NEW;
        END $$
    """)
