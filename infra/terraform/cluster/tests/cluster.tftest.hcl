mock_provider "google" {}

variables {
  project_id          = "parkgraph-staging"
  region              = "europe-west3"
  environment         = "staging"
  deletion_protection = false
  gitlab_project      = "parking/parkgraph"
}

run "only_our_project_s_pipelines_are_believed" {
  assert {
    condition     = google_iam_workload_identity_pool_provider.gitlab.attribute_condition == "assertion.project_path == 'parking/parkgraph'"
    error_message = "Any project of GitLab could push images."
  }
  assert {
    condition     = endswith(google_service_account_iam_member.pipeline.member, "/attribute.project_path/parking/parkgraph")
    error_message = "Any project of GitLab could be the pipeline's account."
  }
}

run "nodes_may_read_images_and_the_pipeline_may_write_them_and_no_more" {
  assert {
    condition     = keys(google_project_iam_member.nodes) == ["roles/container.defaultNodeServiceAccount"]
    error_message = "Nodes have one role in the project."
  }
  assert {
    condition     = google_artifact_registry_repository_iam_member.nodes.role == "roles/artifactregistry.reader"
    error_message = "Nodes only read images."
  }
  assert {
    condition     = google_artifact_registry_repository_iam_member.pipeline.role == "roles/artifactregistry.writer"
    error_message = "Pipelines write images."
  }
}
