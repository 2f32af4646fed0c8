"""docs/deploy.md leads through what is there: every stage, every variable, every workspace."""

import re
from pathlib import Path

import pytest

from infra.check.terraform_stages import STAGES

ROOT = Path(__file__).resolve().parents[2]
STEPS = (ROOT / "docs" / "deploy.md").read_text()
TERRAFORM = ROOT / "infra" / "terraform"


def variables(stage: str) -> set[str]:
    """Those of a stage that have no default."""
    blocks = re.findall(
        r'^variable "(\w+)" \{\n(.*?)^\}', (TERRAFORM / stage / "variables.tf").read_text(), re.MULTILINE | re.DOTALL
    )
    return {name for name, body in blocks if "default" not in body}


def test_the_stages_are_applied_in_their_order() -> None:
    assert f"for STAGE in {' '.join(STAGES)}; do" in STEPS


@pytest.mark.parametrize("environment", ["staging", "production"])
def test_every_variable_has_its_value_from_the_environment_s_file_or_from_a_step(environment: str) -> None:
    file = (TERRAFORM / "environments" / f"{environment}.tfvars").read_text()
    given = set(re.findall(r"^(\w+) ", file, re.MULTILINE)) | set(re.findall(r"TF_VAR_(\w+)=", STEPS))
    assert set().union(*(variables(stage) for stage in STAGES)) <= given


@pytest.mark.parametrize("path", re.findall(r"\]\(([^)#]+)", STEPS))
def test_what_it_links_to_is_there(path: str) -> None:
    assert (ROOT / "docs" / path).exists()


@pytest.mark.parametrize("path", re.findall(r"`((?:infra|tests)/[\w./-]+)`", STEPS))
def test_what_it_names_is_there(path: str) -> None:
    assert (ROOT / path).exists()


def test_every_setting_that_it_sets_is_one() -> None:
    settings = (ROOT / "parkgraph.example.toml").read_text()
    for name in re.findall(r"K8S_SECRET_PARKGRAPH_([A-Z_]+)", STEPS):
        table, _, key = name.partition("_")
        assert f"[{table.lower()}" in settings
        assert re.search(rf"^(# )?{key.lower().removeprefix('sbb_')} = ", settings, re.MULTILINE), name
