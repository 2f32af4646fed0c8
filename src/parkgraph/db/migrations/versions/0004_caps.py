"""Rates of yards: a collection has several caps, not one."""

from alembic import op

revision = "0004"
down_revision = "0003"

_EACH = """
    UPDATE yards SET rates = jsonb_set(rates, '{collections}', (
        SELECT jsonb_agg(%s ORDER BY place)
        FROM jsonb_array_elements(rates -> 'collections') WITH ORDINALITY AS c (c, place)
    )) WHERE rates IS NOT NULL
"""


def upgrade() -> None:
    """Puts each cap into a list of caps."""
    op.execute(
        _EACH
        % """(c - 'cap') || jsonb_build_object('caps',
            CASE jsonb_typeof(c -> 'cap') WHEN 'object' THEN jsonb_build_array(c -> 'cap') ELSE '[]'::jsonb END)"""
    )


def downgrade() -> None:
    """Keeps the first cap of each."""
    op.execute(_EACH % "(c - 'caps') || jsonb_build_object('cap', c -> 'caps' -> 0)")
