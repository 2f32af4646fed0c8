mock_provider "google" {
  mock_resource "google_compute_address" {
    defaults = {
      address   = "192.0.2.1"
      self_link = "https://compute.example/addresses/parkgraph-egress"
    }
  }
}

variables {
  project_id  = "parkgraph-staging"
  region      = "europe-west3"
  environment = "staging"
  domain      = "staging.parkgraph.example"
}

run "networks_are_asked_from_one_address_of_ours" {
  assert {
    condition     = google_compute_router_nat.egress.nat_ip_allocate_option == "MANUAL_ONLY"
    error_message = "Partners let one address in: it must not be chosen by Google."
  }
  assert {
    condition     = google_compute_router_nat.egress.nat_ips == toset([google_compute_address.egress.self_link])
    error_message = "The gateway must use the reserved address."
  }
  assert {
    condition     = output.egress_address == "192.0.2.1"
    error_message = "Operators must learn the address."
  }
}

run "no_service_is_switched_off_when_the_stage_is_destroyed" {
  assert {
    condition     = alltrue([for service in google_project_service.needed : !service.disable_on_destroy])
    error_message = "Other stages and projects may need it."
  }
}

run "an_environment_of_another_name_is_refused" {
  command = plan
  variables {
    environment = "prod"
  }
  expect_failures = [var.environment]
}
