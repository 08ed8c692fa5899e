"""
Nothing kept is changed or dropped by any statement; reasons go with what is redacted.

Whose a track is stands beside it. What lies across the date line is searched as it lies.
"""

from collections.abc import Callable
from typing import Any

import orjson
import sqlalchemy as sa
from alembic import op

from encircle.store.geometry import bounds_of, span_of

revision = "0006"
down_revision = "0005"

KEPT = ("seq", "case_id", "what", "subject", "number", "act", "recorded_at", "actor",
        "body_sha256", "previous", "hash")  # fmt: skip
"""What a revision says of itself: this stays, whatever is redacted."""
REASONS_STAY = "NEW.why {differs} OLD.why OR NEW.body IS NOT NULL OR NOT {redacted}"
REASONS_GO = (
    "NEW.why_sha256 {differs} OLD.why_sha256 OR NEW.body IS NOT NULL OR NOT {redacted} "
    "OR (NEW.why {differs} OLD.why AND NEW.why <> '')"
)
REDACTED = """EXISTS (SELECT 1 FROM revisions AS r WHERE r.case_id = OLD.case_id
    AND r.what = OLD.what AND r.subject = OLD.subject AND r.act = 'redact'{later})"""
LATER = " AND r.seq > OLD.seq"
ONE_OF = {
    "revisions": ("r.seq = NEW.seq OR r.hash = NEW.hash OR (r.case_id = NEW.case_id AND "
                  "r.what = NEW.what AND r.subject = NEW.subject AND r.number = NEW.number)"),
    "judgements": "r.seq = NEW.seq OR (r.case_id = NEW.case_id AND r.id = NEW.id)",
    "changes": "r.seq = NEW.seq",
    "ratings": "r.seq = NEW.seq",
}  # fmt: skip
"""Table to what two of its rows may not share: SQLite would replace the one by the other."""
NOTED = ("changes", "ratings")
WEST_EAST = sa.text("UPDATE revisions SET west = :west, east = :east WHERE seq = :seq")


def upgrade() -> None:
    """Guard every table of what was said, and let reasons be redacted."""
    columns = op.get_bind().exec_driver_sql("SELECT * FROM revisions LIMIT 0").keys()
    if "why_sha256" not in columns:
        op.add_column("revisions", sa.Column("why_sha256", sa.String(64)))
    op.add_column("revisions", sa.Column("side", sa.String(200)))
    _unguard()
    _measure("east - west > 180", span_of)
    _copy_sides()
    _guard(REASONS_GO, LATER)
    if op.get_bind().dialect.name == "sqlite":
        for table, shared in ONE_OF.items():
            there = f"EXISTS (SELECT 1 FROM {table} AS r WHERE {shared})"  # noqa: S608 - our own
            op.execute(f"""
                CREATE TRIGGER {table}_once BEFORE INSERT ON {table} WHEN {there}
                BEGIN SELECT RAISE(ABORT, 'append only: what is kept is not replaced'); END
            """)
        for table in NOTED:
            for act in ("UPDATE", "DELETE"):
                op.execute(f"""
                    CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table}
                    BEGIN SELECT RAISE(ABORT, 'append only: what was told stays'); END
                """)
        return
    op.execute("""
        CREATE FUNCTION keep_told() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'append only: what was told stays'; END $$
    """)
    for table in NOTED:
        op.execute(f"""
            CREATE TRIGGER {table}_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION keep_told()
        """)


def downgrade() -> None:
    """
    Guard as before; reasons that were redacted stay so.

    The hashes of reasons stay, too, which nothing could give again: lines were hashed over them.
    """
    _unguard()
    _measure("west > east", lambda geometry: bounds_of((geometry or {}).get("coordinates")))
    if op.get_bind().dialect.name == "sqlite":
        for table in ONE_OF:
            op.execute(f"DROP TRIGGER {table}_once")
        for table in NOTED:
            op.execute(f"DROP TRIGGER {table}_no_update")
            op.execute(f"DROP TRIGGER {table}_no_delete")
    else:
        for table in NOTED:
            op.execute(f"DROP TRIGGER {table}_stay ON {table}")
        op.execute("DROP FUNCTION keep_told()")
    op.drop_column("revisions", "side")
    _guard(REASONS_STAY, "")


def _measure(which: str, measure: Callable[[Any], Any]) -> None:
    """Write anew between which meridians lies what may lie across the date line."""
    connection = op.get_bind()
    log = sa.table("revisions", *map(sa.column, ("seq", "body", "what")))
    asked = sa.select(log.c.seq, log.c.body).where(
        log.c.body.is_not(None), log.c.what == "feature", sa.text(which)
    )
    for seq, body in connection.execute(asked).all():
        if box := measure(orjson.loads(body).get("geometry")):
            connection.execute(WEST_EAST, {"seq": seq, "west": box[0], "east": box[2]})


def _copy_sides() -> None:
    """Copy of everything posted before whose it is."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    side = "json_extract(body, '$.properties.side')"
    if not is_sqlite:
        side = "body::json #>> '{properties,side}'"
    side = f"substr({side}, 1, 200)"
    op.execute(
        f"UPDATE revisions SET side = {side} WHERE what = 'feature' AND body IS NOT NULL"  # noqa: S608 - our own words
    )


def _unguard() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER revisions_stay")
    else:
        op.execute("DROP TRIGGER revisions_stay ON revisions")


def _guard(rule: str, later: str) -> None:
    """Refuse to change a revision, but to empty what was redacted."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    differs = "IS NOT" if is_sqlite else "IS DISTINCT FROM"
    changed = " OR ".join(f'NEW."{name}" {differs} OLD."{name}"' for name in KEPT)
    rest = rule.format(differs=differs, redacted=REDACTED.format(later=later))
    if is_sqlite:
        op.execute(f"""
            CREATE TRIGGER revisions_stay BEFORE UPDATE ON revisions WHEN {changed} OR {rest}
            BEGIN SELECT RAISE(ABORT, 'append only: a revision stays as it was recorded'); END
        """)
        return
    op.execute(f"""
        CREATE OR REPLACE FUNCTION keep_revisions() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP <> 'UPDATE' THEN
                RAISE EXCEPTION 'append only: a revision is never dropped';
            ELSIF {changed} OR {rest} THEN
                RAISE EXCEPTION 'append only: a revision stays as it was recorded';
            END IF;
            RETURN NEW;
        END $$
    """)
    op.execute("""
        CREATE TRIGGER revisions_stay BEFORE UPDATE OR DELETE ON revisions
        FOR EACH ROW EXECUTE FUNCTION keep_revisions()
    """)
