"""Terraform without a cloud and without a registry: format, every argument, and the tests of each stage.

Providers and modules are stand-ins that know what the real ones accept (`terraform/schemas.py`).
"""

import json
import os
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final

from infra.check.terraform.grammar import read
from infra.check.terraform.schemas import ADDRESSES, MODULES
from infra.check.tools import Failed, python, run, system

STAGES: Final = ("network", "cluster", "data", "platform")
STUB: Final = Path(__file__).parent / "terraform" / "stub_provider.py"
HCL_TYPES: Final = {"bool": "bool", "number": "number", "list": "list(string)", "map": "map(string)", "any": "any"}


def check(root: Path, scratch: Path) -> Iterator[str]:
    """What is wrong with the stages under `root`. Raises Missing."""
    terraform, interpreter = system("terraform"), python("tf")
    stages = root / "infra" / "terraform"
    quiet = {"TF_CLI_CONFIG_FILE": os.devnull, "TF_IN_AUTOMATION": "1", "CHECKPOINT_DISABLE": "1"}
    try:
        run([terraform, "fmt", "-check", "-recursive", "-diff"], cwd=stages, environ=quiet)
    except Failed as found:
        yield f"format: {found}"
    with _providers(interpreter) as reattach:
        environ = {**quiet, "TF_REATTACH_PROVIDERS": reattach}
        for stage in STAGES:
            here = scratch / stage
            shutil.copytree(stages / stage, here)
            _with_stub_modules(here)
            try:
                for command in (("init", "-backend=false", "-get=false", "-input=false"), ("validate",), ("test",)):
                    run([terraform, *command, "-no-color"], cwd=here, environ=environ)
            except Failed as found:
                yield f"{stage}: {found}"


@contextmanager
def _providers(interpreter: Path) -> Iterator[str]:
    """The providers, each one process for all commands; and where Terraform finds them."""
    with ExitStack() as stack:
        found: dict[str, object] = {}
        for name, address in ADDRESSES.items():
            process = subprocess.Popen([interpreter, STUB, name, address], stdout=subprocess.PIPE, text=True)
            stack.callback(_end, process)
            if process.stdout is None:
                raise AssertionError
            found |= json.loads(process.stdout.readline())
        yield json.dumps(found)


def _end(process: subprocess.Popen[str]) -> None:
    process.terminate()
    process.wait()
    if process.stdout:
        process.stdout.close()


def _with_stub_modules(stage: Path) -> None:
    """Puts stand-ins where Terraform would have put the registry's modules."""
    known: list[dict[str, str]] = [{"Key": "", "Source": "", "Dir": "."}]
    for name, call in _calls(stage):
        version, inputs, outputs = MODULES[call]
        folder = stage / ".terraform" / "modules" / name
        folder.mkdir(parents=True)
        variables = "".join(
            f'variable "{item.name}" {{\n  type = {HCL_TYPES.get(item.type, "string")}\n'
            + ("" if item.mark == "!" else "  default = null\n")
            + "}\n"
            for item in read(inputs)
        )
        values = "".join(f'output "{output}" {{\n  value = "{output}"\n}}\n' for output in outputs.split())
        (folder / "main.tf").write_text(variables + values.replace('value = "name_servers"', 'value = ["ns.example."]'))
        known.append({"Key": name, "Source": call, "Version": version, "Dir": f".terraform/modules/{name}"})
    (stage / ".terraform" / "modules").mkdir(parents=True, exist_ok=True)
    (stage / ".terraform" / "modules" / "modules.json").write_text(json.dumps({"Modules": known}))


def _calls(stage: Path) -> Iterator[tuple[str, str]]:
    """Name and source of each module that a stage calls."""
    for name, body in blocks(documents(stage), "module"):
        yield name, str(body["source"])


def documents(folder: Path) -> list[dict[str, Any]]:
    """The Terraform files of a folder as python-hcl2 reads them. Raises Missing."""
    reader = "import hcl2, json, sys; print(json.dumps([hcl2.loads(open(f).read()) for f in sys.argv[1:]]))"
    read_files: list[dict[str, Any]] = json.loads(
        run([python("python-hcl2"), "-c", reader, *sorted(folder.glob("*.tf"))])
    )
    return read_files


def blocks(files: Iterable[dict[str, Any]], kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Labels and body of every block of a kind."""
    for block in (block for file in files for block in file.get(kind, [])):
        if kind in ("resource", "data"):
            for first, named in block.items():
                for second, body in named.items():
                    yield f"{_plain(first)}.{_plain(second)}", _plain(body)
        elif kind in ("terraform", "locals"):
            yield kind, _plain(block)
        else:
            for label, body in block.items():
                yield _plain(label), _plain(body)


def _plain(value: Any) -> Any:
    """Without the quotes that the reader leaves around strings."""
    match value:
        case str():
            return value[1:-1] if len(value) > 1 and value[0] == value[-1] == '"' else value
        case list():
            return [_plain(each) for each in value]
        case dict():
            return {_plain(key): _plain(each) for key, each in value.items()}
    return value
