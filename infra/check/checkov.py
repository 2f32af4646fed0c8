"""Checkov's own rules for Terraform, manifests, the Dockerfile and the pipelines."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from infra.check.tools import Failed, python, run

SKIPPED: Final = {
    "CKV_TF_1": "modules are pinned by version: the registry has no commits",
    "CKV_DOCKER_7": "the base is an argument, whose default has a tag",
    "CKV2_GCP_18": "the firewall of the network is Google's for Autopilot",
    "CKV_GCP_84": "images are encrypted by Google's keys",
    "CKV_K8S_14": "the review's database is whatever PostgreSQL 18 is newest",
    "CKV_K8S_43": "the same",
    "CKV_K8S_15": "the same",
    "CKV_K8S_21": "the namespace of a review is named when it is applied",
    "CKV_K8S_35": "its password opens a database that lasts as long as the review",
    "CKV_K8S_40": "PostgreSQL's own user in its image",
    "CKV2_K8S_6": "the chart makes the network policy of its namespace",
}
"""Rules that are not for us, and why."""


def check(root: Path, _scratch: Path) -> Iterator[str]:
    """What Checkov finds under `root`. Raises Missing."""
    scan = ["--compact", "--quiet", "--skip-download", "--skip-check", ",".join(SKIPPED)]
    frameworks = ["--framework", "terraform", "kubernetes", "dockerfile", "gitlab_ci"]
    places: list[str | Path] = ["--directory", root / "infra", "--skip-path", "infra/check/"]
    files: list[str | Path] = ["--file", root / "Dockerfile", root / ".gitlab-ci.yml"]
    checkov = python("checkov").with_name("checkov")
    for what in (places, files):
        try:
            run([checkov, *scan, *frameworks, *what], environ={"LOG_LEVEL": "ERROR", "BC_SKIP_MAPPING": "TRUE"})
        except Failed as found:
            yield str(found)
