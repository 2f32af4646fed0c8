"""What one car park sells for one stay."""

import re
from typing import Any, Final

from pydantic import ValidationError

from parkgraph.sdk import Malformed, Refused
from parkgraph_parclick.api import Api
from parkgraph_parclick.parking import Parking
from parkgraph_parclick.product import Product
from parkgraph_parclick.question import Clock

LOCALE: Final = "en_GB"

_ID: Final = re.compile(r"[0-9]{1,18}")


class Stock:
    """Asks for one car park at a time."""

    def __init__(self, api: Api) -> None:
        self._api = api

    async def details(self, local_id: str) -> Parking | None:
        """The car park with its zone and what a booking has to say; None where the network knows of none."""
        if not _ID.fullmatch(local_id):
            return None
        try:
            row = await self._api.get(f"/v1/parking/{local_id}/details", {"group": "detail", "locale": LOCALE})
            return Parking.model_validate(row)
        except Refused:
            return None
        except ValidationError:
            raise Malformed("the details of a car park are not what the network promises") from None

    async def products(self, local_id: str, vehicle_type: str, clock: Clock) -> tuple[Product, ...]:
        """The best pass for the stay, with the token that books it; empty where nothing is sold."""
        if not _ID.fullmatch(local_id):
            return ()
        params = {"group": "bestpass", "locale": LOCALE, "parking": local_id, "vehicleType": vehicle_type}
        try:
            document = await self._api.get("/v1/pass/details", {**params, **clock.parameters})
            products = tuple(Product.model_validate(row) for row in _rows(document))
        except Refused:
            return ()
        except ValidationError:
            raise Malformed("the best pass is not what the network promises") from None
        return tuple(product for product in products if product.parking.id in (None, local_id))


def _rows(document: Any) -> list[Any]:
    """One product, a list of them, or a page of them: the documentation shows all three."""
    if isinstance(document, dict):
        return document["items"] if isinstance(document.get("items"), list) else [document]
    if isinstance(document, list):
        return document
    raise Malformed("the answer is neither a product nor a list of them")
