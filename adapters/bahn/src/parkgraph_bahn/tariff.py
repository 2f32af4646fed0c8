"""A facility's tariff as the network writes it."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Annotated, Final, NamedTuple

from pydantic import BeforeValidator, Field

from parkgraph.domain.tariff import Months, Period, RateTable
from parkgraph.sdk import RowRejected
from parkgraph_bahn.rates import Units, rate_table
from parkgraph_bahn.row import Row, Text


class Product(NamedTuple):
    """What one `duration` sells; `unit` is None where it takes a card or a contract."""

    name: str
    unit: Period | None = None


_DURATION: Final = re.compile(r"(?P<count>[1-9][0-9]{0,2})(?P<unit>min|hour|day|week|month)(?P<kind>[A-Z][A-Za-z]*)?")
_UNITS: Final[Mapping[str, tuple[str, str, Period]]] = {
    "min": ("Minute", "Minuten", timedelta(minutes=1)),
    "hour": ("Stunde", "Stunden", timedelta(hours=1)),
    "day": ("Tag", "Tage", timedelta(days=1)),
    "week": ("Woche", "Wochen", timedelta(weeks=1)),
    "month": ("Monat", "Monate", Months(1)),
}
_KINDS: Final = {
    "VendingMachine": "am Automaten",
    "PCard": "mit Pcard",
    "Discount": "ermäßigt",
    "LongTerm": "im Dauervertrag",
    "Reservation": "mit reserviertem Stellplatz",
}
_CASUAL: Final = (None, "VendingMachine")


def read_product(duration: str) -> Product | None:
    """`20min`, `1day`, `1monthLongTerm`; None for what is not documented."""
    found = _DURATION.fullmatch(duration)
    if found is None or (found["kind"] and found["kind"] not in _KINDS):
        return None
    count, (one, several, unit) = int(found["count"]), _UNITS[found["unit"]]
    name = " ".join(filter(None, (str(count), one if count == 1 else several, _KINDS.get(found["kind"] or ""))))
    if found["kind"] not in _CASUAL:
        return Product(name)
    return Product(name, Months(count) if isinstance(unit, Months) else count * unit)


def _decimal(value: object) -> object:
    """JSON may write 3 for 3.0, which pydantic's strict Decimal refuses."""
    return Decimal(value) if type(value) is int else value


Euros = Annotated[Decimal, BeforeValidator(_decimal), Field(ge=0, le=100_000)]


class Group(Row):
    group_name: Text


class Price(Row):
    """The price of one product; None where it is not sold."""

    group: Group = Group(groupName="standard")
    duration: Text
    price: Euros | None = None


class Texts(Row):
    """What the network says in words; an empty text is none."""

    tariff_free_parking_time: Text = ""
    tariff_max_parking_time: Text = ""
    tariff_special: Text = ""
    tariff_payment_options: Text = ""
    tariff_payment_mobile: Text = ""


class Information(Row):
    dynamic: Texts = Texts()


class Tariff(Row):
    """Prices in euros, beside texts that may change what they mean."""

    information: Information = Information()
    prices: tuple[Price, ...] = Field(default=(), strict=False, max_length=100)

    @property
    def texts(self) -> Texts:
        return self.information.dynamic

    def to_text(self) -> str | None:
        """Every price and the texts beside them, in the network's own language."""
        sold = ((read_product(duration), duration, price) for duration, price in self._sold().items())
        prices = (f"{product.name if product else duration} {_euros(price)}" for product, duration, price in sold)
        free_time = self.texts.tariff_free_parking_time.removeprefix("nein")
        words = (
            free_time and f"Freie Parkzeit {free_time}",
            self.texts.tariff_max_parking_time,
            self.texts.tariff_special,
        )
        return "; ".join((*prices, *filter(None, words))) or None

    def to_rates(self) -> RateTable | None:
        """What a casual stay costs; None where nothing is sold to one."""
        units: Units = {}
        all_known = True
        for duration, price in self._sold().items():
            product = read_product(duration)
            all_known = all_known and product is not None
            if product and product.unit is not None:
                units[product.unit] = min(price, units.get(product.unit, price))
        if not units:
            return None
        texts = self.texts
        table = rate_table(units, texts.tariff_special, texts.tariff_free_parking_time, texts.tariff_max_parking_time)
        return table if all_known else replace(table, known_until=timedelta(0))

    def _sold(self) -> dict[str, Decimal]:
        sold: dict[str, Decimal] = {}
        for price in self.prices:
            if price.price is None or price.group.group_name != "standard":
                continue
            if price.duration in sold:
                raise RowRejected("a product has two prices")
            sold[price.duration] = price.price
        return sold


def _euros(amount: Decimal) -> str:
    return f"{amount:.2f} €".replace(".", ",")
