"""docs/adapter-guide.md does what it says: its files are written and its commands run, in a new environment."""

import os
import re
import subprocess
import sys
import venv
from collections.abc import Iterator
from pathlib import Path

import pytest

from parkgraph.sdk.conformance import RULES
from tests.recorded import serving

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "adapter-guide.md"
BLOCK = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ADDRESS = "https://acme.example/v1"


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A virtual environment of its own, which sees all that this one has, and installs nothing from elsewhere."""
    folder = tmp_path / "environment"
    venv.create(folder, with_pip=False)
    (packages,) = folder.glob("lib/python*/site-packages")
    here = next(path for path in sys.path if path.endswith("site-packages"))
    (packages / "parkgraph-environment.pth").write_text(f"import site; site.addsitedir({here!r})\n")
    for name in ("parkgraph", "pip"):
        script = folder / "bin" / name
        script.write_text(f'#!/bin/sh\nexec python -m {name} "$@"\n')
        script.chmod(0o755)
    path = f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}"
    # pip reads the first as "no isolation".
    offline = {"PIP_NO_BUILD_ISOLATION": "0", "PIP_NO_INDEX": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    return {"PATH": path, "HOME": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1", **offline}


@pytest.fixture
def network(tmp_path: Path) -> Iterator[str]:
    """The network of the guide, which answers what the sample says at the time."""
    folder = tmp_path / "network"
    folder.mkdir()
    with serving(folder) as url:
        yield url


def test_an_adapter_is_made_as_the_guide_says(tmp_path: Path, environment: dict[str, str], network: str) -> None:
    work = tmp_path / "work"
    work.mkdir()
    commands = 0
    for language, file, text in BLOCK.findall(GUIDE.read_text(encoding="utf-8")):
        if language == "sh":
            run = subprocess.run(
                ["bash", "-euo", "pipefail", "-c", text],
                capture_output=True, text=True, timeout=110, check=False, cwd=work, env=environment,
            )  # fmt: skip
            assert run.returncode == 0, f"{text}\n{run.stdout}\n{run.stderr}"
            commands += 1
        else:
            assert file, f"a block of {language} names no file"
            if language == "toml":
                text = text.replace(ADDRESS, network) + "allow_private = true\n"
            (work / file).write_text(text, encoding="utf-8")
        sample = work / "parkgraph-acme" / "samples" / "facilities.json"
        (tmp_path / "network" / sample.name).write_bytes(sample.read_bytes())
    assert commands >= 6
    assert (work / "recorded" / "facilities.json").is_file()


def test_the_guide_explains_each_rule_and_no_other() -> None:
    table = GUIDE.read_text(encoding="utf-8").split("## The rules")[1].split("\n## ")[0]
    assert re.findall(r"^\| `([\w-]+)` \| (.+) \|$", table, re.MULTILINE) == [(rule.id, rule.demand) for rule in RULES]
