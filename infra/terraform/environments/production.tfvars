environment           = "production"
project_id            = "parkgraph-production"
region                = "europe-west3"
domain                = "parkgraph.example"
deletion_protection   = true
database_tier         = "db-custom-2-7680"
database_availability = "REGIONAL"
budget_eur            = 700
