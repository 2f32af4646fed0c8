"""One check of one adapter, of its samples or of what the network on it answers now."""

from pathlib import Path

from parkgraph.kit.errors import KitError
from parkgraph.kit.locate import Located
from parkgraph.networks.network import Network
from parkgraph.sdk.conformance.readme import NoMarkers, with_table
from parkgraph.sdk.conformance.report import Report
from parkgraph.sdk.conformance.runner import run, run_live
from parkgraph.sdk.conformance.subject import Subject


def check(located: Located) -> Report:
    """By its samples: no network is asked."""
    return run(located.adapter_class, located.home)


def check_live(network: Network) -> Report:
    """What the network answers now, by the rules that can judge that."""
    return run_live(network.adapter, network.aclose)


def write_readme(located: Located) -> Path:
    """Bring the network's table in the README up to date. Raises KitError."""
    if located.home is None:
        raise KitError(f"only the code of {located.name} is installed: its README is elsewhere")
    path = located.home / "README.md"
    subject = Subject(located.adapter_class, located.home / "samples", located.home)
    try:
        path.write_text(with_table(path.read_text(encoding="utf-8"), subject.info), encoding="utf-8")
    except NoMarkers as missing:
        raise KitError(f"{path}: {missing}") from None
    finally:
        subject.close()
    return path
