"""Alembic runs this: the steps, on the connection it is handed."""

from alembic import context

from encircle.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
)
context.run_migrations()
