"""
The tables, and what a database itself refuses: to change or to drop a revision.

Instants are text, `2025-03-14T12:00:00.000000Z`: in order as they are written, the same bytes in
every database, and read by anybody who opens the file.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

__all__ = [
    "ACTS",
    "ROLES",
    "actors",
    "cases",
    "changes",
    "grants",
    "idempotency",
    "judgements",
    "metadata",
    "ratings",
    "revisions",
    "tellings",
]

ACTS = ("post", "correct", "retract", "redact")
ROLES = ("reader", "contributor", "editor", "admin")
"""From the least to the most that a key may do."""
INSTANT = String(27)
NAME = String(200)
HASH = String(64)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

actors = Table(
    "actors", metadata,
    Column("id", Integer, primary_key=True),
    Column("name", NAME, nullable=False, unique=True),
    Column("key_sha256", HASH, unique=True),
    Column("created_at", INSTANT, nullable=False),
    Column("expires_at", INSTANT),
    Column("revoked_at", INSTANT),
)  # fmt: skip
"""Who posts: by a key, of which the hash is kept; without one, whoever sits at the machine."""

cases = Table(
    "cases", metadata,
    Column("id", NAME, primary_key=True),
    Column("created_at", INSTANT, nullable=False),
    Column("actor", NAME, nullable=False),
)  # fmt: skip
"""One row a case, which whoever writes to it locks: its log has one end."""

grants = Table(
    "grants", metadata,
    Column("actor_id", ForeignKey("actors.id"), primary_key=True),
    Column("case_id", NAME, primary_key=True),
    Column("role", String(12), CheckConstraint(f"role IN {ROLES}", name="role"), nullable=False),
)  # fmt: skip
"""What an actor may do in a case; `*` stands for every case."""

revisions = Table(
    "revisions", metadata,
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("case_id", ForeignKey("cases.id"), nullable=False),
    Column("what", String(8), nullable=False),
    Column("subject", NAME, nullable=False),
    Column("number", Integer, nullable=False),
    Column("act", String(7), CheckConstraint(f"act IN {ACTS}", name="act"), nullable=False),
    Column("body", Text),
    Column("kind", String(16)),
    Column("side", NAME),
    Column("shape", String(5)),
    Column("force", NAME),
    Column("track", NAME),
    Column("seen_at", INSTANT),
    Column("heard_at", INSTANT),
    Column("valid_from", INSTANT),
    Column("valid_to", INSTANT),
    Column("west", Float), Column("south", Float), Column("east", Float), Column("north", Float),
    Column("recorded_at", INSTANT, nullable=False),
    Column("actor", NAME, nullable=False),
    Column("why", Text),
    Column("why_sha256", HASH),
    Column("body_sha256", HASH, nullable=False),
    Column("previous", HASH, nullable=False),
    Column("hash", HASH, nullable=False, unique=True),
    UniqueConstraint("case_id", "what", "subject", "number"),
    CheckConstraint("what IN ('feature', 'layer', 'settings', 'access')", name="what"),
    CheckConstraint("act = 'post' OR why IS NOT NULL", name="why"),
    CheckConstraint("(number = 1) = (act = 'post')", name="first"),
    sqlite_autoincrement=True,
)  # fmt: skip
"""
The log. Of two corrections of one revision only one finds its number free.

`body` is JSON: a Feature, a layer's FeatureCollection, a case's settings (the member `situation`),
or what of the case readers without a key are given; empty once it was redacted, as `why` is, which
`body_sha256`, `why_sha256` and `hash` outlive. The columns after it are copied from it, to be
searched by.
"""
Index("ix_revisions_case_id_what_subject_seq", *(
    revisions.c[name] for name in ("case_id", "what", "subject", "seq")
))  # fmt: skip
Index("ix_revisions_case_id_recorded_at", revisions.c.case_id, revisions.c.recorded_at)
Index("ix_revisions_case_id_seq", revisions.c.case_id, revisions.c.seq)
Index("ix_revisions_case_id_west_south_seen_at", *(
    revisions.c[name] for name in ("case_id", "west", "south", "seen_at")
))  # fmt: skip
Index("ix_revisions_case_id_force_seq", *(
    revisions.c[name] for name in ("case_id", "force", "seq")
))  # fmt: skip
Index("ix_revisions_case_id_kind_west_south_east_north", *(
    revisions.c[name] for name in ("case_id", "kind", "west", "south", "east", "north")
))  # fmt: skip

changes = Table(
    "changes", metadata,
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("case_id", ForeignKey("cases.id"), nullable=False),
    Column("force", NAME, nullable=False),
    Column("is_correction", Boolean, nullable=False),
    Column("was", Text),
    Column("now", Text),
    Column("because", Text, nullable=False),
    Column("as_of", INSTANT, nullable=False),
    Column("recorded_at", INSTANT, nullable=False),
    Column("revision", ForeignKey("revisions.hash"), nullable=False),
    sqlite_autoincrement=True,
)  # fmt: skip
"""What a revision did to the verdict on a force; a correction, where something was taken back."""
Index("ix_changes_case_id_seq", changes.c.case_id, changes.c.seq)

tellings = Table(
    "tellings", metadata,
    Column("first", BigInteger, primary_key=True, autoincrement=False),
    Column("last", BigInteger, nullable=False),
    Column("case_id", ForeignKey("cases.id"), nullable=False),
    Column("told_at", INSTANT),
)  # fmt: skip
"""
The posts, by the numbers of their first and last lines: written with them, in one transaction.

