data "google_compute_address" "ingress" {
  name   = "parkgraph-ingress"
  region = var.region
}

resource "helm_release" "ingress" {
  name             = "traefik"
  namespace        = "traefik"
  create_namespace = true
  repository       = var.chart_repositories.traefik
  chart            = "traefik"
  version          = "36.2.0"
  values = [yamlencode({
    deployment = { replicas = 2 }
    service = { spec = {
      loadBalancerIP        = data.google_compute_address.ingress.address
      externalTrafficPolicy = "Local" # keeps the clients' addresses
    } }
    ports               = { web = { redirections = { entryPoint = { to = "websecure", scheme = "https" } } } }
    podDisruptionBudget = { enabled = true, minAvailable = 1 }
  })]
}

resource "helm_release" "certificates" {
  name             = "cert-manager"
  namespace        = "cert-manager"
  create_namespace = true
  repository       = var.chart_repositories.cert_manager
  chart            = "cert-manager"
  version          = "v1.21.1"
  values = [yamlencode({
    crds = { enabled = true }
    # Autopilot lets nobody write into kube-system.
    global = { leaderElection = { namespace = "cert-manager" } }
  })]
}

resource "helm_release" "monitoring" {
  name             = "monitoring"
  namespace        = "monitoring"
  create_namespace = true
  repository       = var.chart_repositories.prometheus
  chart            = "kube-prometheus-stack"
  version          = "67.8.0"
  values = [yamlencode({
    # What Autopilot keeps to itself.
    nodeExporter          = { enabled = false }
    kubeControllerManager = { enabled = false }
    kubeScheduler         = { enabled = false }
    kubeEtcd              = { enabled = false }
    kubeProxy             = { enabled = false }
    coreDns               = { enabled = false }
    prometheus            = { prometheusSpec = { retention = "15d" } }
    alertmanager = { config = {
      route = {
        receiver = "people"
        group_by = ["alertname", "network"]
        routes   = [{ receiver = "heartbeat", matchers = ["alertname = Watchdog"], repeat_interval = "1m", group_interval = "1m" }]
      }
      receivers = [
        { name = "people", webhook_configs = [{ url = var.alert_webhook }] },
        { name = "heartbeat", webhook_configs = [{ url = statuscake_heartbeat_check.monitoring.check_url }] },
      ]
    } }
  })]
}

resource "helm_release" "gitlab_agent" {
  name             = "gitlab-agent"
  namespace        = "gitlab-agent"
  create_namespace = true
  repository       = var.chart_repositories.gitlab
  chart            = "gitlab-agent"
  version          = "2.x"
  values           = [yamlencode({ config = { kasAddress = var.gitlab_agent_address } })]
  set_sensitive    = [{ name = "config.token", value = var.gitlab_agent_token }]
}
