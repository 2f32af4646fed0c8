mock_provider "google" {}

variables {
  project_id            = "parkgraph-staging"
  region                = "europe-west3"
  environment           = "staging"
  deletion_protection   = false
  database_tier         = "db-f1-micro"
  database_availability = "ZONAL"
}

override_module {
  target = module.database
  outputs = {
    instance_name           = "parkgraph-1a2b"
    private_ip_address      = "10.60.0.3"
    generated_user_password = "p@ss/word"
  }
}

run "the_server_s_url_is_private_encrypted_and_escaped" {
  assert {
    condition     = google_secret_manager_secret_version.database_url.secret_data == "postgresql://parkgraph:p%40ss%2Fword@10.60.0.3:5432/parkgraph?sslmode=require"
    error_message = "The URL must be one that a server can use."
  }
}

run "an_availability_of_another_name_is_refused" {
  command = plan
  variables {
    database_availability = "HIGH"
  }
  expect_failures = [var.database_availability]
}
