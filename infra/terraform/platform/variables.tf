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

variable "gitlab_agent_address" {
  type        = string
  description = "Where the agent calls."
  default     = "wss://kas.gitlab.com"
}

variable "gitlab_agent_token" {
  type        = string
  description = "What the agent calls with."
  sensitive   = true
}

variable "operators" {
  type        = list(string)
  description = "Addresses of e-mail that are told."
  validation {
    condition     = length(var.operators) > 0
    error_message = "operators: must name somebody."
  }
}

variable "alert_webhook" {
  type        = string
  description = "Where Alertmanager sends alerts."
  sensitive   = true
}

variable "billing_account" {
  type        = string
  description = "Who pays."
}

variable "budget_eur" {
  type        = number
  description = "A month's; half, nine tenths and all of it are told."
}

variable "chart_repositories" {
  type = object({
    traefik      = string
    cert_manager = string
    prometheus   = string
    gitlab       = string
  })
  description = "Where the charts come from: each project's own repository, or a mirror of yours."
}
