"""The graph over HTTP: strawberry types, one call per resolver."""
