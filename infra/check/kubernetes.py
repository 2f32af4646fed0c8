"""What goes to the cluster: manifests and the chart's values, rendered and held against Kubernetes' own schemas."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import yaml

from infra.check.tools import Failed, Missing, python, run, system

VERSION: Final = "1.32"
CHART: Final = Path(__file__).parent / "chart"
VALUES: Final = Path(".gitlab/auto-deploy-values.yaml")
CUSTOM: Final = frozenset({"PrometheusRule", "ServiceMonitor", "ClusterIssuer", "IngressRoute"})
"""Kinds that others define: known to no schema of Kubernetes."""


def check(root: Path, scratch: Path) -> Iterator[str]:
    """What is wrong with manifests and values under `root`. Raises Missing, after all that can be checked without."""
    missing: list[str] = []
    rendered = {"review-postgres": (root / "infra/gitlab/review-postgres.yaml").read_text()}
    try:
        rendered["kubernetes"] = run([system("kubectl"), "kustomize", root / "infra/kubernetes"])
    except Failed as found:
        yield f"kustomize: {found}"
    except Missing as absent:
        missing.append(str(absent))
    try:
        rendered["chart"] = render(yaml.safe_load((root / VALUES).read_text()))
    except Failed as found:
        yield f"chart: {found}"
    else:
        yield from _promises(rendered["chart"])
    for name, text in rendered.items():
        yield from _validated(name, text, scratch)
    if missing:
        raise Missing(", ".join(missing))


def render(values: dict[str, Any]) -> str:
    """The manifests that the chart makes of these values. Raises Failed, also for a value that it does not know."""
    return run([python("helm-python-sdk"), Path(__file__).with_name("render_chart.py"), CHART], text=json.dumps(values))


def _promises(text: str) -> Iterator[str]:
    made = {document["kind"]: document for document in yaml.safe_load_all(text) if document}
    for kind in ("HorizontalPodAutoscaler", "PodDisruptionBudget", "NetworkPolicy"):
        if kind not in made:
            yield f"chart: there is no {kind}" + (": requests are missing" if kind.startswith("Horizontal") else "")
    (container,) = made["Deployment"]["spec"]["template"]["spec"]["containers"]
    paths = [container[probe]["httpGet"]["path"] for probe in ("livenessProbe", "readinessProbe")]
    if paths != ["/healthz", "/readyz"]:
        yield f"chart: the probes ask {paths}"


def _validated(name: str, text: str, scratch: Path) -> Iterator[str]:
    documents = [document for document in yaml.safe_load_all(text) if document]
    known = [document for document in documents if document["kind"] not in CUSTOM]
    file = scratch / f"{name}.yaml"
    file.write_text(yaml.safe_dump_all(known))
    try:
        said = run([python("kubernetes-validate").with_name("kubernetes-validate"), "-k", VERSION, "--strict", file])
    except Failed as found:
        yield f"{name}: {found}"
    else:
        yield from (f"{name}: {line}" for line in said.splitlines() if "WARN" in line)
