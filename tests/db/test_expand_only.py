"""No revision takes from the version that still serves what it uses, or a table's lock for long: Squawk reads them."""

import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest
import sqlalchemy as sa
from alembic import op
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import Script, ScriptDirectory

from parkgraph.db import migrations

BASELINE: Final = "0012"
"""The newest revision that no version before it has served under: those up to here were never a release's."""

TASTE: Final = (
    "prefer-bigint-over-int",
    "prefer-identity",
    "prefer-text-field",
    "prefer-robust-stmts",
    "require-statement-timeout",
)
"""Rules about style, and the time limit that `migrations.upgrade` sets otherwise."""

CONTRACTING: Final = frozenset({"ban-drop-column", "ban-drop-table", "ban-drop-default", "ban-drop-not-null"})
"""What a revision may do that says which earlier one it finishes: `contracts = "0013"`."""

SCRIPTS: Final = ScriptDirectory(str(Path(migrations.__file__).parent))


def sql_of(upgrade: Callable[[], Any]) -> str:
    written = io.StringIO()
    context = MigrationContext.configure(
        dialect_name="postgresql", opts={"as_sql": True, "output_buffer": written, "literal_binds": True}
    )
    with Operations.context(context):
        upgrade()
    return f"SET lock_timeout = '2s';\nBEGIN;\n{written.getvalue()}\nCOMMIT;"


def broken_rules(sql: str) -> set[str]:
    squawk = Path(sys.executable).with_name("squawk")
    command = [str(squawk), "--reporter=json", "--pg-version=16", f"--exclude={','.join(TASTE)}"]
    done = subprocess.run(command, input=sql, capture_output=True, text=True, check=False)
    return {problem["rule_name"] for problem in json.loads(done.stdout)}


def allowed(revision: Script) -> frozenset[str]:
    finished: str | None = getattr(revision.module, "contracts", None)
    if finished is None:
        return frozenset()
    older = {known.revision for known in SCRIPTS.iterate_revisions(revision.revision, "base")} - {revision.revision}
    assert finished in older, f"{revision.revision} contracts {finished}, which is not a revision before it"
    return CONTRACTING


def test_each_revision_since_the_baseline_lets_the_version_before_it_serve() -> None:
    for revision in SCRIPTS.walk_revisions(BASELINE, "head"):
        if revision.revision != BASELINE:
            broken = broken_rules(sql_of(revision.module.upgrade)) - allowed(revision)
            assert not broken, f"revision {revision.revision}: see 'Releases, and migrations' in docs/deploy.md"


@pytest.mark.parametrize(
    ("upgrade", "rule"),
    [
        pytest.param(lambda: op.drop_column("yards", "address"), "ban-drop-column", id="a column goes"),
        pytest.param(lambda: op.drop_table("yard_spaces"), "ban-drop-table", id="a table goes"),
        pytest.param(
            lambda: op.alter_column("yards", "address", new_column_name="street"), "renaming-column", id="another name"
        ),
        pytest.param(
            lambda: op.alter_column("yards", "version", type_=sa.BigInteger), "changing-column-type", id="another type"
        ),
        pytest.param(
            lambda: op.add_column("yards", sa.Column("street", sa.Text, nullable=False)), "adding-required-field",
            id="the old version does not fill it",
        ),
        pytest.param(
            lambda: op.alter_column("yards", "address", nullable=False), "adding-not-nullable-field",
            id="the old version leaves it out",
        ),
        pytest.param(
            lambda: op.create_index("ix_yards_name", "yards", ["name"]), "require-concurrent-index-creation",
            id="writers wait for an index",
        ),
        pytest.param(
            lambda: op.create_check_constraint("ck_yards_street", "yards", "address <> ''"),
            "constraint-missing-not-valid", id="every row is read under a lock",
        ),
    ],
)  # fmt: skip
def test_what_the_version_before_would_not_survive_is_found(upgrade: Callable[[], Any], rule: str) -> None:
    assert broken_rules(sql_of(upgrade)) == {rule}


def test_what_only_adds_is_let_through() -> None:
    def upgrade() -> None:
        op.add_column("yards", sa.Column("street", sa.Text))
        op.add_column("yards", sa.Column("visits", sa.BigInteger, server_default="0", nullable=False))
        op.create_table("visits", sa.Column("id", sa.BigInteger, primary_key=True), sa.Column("at", sa.Text))
        op.create_index("ix_visits_at", "visits", ["at"])
        with op.get_context().autocommit_block():
            op.create_index("ix_yards_street", "yards", ["street"], postgresql_concurrently=True, if_not_exists=True)

    assert broken_rules(sql_of(upgrade)) == set()
