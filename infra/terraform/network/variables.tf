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

variable "domain" {
  type        = string
  description = "Of the API; the zone is made for it, and reviews are under it."
}
