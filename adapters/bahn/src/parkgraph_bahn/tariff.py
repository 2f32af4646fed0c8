"""A facility's tariff as the network writes it."""

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


PRODUCTS: Final = {
    "20min": Product("20 Minuten", timedelta(minutes=20)),
    "30min": Product("30 Minuten", timedelta(minutes=30)),
    "1hour": Product("1 Stunde", timedelta(hours=1)),
    "1day": Product("1 Tag", timedelta(days=1)),
    "1dayPCard": Product("1 Tag mit Pcard"),
    "1week": Product("1 Woche", timedelta(weeks=1)),
    "1weekPCard": Product("1 Woche mit Pcard"),
    "1month": Product("1 Monat", Months(1)),
    "1monthVendingMachine": Product("1 Monat am Automaten", Months(1)),
    "1monthLongTerm": Product("1 Monat im Dauervertrag"),
    "1monthReservation": Product("1 Monat mit reserviertem Stellplatz"),
}


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
        prices = (f"{PRODUCTS[name].name} {_euros(price)}" for name, price in self._sold().items())
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
        for name, price in self._sold().items():
            unit = PRODUCTS[name].unit
            if unit is not None:
                units[unit] = min(price, units.get(unit, price))
        if not units:
            return None
        texts = self.texts
        return rate_table(units, texts.tariff_special, texts.tariff_free_parking_time, texts.tariff_max_parking_time)

    def _sold(self) -> dict[str, Decimal]:
        sold: dict[str, Decimal] = {}
        for price in self.prices:
            if price.price is None or price.duration not in PRODUCTS or price.group.group_name != "standard":
                continue
            if price.duration in sold:
                raise RowRejected("a product has two prices")
            sold[price.duration] = price.price
        return sold


def _euros(amount: Decimal) -> str:
    return f"{amount:.2f} €".replace(".", ",")
