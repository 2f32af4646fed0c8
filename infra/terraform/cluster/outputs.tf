output "registry" {
  description = "Where images are: CI_APPLICATION_REPOSITORY begins with it."
  value       = "${var.region}-docker.pkg.dev/${var.project_id}/${google_artifact_registry_repository.images.repository_id}"
}

output "identity_provider" {
  description = "What a pipeline's token is meant for."
  value       = google_iam_workload_identity_pool_provider.gitlab.name
}

output "pipeline_account" {
  value = google_service_account.pipeline.email
}
