mock_provider "google" {
  mock_data "google_container_cluster" {
    defaults = {
      control_plane_endpoints_config = [{ dns_endpoint_config = [{ endpoint = "cluster.example" }] }]
    }
  }
  mock_data "google_compute_address" {
    defaults = {
      address = "192.0.2.2"
    }
  }
}
mock_provider "helm" {}
mock_provider "statuscake" {
  mock_resource "statuscake_heartbeat_check" {
    defaults = {
      check_url = "https://push.example/heartbeat"
    }
  }
}

variables {
  project_id         = "parkgraph-staging"
  region             = "europe-west3"
  environment        = "staging"
  domain             = "staging.parkgraph.example"
  gitlab_agent_token = "not-a-token"
  operators          = ["operator@parkgraph.example"]
  alert_webhook      = "https://alerts.example/hook"
  billing_account    = "000000-000000-000000"
  budget_eur         = 200
  chart_repositories = {
    traefik      = "https://charts.example/traefik"
    cert_manager = "https://charts.example/cert-manager"
    prometheus   = "https://charts.example/prometheus"
    gitlab       = "https://charts.example/gitlab"
  }
}

run "the_outside_check_asks_a_real_question_and_looks_at_the_answer" {
  assert {
    condition     = one(statuscake_uptime_check.api.monitored_resource).address == "https://staging.parkgraph.example/graphql"
    error_message = "The API must be asked."
  }
  assert {
    condition     = can(jsondecode(one(statuscake_uptime_check.api.http_check).request_payload_raw).query)
    error_message = "It must be a GraphQL request."
  }
  assert {
    condition     = alltrue([for status in ["400", "429", "500", "503"] : contains(one(statuscake_uptime_check.api.http_check).status_codes, status)])
    error_message = "Every status from 400 on must alert."
  }
}

run "prometheus_tells_the_heartbeat_that_it_lives" {
  assert {
    condition     = strcontains(helm_release.monitoring.values[0], "https://push.example/heartbeat")
    error_message = "Watchdog must be sent to the heartbeat."
  }
}

run "every_operator_hears_of_the_budget" {
  assert {
    condition     = length(one(google_billing_budget.month.all_updates_rule).monitoring_notification_channels) == 1
    error_message = "Each operator has a channel."
  }
}

run "nobody_to_tell_is_refused" {
  command = plan
  variables {
    operators = []
  }
  expect_failures = [var.operators]
}
