# From outside, and of the money.

resource "statuscake_contact_group" "operators" {
  name            = "ParkGraph ${var.environment}"
  email_addresses = var.operators
}

# A real question: the networks that a server knows. An error would be status 200 too, so the answer is looked at.
resource "statuscake_uptime_check" "api" {
  name           = "ParkGraph ${var.environment}"
  check_interval = 60
  confirmation   = 2
  trigger_rate   = 2
  contact_groups = [statuscake_contact_group.operators.id]
  monitored_resource {
    address = "https://${var.domain}/graphql"
  }
  http_check {
    request_method      = "HTTP"
    request_headers     = { "Content-Type" = "application/json" }
    request_payload_raw = jsonencode({ query = "query Uptime { networks { id status } }" })
    timeout             = 10
    validate_ssl        = true
    status_codes        = [for status in range(400, 600) : tostring(status)]
    content_matchers {
      matcher = "CONTAINS_STRING"
      content = "\"data\":{\"networks\":[{\"id\""
    }
  }
}

resource "statuscake_ssl_check" "api" {
  check_interval = 86400
  contact_groups = [statuscake_contact_group.operators.id]
  monitored_resource {
    address = "https://${var.domain}"
  }
  alert_config {
    alert_at    = [1, 7, 21]
    on_broken   = true
    on_expiry   = true
    on_mixed    = false
    on_reminder = true
  }
}

# Prometheus says every minute that it lives; who watches the watchman.
resource "statuscake_heartbeat_check" "monitoring" {
  name           = "ParkGraph ${var.environment} monitoring"
  period         = 300
  contact_groups = [statuscake_contact_group.operators.id]
}

resource "google_logging_project_bucket_config" "errors" {
  project        = var.project_id
  location       = var.region
  bucket_id      = "parkgraph-errors"
  retention_days = 365
}

# Longer than the 30 days of all others. Error Reporting reads errors where they come in.
resource "google_logging_project_sink" "errors" {
  name                   = "parkgraph-errors"
  destination            = "logging.googleapis.com/${google_logging_project_bucket_config.errors.id}"
  filter                 = "resource.type=\"k8s_container\" AND severity>=ERROR AND jsonPayload.event:*"
  unique_writer_identity = true
}

resource "google_monitoring_notification_channel" "operators" {
  for_each     = toset(var.operators)
  display_name = each.key
  type         = "email"
  labels       = { email_address = each.key }
}

resource "google_billing_budget" "month" {
  billing_account = var.billing_account
  display_name    = "ParkGraph ${var.environment}"
  budget_filter {
    projects = ["projects/${var.project_id}"]
  }
  amount {
    specified_amount {
      currency_code = "EUR"
      units         = tostring(var.budget_eur)
    }
  }
  dynamic "threshold_rules" {
    for_each = [0.5, 0.9, 1.0]
    content {
      threshold_percent = threshold_rules.value
    }
  }
  all_updates_rule {
    monitoring_notification_channels = [for channel in google_monitoring_notification_channel.operators : channel.id]
  }
}
