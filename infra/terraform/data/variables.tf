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

variable "database_tier" {
  type        = string
  description = "Machine of the database."
}

variable "database_availability" {
  type        = string
  description = "REGIONAL has a second one in another zone that takes over; ZONAL has none."
  validation {
    condition     = contains(["REGIONAL", "ZONAL"], var.database_availability)
    error_message = "database_availability: must be REGIONAL or ZONAL."
  }
}
