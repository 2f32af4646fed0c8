"""The partner's kit: a new adapter, its check, and samples recorded from a live network."""
