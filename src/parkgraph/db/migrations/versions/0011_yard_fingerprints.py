"""What a yard was created from, so that its key is told apart from another wish with the same one."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Of yards that are there already it is not known."""
    op.add_column("yards", sa.Column("fingerprint", sa.LargeBinary))


def downgrade() -> None:
    """Forgets it."""
    op.drop_column("yards", "fingerprint")
