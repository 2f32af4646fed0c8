"""The edge agent: one small process at the barrier, which needs nothing of the server's."""
