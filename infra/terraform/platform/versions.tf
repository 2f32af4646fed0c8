terraform {
  required_version = "~> 1.11"
  # One workspace for each environment, chosen by TF_WORKSPACE; the organization is TF_CLOUD_ORGANIZATION.
  cloud {
    workspaces {
      tags = ["parkgraph", "platform"]
    }
  }
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 7.22"
    }
    helm = {
      source  = "hashicorp/helm"
      version = "~> 3.0"
    }
    statuscake = {
      source  = "StatusCakeDev/statuscake"
      version = "~> 2.2"
    }
  }
}

provider "google" {
  project = var.project_id
  region  = var.region
  # Budgets ask which project's quota a call counts for.
  billing_project       = var.project_id
  user_project_override = true
  default_labels = {
    app         = "parkgraph"
    environment = var.environment
    stage       = "platform"
  }
}

data "google_client_config" "me" {}

data "google_container_cluster" "parkgraph" {
  name     = "parkgraph"
  location = var.region
}

provider "helm" {
  kubernetes = {
    host  = "https://${data.google_container_cluster.parkgraph.control_plane_endpoints_config[0].dns_endpoint_config[0].endpoint}"
    token = data.google_client_config.me.access_token
  }
}

# Its token is in the environment: STATUSCAKE_API_TOKEN.
provider "statuscake" {}
