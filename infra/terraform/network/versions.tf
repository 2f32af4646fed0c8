terraform {
  required_version = "~> 1.11"
  # One workspace for each environment, chosen by TF_WORKSPACE; the organization is TF_CLOUD_ORGANIZATION.
  cloud {
    workspaces {
      tags = ["parkgraph", "network"]
    }
  }
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 7.22"
    }
  }
}

provider "google" {
  project = var.project_id
  region  = var.region
  default_labels = {
    app         = "parkgraph"
    environment = var.environment
    stage       = "network"
  }
}
