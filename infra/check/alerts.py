"""Alert rules as Prometheus itself reads and tries them."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import yaml

from infra.check.tools import Failed, run, system


def check(root: Path, scratch: Path) -> Iterator[str]:
    """What is wrong with the alert rules under `root`. Raises Missing."""
    promtool, folder = system("promtool"), root / "infra" / "observability"
    rules = yaml.safe_load((folder / "alerts.yaml").read_text())["spec"]
    (scratch / "rules.yaml").write_text(yaml.safe_dump(rules))
    shutil.copy(folder / "alerts_test.yaml", scratch)
    for command in (("check", "rules", "rules.yaml"), ("test", "rules", "alerts_test.yaml")):
        try:
            run([promtool, *command], cwd=scratch)
        except Failed as found:
            yield str(found)
