output "instance" {
  value = module.database.instance_name
}
