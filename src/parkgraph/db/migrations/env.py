"""Alembic's entry: runs revisions on the connection that `migrations.upgrade` hands over."""

from alembic import context

from parkgraph.db.table import Table

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Table.metadata,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
