"""What was told of a change goes where its words are redacted, and nothing else of it does."""

from alembic import op

revision = "0007"
down_revision = "0006"

NOTED = {
    "changes": ("seq", "case_id", "force", "is_correction", "was", "now", "as_of", "recorded_at",
                "revision"),
    "ratings": ("seq", "case_id", "claim", "rating", "definition", "as_of", "input_sha256",
                "engine", "recorded_at"),
}  # fmt: skip
"""What of them stays in any case."""
GONE = '["What was said here was redacted."]'
REDACTED = (
    "EXISTS (SELECT 1 FROM revisions AS r WHERE r.case_id = OLD.case_id AND r.act = 'redact')"
)


def upgrade() -> None:
    """Let reasons be emptied where something of the case was redacted."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for table, kept in NOTED.items():
        same, told = "IS" if is_sqlite else "IS NOT DISTINCT FROM", f"NEW.because = '{GONE}'"
        is_right = " AND ".join([told, REDACTED, *(f"NEW.{one} {same} OLD.{one}" for one in kept)])
        if is_sqlite:
            op.execute(f"DROP TRIGGER {table}_no_update")
            _guard_sqlite(table, f"WHEN NOT ({is_right})")
            continue
        op.execute(f"DROP TRIGGER {table}_stay ON {table}")
        op.execute(f"""
            CREATE FUNCTION keep_{table}() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF {is_right} THEN RETURN NEW; END IF;
                RAISE EXCEPTION 'append only: what was told stays';
            END $$
        """)
        op.execute(f"""
            CREATE TRIGGER {table}_as_told BEFORE UPDATE ON {table}
            FOR EACH ROW EXECUTE FUNCTION keep_{table}()
        """)
        op.execute(f"""
            CREATE TRIGGER {table}_stay BEFORE DELETE OR TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION keep_told()
        """)


def downgrade() -> None:
    """Guard as before; what was emptied stays so."""
    for table in NOTED:
        if op.get_bind().dialect.name == "sqlite":
            op.execute(f"DROP TRIGGER {table}_no_update")
            _guard_sqlite(table)
            continue
        op.execute(f"DROP TRIGGER {table}_as_told ON {table}")
        op.execute(f"DROP FUNCTION keep_{table}()")
        op.execute(f"DROP TRIGGER {table}_stay ON {table}")
        op.execute(f"""
            CREATE TRIGGER {table}_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION keep_told()
        """)


def _guard_sqlite(table: str, where: str = "") -> None:
    op.execute(f"""
        CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {where}
        BEGIN SELECT RAISE(ABORT, 'append only: what was told stays'); END
    """)
