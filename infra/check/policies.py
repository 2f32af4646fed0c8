"""What must hold of the Terraform files besides that they are valid."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from infra.check.terraform_stages import STAGES, blocks, documents

TOO_MUCH: Final = re.compile(r"roles/(owner|editor|.*[aA]dmin)")
SECRETS: Final = re.compile(r"token|password|secret|key|webhook")


def check(root: Path, _scratch: Path) -> Iterator[str]:
    """Each rule that a stage breaks. Raises Missing."""
    for stage in STAGES:
        for problem in _stage(root / "infra" / "terraform" / stage, stage):
            yield f"{stage}: {problem}"


def _stage(folder: Path, stage: str) -> Iterator[str]:
    files = documents(folder)
    (terraform,) = (body for _, body in blocks(files, "terraform"))
    if stage not in str(terraform.get("cloud")):
        yield "its state is not in a workspace of Terraform Cloud of its own"
    if not str(terraform.get("required_version", "")).startswith("~> "):
        yield "required_version is not pinned"
    for name, wanted in terraform["required_providers"][0].items():
        if isinstance(wanted, dict) and not str(wanted.get("version", "")).startswith("~> "):
            yield f"provider {name} is not pinned"
    for name, body in blocks(files, "module"):
        if not re.fullmatch(r"~> \d+\.\d+", str(body.get("version"))):
            yield f"module {name} is not pinned to a major version"
        if "ip_configuration" in body:
            yield from _database(name, body)
    for name, body in blocks(files, "variable"):
        if SECRETS.search(name) and body.get("sensitive") is not True:
            yield f"variable {name} sounds secret and is not sensitive"
        if body.get("sensitive") is True and "default" in body:
            yield f"variable {name} is secret and has a default"
        if not body.get("description"):
            yield f"variable {name} has no description"
    for name, body in blocks(files, "resource"):
        if TOO_MUCH.search(str(body.get("role", ""))):
            yield f"{name} gives {body['role']}"


def _database(name: str, body: dict[str, Any]) -> Iterator[str]:
    reachable, backups = body["ip_configuration"], body["backup_configuration"]
    if reachable.get("ipv4_enabled") is not False or "authorized_networks" in reachable:
        yield f"module {name}: the database is public"
    if reachable.get("ssl_mode") != "ENCRYPTED_ONLY":
        yield f"module {name}: the database takes connections that are not encrypted"
    if backups.get("enabled") is not True or backups.get("point_in_time_recovery_enabled") is not True:
        yield f"module {name}: the database has no backups to a point in time"
    if not str(body.get("deletion_protection", "")):
        yield f"module {name}: the database may be deleted"
