# First: everything else stands on it. What it makes is found by its names.

resource "google_project_service" "needed" {
  for_each = toset([
    "artifactregistry", "billingbudgets", "cloudresourcemanager", "clouderrorreporting", "compute", "container", "dns",
    "iam", "iamcredentials", "logging", "monitoring", "secretmanager", "servicenetworking", "sqladmin", "sts",
  ])
  service            = "${each.key}.googleapis.com"
  disable_on_destroy = false
}

module "vpc" {
  source  = "terraform-google-modules/network/google"
  version = "~> 18.0"

  project_id   = var.project_id
  network_name = "parkgraph"
  subnets = [{
    subnet_name           = "parkgraph"
    subnet_ip             = "10.10.0.0/20"
    subnet_region         = var.region
    subnet_private_access = "true"
    subnet_flow_logs      = "true"
  }]
  secondary_ranges = {
    parkgraph = [
      { range_name = "pods", ip_cidr_range = "10.20.0.0/16" },
      { range_name = "services", ip_cidr_range = "10.30.0.0/20" },
    ]
  }
  depends_on = [google_project_service.needed]
}

# Where Cloud SQL has its private addresses.
module "private_services" {
  source  = "terraform-google-modules/sql-db/google//modules/private_service_access"
  version = "~> 28.0"

  project_id  = var.project_id
  vpc_network = module.vpc.network_name
}

# Nodes have private addresses; adapters reach the networks from this one, which partners may let in.
resource "google_compute_address" "egress" {
  name   = "parkgraph-egress"
  region = var.region
}

resource "google_compute_router" "egress" {
  name    = "parkgraph-egress"
  region  = var.region
  network = module.vpc.network_name
}

resource "google_compute_router_nat" "egress" {
  name                               = "parkgraph-egress"
  region                             = var.region
  router                             = google_compute_router.egress.name
  nat_ip_allocate_option             = "MANUAL_ONLY"
  nat_ips                            = [google_compute_address.egress.self_link]
  source_subnetwork_ip_ranges_to_nat = "ALL_SUBNETWORKS_ALL_IP_RANGES"
  log_config {
    enable = true
    filter = "ERRORS_ONLY"
  }
}

resource "google_compute_address" "ingress" {
  name   = "parkgraph-ingress"
  region = var.region
}

module "dns" {
  source  = "terraform-google-modules/cloud-dns/google"
  version = "~> 7.0"

  project_id    = var.project_id
  type          = "public"
  name          = "parkgraph"
  domain        = "${var.domain}."
  dnssec_config = { state = "on" }
  recordsets = [
    { name = "", type = "A", ttl = 300, records = [google_compute_address.ingress.address] },
    { name = "*", type = "A", ttl = 300, records = [google_compute_address.ingress.address] },
  ]
  depends_on = [google_project_service.needed]
}
