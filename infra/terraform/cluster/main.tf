locals {
  # What nodes may: write logs and metrics, pull the image. Pods have accounts of their own, or none.
  node_roles = ["roles/container.defaultNodeServiceAccount"]
}

resource "google_service_account" "nodes" {
  account_id   = "parkgraph-nodes"
  display_name = "Nodes of the cluster"
}

resource "google_project_iam_member" "nodes" {
  for_each = toset(local.node_roles)
  project  = var.project_id
  role     = each.key
  member   = google_service_account.nodes.member
}

module "cluster" {
  source  = "terraform-google-modules/kubernetes-engine/google//modules/gke-autopilot-cluster"
  version = "~> 44.0"

  project_id          = var.project_id
  name                = "parkgraph"
  location            = var.region
  network             = "parkgraph"
  subnetwork          = "parkgraph"
  deletion_protection = var.deletion_protection
  ip_allocation_policy = {
    cluster_secondary_range_name  = "pods"
    services_secondary_range_name = "services"
  }
  private_cluster_config = {
    enable_private_nodes    = true
    enable_private_endpoint = true
  }
  # The control plane is reached by its name, with an account of Google's; GitLab's agent calls out from within.
  control_plane_endpoints_config = {
    dns_endpoint_config = { allow_external_traffic = true }
    ip_endpoints_config = { enabled = false }
  }
  master_authorized_networks_config = { cidr_blocks = [] }
  workload_identity_config          = { workload_pool = "${var.project_id}.svc.id.goog" }
  cluster_autoscaling = {
    auto_provisioning_defaults = { service_account = google_service_account.nodes.email }
  }
  release_channel    = { channel = "REGULAR" }
  maintenance_policy = { daily_maintenance_window = { start_time = "02:00" } }
}

resource "google_artifact_registry_repository" "images" {
  repository_id = "parkgraph"
  location      = var.region
  format        = "DOCKER"
  docker_config {
    immutable_tags = true
  }
  cleanup_policies {
    id     = "keep-recent"
    action = "KEEP"
    most_recent_versions {
      keep_count = 30
    }
  }
  cleanup_policies {
    id     = "delete-old"
    action = "DELETE"
    condition {
      older_than = "30d"
    }
  }
}

resource "google_artifact_registry_repository_iam_member" "nodes" {
  location   = var.region
  repository = google_artifact_registry_repository.images.name
  role       = "roles/artifactregistry.reader"
  member     = google_service_account.nodes.member
}

# GitLab's pipelines push images as this account. They prove who they are by GitLab's token: there is no key to lose.
resource "google_service_account" "pipeline" {
  account_id   = "parkgraph-pipeline"
  display_name = "Pipelines of ${var.gitlab_project}"
}

resource "google_artifact_registry_repository_iam_member" "pipeline" {
  location   = var.region
  repository = google_artifact_registry_repository.images.name
  role       = "roles/artifactregistry.writer"
  member     = google_service_account.pipeline.member
}

resource "google_iam_workload_identity_pool" "gitlab" {
  workload_identity_pool_id = "gitlab"
}

resource "google_iam_workload_identity_pool_provider" "gitlab" {
  workload_identity_pool_id          = google_iam_workload_identity_pool.gitlab.workload_identity_pool_id
  workload_identity_pool_provider_id = "gitlab"
  attribute_condition                = "assertion.project_path == '${var.gitlab_project}'"
  attribute_mapping = {
    "google.subject"         = "assertion.sub"
    "attribute.project_path" = "assertion.project_path"
  }
  oidc {
    issuer_uri = var.gitlab_url
  }
}

resource "google_service_account_iam_member" "pipeline" {
  service_account_id = google_service_account.pipeline.name
  role               = "roles/iam.workloadIdentityUser"
  member             = "principalSet://iam.googleapis.com/${google_iam_workload_identity_pool.gitlab.name}/attribute.project_path/${var.gitlab_project}"
}
