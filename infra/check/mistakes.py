"""Mistakes that the checks must find: `python -m infra.check --self-test` plants each in a copy."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Mistake:
    """In `file`, `right` becomes `wrong`; a problem that `check` finds has to say `said`."""

    check: str
    what: str
    file: str
    right: str
    wrong: str
    said: str


MISTAKES: Final = (
    Mistake("terraform", "an argument of a resource is misspelt", "infra/terraform/network/main.tf",
            "nat_ip_allocate_option ", "nat_ip_alocate_option ", "Unsupported argument"),
    Mistake("terraform", "an argument of a module is misspelt", "infra/terraform/data/main.tf",
            "availability_type   ", "availabilty_type    ", "Unsupported argument"),
    Mistake("terraform", "an argument that must be given is missing", "infra/terraform/platform/watch.tf",
            "  period         = 300\n", "", "Missing required argument"),
    Mistake("terraform", "a file is not formatted", "infra/terraform/cluster/outputs.tf",
            'output "registry" {\n  ', 'output "registry" {\n      ', "format"),
    Mistake("terraform", "any project's pipelines are believed", "infra/terraform/cluster/main.tf",
            "assertion.project_path == '${var.gitlab_project}'", "true", "Any project of GitLab could push images"),
    Mistake("policies", "the database is public", "infra/terraform/data/main.tf",
            "ipv4_enabled    = false", "ipv4_enabled    = true", "the database is public"),
    Mistake("policies", "a module has any version", "infra/terraform/network/main.tf",
            'version = "~> 18.0"', 'version = ">= 18.0"', "is not pinned"),
    Mistake("policies", "the state is on whoever's disk", "infra/terraform/data/versions.tf",
            'tags = ["parkgraph", "data"]', 'tags = ["parkgraph"]', "state"),
    Mistake("policies", "nodes are editors", "infra/terraform/cluster/main.tf",
            'role       = "roles/artifactregistry.reader"', 'role       = "roles/editor"', "roles/editor"),
    Mistake("policies", "a secret is shown", "infra/terraform/platform/variables.tf",
            "sensitive   = true", "sensitive   = false", "not sensitive"),
    Mistake("checkov", "a container may become root", "infra/gitlab/review-postgres.yaml",
            "allowPrivilegeEscalation: false", "allowPrivilegeEscalation: true", "CKV_K8S_20"),
    Mistake("kubernetes", "a field is misspelt", "infra/gitlab/review-postgres.yaml",
            "readinessProbe:", "readynessProbe:", "readynessProbe"),
    Mistake("kubernetes", "a request is missing under the autoscaler", ".gitlab/auto-deploy-values.yaml",
            "  requests: {cpu: 500m, memory: 512Mi}\n", "", "requests are missing"),
    Mistake("kubernetes", "a value of the chart is misspelt", ".gitlab/auto-deploy-values.yaml",
            "podDisruptionBudget:", "podDisruptionBudgets:", "podDisruptionBudgets"),
    Mistake("kubernetes", "a manifest that is named is not there", "infra/kubernetes/kustomization.yaml",
            "certificates.yaml", "certificate.yaml", "certificate.yaml"),
    Mistake("gitlab", "a keyword is misspelt", ".gitlab-ci.yml", "    expose_as: Schema", "    exposes_as: Schema",
            "exposes_as"),
    Mistake("gitlab", "a job needs one that is not there", ".gitlab-ci.yml", "needs: [staging]", "needs: [stagings]",
            "stagings"),
    Mistake("image", "the server is root", "Dockerfile", "USER 10001:10001", "USER root", "runs as root"),
    Mistake("image", "a package has any version", "Dockerfile", "USER 10001:10001",
            "RUN pip install requests\nUSER 10001:10001", "DL3013"),
    Mistake("alerts", "an expression is none", "infra/observability/alerts.yaml", "absent(parkgraph_build_info)",
            "absent(parkgraph_build_info", "could not parse"),
    Mistake("alerts", "an alert never fires", "infra/observability/alerts.yaml", "sum(parkgraph_leading) != 1",
            "sum(parkgraph_leading) > 1", "LeaderMissing"),
    Mistake("metrics", "the dashboard shows a metric that is not there", "infra/observability/dashboard.json",
            "parkgraph_http_in_flight", "parkgraph_http_in_fligth", "parkgraph_http_in_fligth"),
    Mistake("metrics", "an alert looks at a metric that is not there", "infra/observability/alerts.yaml",
            "parkgraph_network_denied", "parkgraph_network_refused", "parkgraph_network_refused"),
)  # fmt: skip