What a post changed is worked out after it is kept. Until that is done `told_at` is empty, and a
crash, or workers that had no time, leave nothing untold.
"""
Index("ix_tellings_told_at_first", tellings.c.told_at, tellings.c.first)

ratings = Table(
    "ratings", metadata,
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("case_id", ForeignKey("cases.id"), nullable=False),
    Column("claim", NAME, nullable=False),
    Column("rating", String(32)),
    Column("definition", String(32)),
    Column("because", Text, nullable=False),
    Column("as_of", INSTANT, nullable=False),
    Column("input_sha256", HASH, nullable=False),
    Column("engine", String(64), nullable=False),
    Column("recorded_at", INSTANT, nullable=False),
    sqlite_autoincrement=True,
)  # fmt: skip
"""How a claim was rated, on which map; a line is added where the rating is another."""
Index("ix_ratings_case_id_claim_seq", ratings.c.case_id, ratings.c.claim, ratings.c.seq)

judgements = Table(
    "judgements", metadata,
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("id", HASH, nullable=False),
    Column("case_id", ForeignKey("cases.id"), nullable=False),
    Column("force", NAME, nullable=False),
    Column("as_of", String(40), nullable=False),
    Column("known_at", INSTANT, nullable=False),
    Column("verdict", String(20), nullable=False),
    Column("status", String(4), nullable=False),
    Column("input_sha256", HASH, nullable=False),
    Column("engine", String(64), nullable=False),
    Column("actor", NAME, nullable=False),
    Column("recorded_at", INSTANT, nullable=False),
    Column("body", Text),
    UniqueConstraint("case_id", "id"),
    sqlite_autoincrement=True,
)  # fmt: skip
"""Judgements as they were given; `id` is the digest of `body`, which a redaction may empty."""

watches = Table(
    "watches", metadata,
    Column("id", NAME, primary_key=True),
    Column("case_id", ForeignKey("cases.id"), nullable=False),
    Column("force", NAME, nullable=False),
    Column("condition", String(200), nullable=False),
    Column("url", Text),
    Column("secret", Text),
    Column("actor", NAME, nullable=False),
    Column("created_at", INSTANT, nullable=False),
    Column("held", Boolean),
    Column("ended_at", INSTANT),
)  # fmt: skip
"""What somebody wants to be told; `held` is what the condition gave when it was last looked at."""

deliveries = Table(
    "deliveries", metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("watch_id", ForeignKey("watches.id"), nullable=False),
    Column("body", Text, nullable=False),
    Column("status", String(8), CheckConstraint("status IN ('waiting', 'sent', 'given up')",
           name="status"), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_at", INSTANT, nullable=False),
    Column("error", Text),
    Column("recorded_at", INSTANT, nullable=False),
    sqlite_autoincrement=True,
)  # fmt: skip
"""The outbox: written with what changed, in one transaction, and sent until it arrives."""
Index("ix_deliveries_status_next_at", deliveries.c.status, deliveries.c.next_at)

idempotency = Table(
    "idempotency", metadata,
    Column("actor", NAME, primary_key=True),
    Column("key", NAME, primary_key=True),
    Column("body_sha256", HASH, nullable=False),
    Column("answer", Text, nullable=False),
    Column("recorded_at", INSTANT, nullable=False),
)  # fmt: skip
"""What was answered to a request: sent again, it is answered so again, and nothing is done."""
