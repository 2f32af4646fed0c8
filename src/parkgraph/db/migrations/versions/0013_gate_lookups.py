"""Reads of a passage are found by its reference alone: an index that begins with the gate is taken for another one."""

from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """One index takes the place of another."""
    with op.get_context().autocommit_block():
        op.create_index(
            "ix_gate_events_passage_ref",
            "gate_events",
            ["passage_ref"],
            postgresql_concurrently=True,
            if_not_exists=True,
        )
        op.drop_index("ix_gate_events_gate_id_passage_ref", "gate_events", postgresql_concurrently=True, if_exists=True)


def downgrade() -> None:
    """The other one again."""
    op.create_index("ix_gate_events_gate_id_passage_ref", "gate_events", ["gate_id", "passage_ref"])
    op.drop_index("ix_gate_events_passage_ref", "gate_events")
