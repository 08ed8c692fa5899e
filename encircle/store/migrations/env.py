"""Alembic runs this: the steps, on the connection it is handed."""

from alembic import context

from encircle.store.tables import metadata

if hasattr(context, "config"):  # imported by anybody else, there is nothing to be done
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=metadata,
        transactional_ddl=True,
    )
    context.run_migrations()
