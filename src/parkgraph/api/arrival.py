"""What a connection tells of a request on its ASGI scope."""

from typing import Final

ARRIVED: Final = "parkgraph.arrived"
"""When it did, by the loop's clock: others that came with it may be begun before it."""

WHOLE_BODY: Final = "parkgraph.whole_body"
"""All of its body, which can be received too, where that came with its head. Who answers takes it."""
