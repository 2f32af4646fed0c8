"""Which listings are one place, and which a part of one. Pure, deterministic, blind to the order of its input."""

from parkgraph.graph.matching.clustering import Clustering, cluster, recluster
from parkgraph.graph.matching.features import Features, features, forget, look_alike
from parkgraph.graph.matching.looks import Looks
from parkgraph.graph.matching.parts import PartOf
from parkgraph.graph.matching.pins import NO_PINS, Pins

__all__ = [
    "NO_PINS",
    "Clustering",
    "Features",
    "Looks",
    "PartOf",
    "Pins",
    "cluster",
    "features",
    "forget",
    "look_alike",
    "recluster",
]
