"""GitLab's pipelines: valid by its schema, and one pipeline when a runner puts all files together."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from infra.check.tools import Failed, npm, python, run, system

TEMPLATE: Final = Path(__file__).with_name("gitlab_auto_devops.yml")
FILES: Final = (".gitlab-ci.yml", "infra/gitlab/infrastructure.gitlab-ci.yml")
NEEDED: Final = frozenset(
    {"build", "check", "schema-changes", "review", "stop_review", "black-box-review", "staging", "black-box-staging",
     "production", "check-infra", "plan", "apply", "drift"}
)  # fmt: skip


def check(root: Path, scratch: Path) -> Iterator[str]:
    """What is wrong with the pipelines under `root`. Raises Missing."""
    checker = python("check-jsonschema").with_name("check-jsonschema")
    try:
        schema = ("--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci")
        run([checker, *schema, *(root / file for file in FILES)])
    except Failed as found:
        yield str(found)
    here = scratch / "pipeline"
    for file in FILES:
        (here / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(root / file, here / file)
    # GitLab's own template is not to be had without GitLab.
    main = here / FILES[0]
    main.write_text(main.read_text().replace("template: Auto-DevOps.gitlab-ci.yml", "local: auto-devops.yml"))
    shutil.copy(TEMPLATE, here / "auto-devops.yml")
    git = system("git")
    run([git, "init", "--quiet", "--initial-branch", "main"], cwd=here)
    run([git, "remote", "add", "origin", "git@gitlab.example:parking/parkgraph.git"], cwd=here)
    somebody = ("-c", "user.name=check", "-c", "user.email=check@parkgraph.example")
    run([git, *somebody, "commit", "--quiet", "--allow-empty", "--message", "Nothing"], cwd=here)
    run([git, "update-ref", "refs/remotes/origin/main", "HEAD"], cwd=here)
    try:
        listed = run([npm("gitlab-ci-local"), "--list-all"], cwd=here, environ={"NO_COLOR": "1"})
    except Failed as found:
        yield str(found)
        return
    jobs = {re.split(r"\s", line)[0].strip() for line in re.sub(r"\x1b\[[\d;]*m", "", listed).splitlines() if line}
    yield from (
        f"there is no job {name}" for name in sorted(NEEDED - jobs) if not any(j.startswith(name) for j in jobs)
    )
