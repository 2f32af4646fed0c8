"""A configured network, run once by hand."""

import os
from pathlib import Path

from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn

from parkgraph.cli.common import ERR
from parkgraph.networks import registry
from parkgraph.networks.network import Network
from parkgraph.networks.trial import Trial, try_network
from parkgraph.settings import load
from parkgraph.start_error import StartError


def configured(instance: str, config: Path | None) -> Network:
    """The network of this name in the configuration, or in the demo's where there is none. Raises StartError."""
    settings = load(config, os.environ)
    networks = registry.build(settings, only=instance) if config else registry.build_demo(settings)
    found = next((network for network in networks if network.id == instance), None)
    if found is None:
        known = ", ".join(sorted(settings.networks if config else (network.id for network in networks)))
        raise StartError(f"there is no network {instance!r} here; there are: {known}")
    return found


async def attempt(network: Network) -> Trial:
    """What it answers, asked once; the terminal shows how far it is. Raises NetworkFault."""
    with Progress(SpinnerColumn(), BarColumn(), TextColumn("{task.description}"), console=ERR, transient=True) as bar:
        steps = 2 if network.info.occupancies_every else 1
        task = bar.add_task(network.info.name, total=steps + 1)

        def say(step: str) -> None:
            bar.update(task, description=f"{network.info.name}: {step}", advance=1)

        return await try_network(network, say)
