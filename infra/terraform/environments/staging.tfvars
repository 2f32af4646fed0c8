environment           = "staging"
project_id            = "parkgraph-staging"
region                = "europe-west3"
domain                = "staging.parkgraph.example"
deletion_protection   = false
database_tier         = "db-f1-micro"
database_availability = "ZONAL"
budget_eur            = 200
