output "name_servers" {
  description = "To be named where the domain is registered."
  value       = module.dns.name_servers
}

output "egress_address" {
  description = "From which networks are asked."
  value       = google_compute_address.egress.address
}
