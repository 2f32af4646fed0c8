locals {
  # Of the server and what it may be asked: each server process takes at most 12 connections.
  database_flags = {
    max_connections            = "200"
    log_min_duration_statement = "1000"
    log_checkpoints            = "on"
    log_connections            = "on"
    log_disconnections         = "on"
    log_lock_waits             = "on"
  }
}

module "database" {
  source  = "terraform-google-modules/sql-db/google//modules/postgresql"
  version = "~> 28.0"

  project_id           = var.project_id
  name                 = "parkgraph"
  random_instance_name = true
  database_version     = "POSTGRES_18"
  edition              = "ENTERPRISE"
  region               = var.region
  zone                 = "${var.region}-b"
  tier                 = var.database_tier
  availability_type    = var.database_availability
  disk_size            = 10
  disk_autoresize      = true
  deletion_protection  = var.deletion_protection
  db_name              = "parkgraph"
  user_name            = "parkgraph"
  database_flags       = [for name, value in local.database_flags : { name = name, value = value }]

  ip_configuration = {
    ipv4_enabled    = false
    private_network = "projects/${var.project_id}/global/networks/parkgraph"
    ssl_mode        = "ENCRYPTED_ONLY"
  }
  backup_configuration = {
    enabled                        = true
    start_time                     = "01:00"
    point_in_time_recovery_enabled = true
    transaction_log_retention_days = "7"
    retained_backups               = 30
    retention_unit                 = "COUNT"
  }
  maintenance_window_day          = 7
  maintenance_window_hour         = 2
  maintenance_window_update_track = "stable"
}

resource "google_secret_manager_secret" "database_url" {
  secret_id = "parkgraph-database-url"
  replication {
    auto {}
  }
}

resource "google_secret_manager_secret_version" "database_url" {
  secret = google_secret_manager_secret.database_url.id
  secret_data = format(
    "postgresql://parkgraph:%s@%s:5432/parkgraph?sslmode=require",
    urlencode(module.database.generated_user_password), module.database.private_ip_address,
  )
}

# Encrypts number plates. Its value is made by hand, once, and is in no state: docs/deploy.md.
resource "google_secret_manager_secret" "plates_key" {
  secret_id = "parkgraph-plates-key"
  replication {
    auto {}
  }
}
