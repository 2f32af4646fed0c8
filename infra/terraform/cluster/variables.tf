variable "project_id" {
  type        = string
  description = "The Google Cloud project; each environment has its own."
}

variable "region" {
  type        = string
  description = "Where everything is."
}

variable "environment" {
  type        = string
  description = "staging or production."
  validation {
    condition     = contains(["staging", "production"], var.environment)
    error_message = "environment: must be staging or production."
  }
}

variable "deletion_protection" {
  type        = bool
  description = "Whether Terraform refuses to delete what holds data."
}

variable "gitlab_project" {
  type        = string
  description = "Path of the project whose pipelines push images, such as group/parkgraph."
}

variable "gitlab_url" {
  type        = string
  description = "Of GitLab, as its tokens name it."
  default     = "https://gitlab.com"
}
