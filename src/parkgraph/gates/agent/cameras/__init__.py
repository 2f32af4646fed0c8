"""Cameras: each has one file that reads what it sends, and nothing else. Pure."""

from collections.abc import Callable, Mapping
from typing import Final

from parkgraph.gates.agent.cameras import axis, dahua, frigate, hikvision, openalpr, plain, platerecognizer, unifi
from parkgraph.gates.agent.cameras.payload import Message
from parkgraph.gates.agent.look import Look

Reader = Callable[[Message], tuple[Look, ...]]
"""What a message says. Raises Unreadable, with the reason."""

READERS: Final[Mapping[str, Reader]] = {
    "axis": axis.read,
    "dahua": dahua.read,
    "frigate": frigate.read,
    "hikvision": hikvision.read,
    "openalpr": openalpr.read,
    "plain": plain.read,
    "platerecognizer": platerecognizer.read,
    "unifi": unifi.read,
}
