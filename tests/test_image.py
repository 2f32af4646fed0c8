"""The image: what it is built from, and, in the long campaign, its steps carried out in a folder."""

import os
import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterator, Mapping
from fnmatch import fnmatch
from pathlib import Path

import pytest

from tests.process import running

ROOT = Path(__file__).resolve().parents[1]
DOCKERFILE = (ROOT / "Dockerfile").read_text()

in_soak = pytest.mark.skipif(
    "PARKGRAPH_SOAK" not in os.environ, reason="builds and installs for half a minute: make soak"
)


def instructions(text: str = DOCKERFILE) -> list[tuple[str, str]]:
    """Each instruction and its arguments, comments and continued lines removed."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n", " ", "\n".join(lines))
    parts = (line.split(maxsplit=1) for line in joined.splitlines() if line.strip())
    return [(keyword, " ".join(rest.split())) for keyword, rest in parts]


def of(keyword: str) -> list[str]:
    return [arguments for each, arguments in instructions() if each == keyword]


def pins(name: str) -> Mapping[str, set[str]]:
    """The hashes of each pinned version."""
    found: dict[str, set[str]] = {}
    pin = ""
    for line in (ROOT / name).read_text().splitlines():
        if started := re.match(r"([\w.-]+==[\w.]+)", line):
            pin = started[1]
            found[pin] = set()
        elif hashed := re.match(r"\s+--hash=(\S+)", line):
            found[pin].add(hashed[1])
    return found


def names(lock: str) -> set[str]:
    return {pin.partition("==")[0] for pin in pins(lock)}


def projects() -> Iterator[dict[str, object]]:
    for path in (ROOT / "pyproject.toml", *ROOT.glob("adapters/*/pyproject.toml")):
        yield tomllib.loads(path.read_text())["project"]


def required(requirement: str) -> str:
    (name,) = re.findall(r"^[\w.-]+", requirement)
    return str(name).lower()


@pytest.mark.parametrize("lock", ["requirements-image.lock", "requirements-build.lock"])
def test_the_image_s_locks_are_parts_of_the_lock(lock: str) -> None:
    whole = pins("requirements.lock")
    part = pins(lock)
    assert len(part) > 3
    assert {pin: hashes for pin, hashes in part.items() if whole.get(pin) != hashes} == {}


@pytest.mark.parametrize("lock", sorted(path.name for path in ROOT.glob("requirements*.lock")))
def test_every_pin_has_hashes_and_no_lock_names_a_host(lock: str) -> None:
    assert all(pins(lock).values())
    assert "://" not in (ROOT / lock).read_text()


def test_the_image_has_all_that_parkgraph_and_its_adapters_need() -> None:
    needed = {required(each) for project in projects() for each in project["dependencies"]}  # type: ignore[attr-defined]
    assert needed - {"parkgraph"} <= names("requirements-image.lock")


def test_the_image_has_neither_the_embedded_database_nor_tools_of_development() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = {name: {required(each) for each in extra} for name, extra in project["optional-dependencies"].items()}
    assert extras.pop("otel") <= names("requirements-image.lock")
    assert set().union(*extras.values()) & names("requirements-image.lock") == set()


def test_pip_installs_by_hash_or_from_what_was_built() -> None:
    installs = [command for run in of("RUN") for command in run.split("&&") if " install " in command]
    assert len(installs) == 3
    assert all("--require-hashes" in command or "--no-index --no-deps /wheels/" in command for command in installs)


def test_the_base_may_be_chosen_and_no_registry_is_named() -> None:
    assert [image.split()[0] for image in of("FROM")] == ["${BASE}", "${BASE}"]
    assert instructions()[0] == ("ARG", "BASE=python:3.11-slim")


def test_the_adapters_may_be_chosen() -> None:
    assert "ADAPTERS=*" in of("ARG")


def test_the_server_runs_as_a_numbered_user_who_is_not_root() -> None:
    (user,) = of("USER")
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", user)


def test_the_server_is_the_entrypoint_and_ends_by_sigterm() -> None:
    assert of("ENTRYPOINT") == ['["parkgraph", "serve", "--host", "0.0.0.0"]']
    assert of("STOPSIGNAL") == ["SIGTERM"]


def test_the_image_says_which_version_it_is() -> None:
    assert f"VERSION={next(projects())['version']}" in of("ARG")
    assert 'org.opencontainers.image.version="${VERSION}"' in of("LABEL")[0]


def test_what_is_copied_is_in_the_context_and_secrets_are_not() -> None:
    rules = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and not line.startswith("#")]

    def is_sent(path: str) -> bool:
        """The last rule that matches decides."""
        sent = True
        for rule in rules:
            if fnmatch(path, rule.removeprefix("!")):
                sent = rule.startswith("!")
        return sent

    copied = [source for copy in of("COPY") if not copy.startswith("--from") for source in copy.split()[:-1]]
    assert len(copied) > 5
    assert all((ROOT / source).exists() and is_sent(source) for source in copied)
    assert not any(is_sent(path) for path in ("parkgraph.toml", ".env", ".git", ".parkgraph", ".venv", "tests"))


@in_soak
@pytest.mark.timeout(400)
def test_the_steps_of_the_image_make_a_server_that_needs_nothing_else(tmp_path: Path, database_url: str) -> None:
    """The stage that builds, in a folder instead of a container; then what it made, away from this project."""
    places = {"/build": "build", "/opt/parkgraph": "opt", "/wheels": "wheels"}
    source = tmp_path / "src"
    source.mkdir()
    stage = instructions(DOCKERFILE.split("\nFROM ")[1].partition("\n")[2])
    for keyword, arguments in stage:
        if keyword == "COPY":
            *files, target = arguments.split()
            for file in files:
                copy(ROOT / file, source / target / (file if target == "./" else ""))
        elif keyword == "RUN":
            for place, folder in places.items():
                arguments = re.sub(rf"(?<![\w/]){place}\b", str(tmp_path / folder), arguments)
            assert not re.search(rf"(?<!\S)/(?!{str(tmp_path)[1:]})", arguments), "a place that is not the test's own"
            subprocess.run(
                ["sh", "-c", arguments], cwd=source, check=True, capture_output=True, timeout=300,
                env={**os.environ, "ADAPTERS": "bahn datex2 sbb"},
            )  # fmt: skip
    packages = {path.name for path in (tmp_path / "opt").glob("lib/*/site-packages/*.dist-info")}
    assert {name.partition("-")[0] for name in packages if name.startswith("parkgraph")} == {
        "parkgraph", "parkgraph_bahn", "parkgraph_datex2", "parkgraph_sbb",
    }  # fmt: skip
    assert not [name for name in packages if name.startswith(("pip-", "pytest", "pixeltable", "hatchling"))]
    environ = {
        "HOME": "/nonexistent",
        "PARKGRAPH_DATABASE_URL": database_url,
        "PARKGRAPH_YARDS_PLATES_KEY": "A" * 43 + "=",
        "PARKGRAPH_SERVER_ENVIRONMENT": "production",
        "PARKGRAPH_NETWORKS_SBB_ADAPTER": "sbb",
        "PARKGRAPH_NETWORKS_SBB_URL": "http://127.0.0.1:9/",
        "PARKGRAPH_NETWORKS_SBB_ALLOW_PRIVATE": "true",
    }
    python = tmp_path / "opt" / "bin" / "python3"
    with running(tmp_path / "data", "serve", python=python, environ=environ) as server:
        assert [network["id"] for network in server.ask("{ networks { id } }")["networks"]] == ["sbb", "yards"]
    assert not (tmp_path / "data").exists()


def copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", "tests", "*.egg-info"))
    else:
        shutil.copy(source, target)
