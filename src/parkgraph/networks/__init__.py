"""Runs adapters: the registry, calls to networks, snapshots and who refreshes them."""
