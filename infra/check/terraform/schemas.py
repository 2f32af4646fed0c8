"""What providers and modules of the registry accept, as far as we use them: written from their documentation.

In a line, `name!` must be given, `name?` may be, `name=` is known after apply, and `name{…}` is a block. A type follows
a colon: bool, number, list, set or map (of strings), any. Without one it is a string.
"""

from typing import Final

RESOURCES: Final = {
    "google_project_service": "service! project? disable_on_destroy?:bool",
    "google_compute_address": "name! region? project? address= self_link=",
    "google_compute_router": "name! network! region? project?",
    "google_compute_router_nat": "name! router! region? project? nat_ip_allocate_option? nat_ips?:set "
    "source_subnetwork_ip_ranges_to_nat! log_config{enable!:bool filter!}",
    "google_service_account": "account_id! display_name? description? project? email= member= name=",
    "google_project_iam_member": "project! role! member!",
    "google_artifact_registry_repository": "repository_id! format! location? project? description? name= "
    "docker_config{immutable_tags?:bool} cleanup_policies{id! action? most_recent_versions{keep_count?:number} "
    "condition{older_than? tag_state?}}",
    "google_artifact_registry_repository_iam_member": "repository! location? project? role! member!",
    "google_iam_workload_identity_pool": "workload_identity_pool_id! project? name=",
    "google_iam_workload_identity_pool_provider": "workload_identity_pool_id! workload_identity_pool_provider_id! "
    "attribute_condition? attribute_mapping?:map project? name= oidc{issuer_uri! allowed_audiences?:list}",
    "google_service_account_iam_member": "service_account_id! role! member!",
    "google_secret_manager_secret": "secret_id! project? replication{auto{}}",
    "google_secret_manager_secret_version": "secret! secret_data?",
    "google_logging_project_bucket_config": "project! location! bucket_id! retention_days?:number",
    "google_logging_project_sink": "name! destination! filter? project? unique_writer_identity?:bool writer_identity=",
    "google_monitoring_notification_channel": "display_name? type! labels?:map project?",
    "google_billing_budget": "billing_account! display_name? budget_filter{projects?:set} "
    "amount{specified_amount{currency_code? units?}} threshold_rules{threshold_percent!:number spend_basis?} "
    "all_updates_rule{monitoring_notification_channels?:list}",
    "helm_release": "name! chart! repository? version? namespace? create_namespace?:bool values?:list "
    "set_sensitive?:objects",
    "statuscake_contact_group": "name! email_addresses?:set",
    "statuscake_uptime_check": "name! check_interval!:number confirmation?:number trigger_rate?:number "
    "contact_groups?:set paused?:bool tags?:set regions?:set monitored_resource{address! host?} "
    "http_check{status_codes!:set request_method? request_headers?:map request_payload?:map request_payload_raw? "
    "timeout?:number validate_ssl?:bool follow_redirects?:bool content_matchers{content! matcher?}}",
    "statuscake_ssl_check": "check_interval!:number contact_groups?:set paused?:bool monitored_resource{address!} "
    "alert_config{alert_at!:numbers on_broken?:bool on_expiry?:bool on_mixed?:bool on_reminder?:bool}",
    "statuscake_heartbeat_check": "name! period!:number contact_groups?:set paused?:bool check_url=",
}
DATA: Final = {
    "google_compute_address": "name! region? project? address= self_link=",
    "google_client_config": "access_token= project= region=",
    "google_container_cluster": "name! location? project? endpoint= control_plane_endpoints_config=:endpoints",
}
PROVIDERS: Final = {
    "google": "project? region? billing_project? user_project_override?:bool default_labels?:map",
    "helm": "kubernetes?:kubernetes",
    "statuscake": "api_token?",
}
ADDRESSES: Final = {
    "google": "hashicorp/google",
    "helm": "hashicorp/helm",
    "statuscake": "statuscakedev/statuscake",
}
MODULES: Final = {
    "terraform-google-modules/network/google": (
        "18.0.0",
        "project_id! network_name! subnets!:any routing_mode? secondary_ranges?:any routes?:any",
        "network_name network_self_link subnets",
    ),
    "terraform-google-modules/sql-db/google//modules/private_service_access": (
        "28.0.0",
        "project_id! vpc_network! address? prefix_length?:number ip_version? labels?:map",
        "address google_compute_global_address_name",
    ),
    "terraform-google-modules/cloud-dns/google": (
        "7.0.0",
        "project_id! name! domain! type? dnssec_config?:any recordsets?:any description? labels?:map",
        "name name_servers domain",
    ),
    "terraform-google-modules/kubernetes-engine/google//modules/gke-autopilot-cluster": (
        "44.0.0",
        (
            "project_id! name! location! network! subnetwork! master_authorized_networks_config!:any "
            "control_plane_endpoints_config!:any workload_identity_config!:any deletion_protection?:bool "
            "ip_allocation_policy?:any private_cluster_config?:any cluster_autoscaling?:any release_channel?:any "
            "maintenance_policy?:any resource_labels?:map"
        ),
        "cluster_name endpoint location",
    ),
    "terraform-google-modules/sql-db/google//modules/postgresql": (
        "28.0.0",
        (
            "project_id! name! database_version! zone? region? tier? edition? availability_type? disk_size?:number "
            "disk_autoresize?:bool deletion_protection?:bool db_name? user_name? database_flags?:any "
            "ip_configuration?:any backup_configuration?:any random_instance_name?:bool maintenance_window_day?:number "
            "maintenance_window_hour?:number maintenance_window_update_track? insights_config?:any"
        ),
        "instance_name private_ip_address generated_user_password",
    ),
}
