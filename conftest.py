"""Hypothesis in every test: no stop-watch, and the same examples each time. `make soak` draws new ones."""

import os

from hypothesis import settings

settings.register_profile("test", deadline=None, derandomize=True)
settings.register_profile("soak", deadline=None)
settings.load_profile("soak" if "PARKGRAPH_SOAK" in os.environ else "test")
