"""The log read on from any line, what stands at a place, and posts whose changes are to be told."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

INSTANT, NAME = sa.String(27), sa.String(200)


def upgrade() -> None:
    """Add them; what was posted before was told, or is not told any more."""
    op.create_index("ix_revisions_case_id_seq", "revisions", ["case_id", "seq"])
    op.create_index(
        "ix_revisions_case_id_west_south_seen_at",
        "revisions",
        ["case_id", "west", "south", "seen_at"],
    )
    op.create_table(
        "tellings",
        sa.Column("first", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("last", sa.BigInteger, nullable=False),
        sa.Column(
            "case_id", NAME, sa.ForeignKey("cases.id", name="fk_tellings_case_id"), nullable=False
        ),
        sa.Column("told_at", INSTANT),
    )
    op.create_index("ix_tellings_told_at_first", "tellings", ["told_at", "first"])


def downgrade() -> None:
    """Drop them; the log stays."""
    op.drop_table("tellings")
    op.drop_index("ix_revisions_case_id_west_south_seen_at", "revisions")
    op.drop_index("ix_revisions_case_id_seq", "revisions")
