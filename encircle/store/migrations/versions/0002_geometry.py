"""Beside the JSON a geometry with an index, where PostGIS is installed."""

from alembic import op

from encircle.store.geometry import add_geometry, drop_geometry

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add it; where PostGIS comes later, it is added when the store is opened next."""
    add_geometry(op.get_bind())


def downgrade() -> None:
    """Take it away: what was posted stays as it is."""
    drop_geometry(op.get_bind())
