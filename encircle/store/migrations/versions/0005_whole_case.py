"""Which forces a case names, and how wide it is: found without reading what was said."""

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the indexes."""
    op.create_index("ix_revisions_case_id_force_seq", "revisions", ["case_id", "force", "seq"])
    op.create_index(
        "ix_revisions_case_id_kind_west_south_east_north",
        "revisions",
        ["case_id", "kind", "west", "south", "east", "north"],
    )


def downgrade() -> None:
    """Drop them; the log stays."""
    op.drop_index("ix_revisions_case_id_kind_west_south_east_north", "revisions")
    op.drop_index("ix_revisions_case_id_force_seq", "revisions")
