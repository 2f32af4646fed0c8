"""Exact amounts of one currency."""

import re
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Final

_MINOR_UNITS: Final = {
    "BHD": 3, "BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "IQD": 3, "ISK": 0, "JOD": 3, "JPY": 0, "KMF": 0, "KRW": 0,
    "KWD": 3, "LYD": 3, "OMR": 3, "PYG": 0, "RWF": 0, "TND": 3, "UGX": 0, "UYI": 0, "VND": 0, "VUV": 0, "XAF": 0,
    "XOF": 0, "XPF": 0,
}  # fmt: skip
"""Digits after the point where ISO 4217 has other than two."""

_CODE: Final = re.compile(r"[A-Z]{3}")


@lru_cache(maxsize=1024)
def check_currency(code: str) -> str:
    """The code itself, or ValueError when it does not have the shape of an ISO 4217 code."""
    if not _CODE.fullmatch(code):
        raise ValueError(f"a currency is three capital letters (ISO 4217), not {code[:20]!r}")
    return code


@lru_cache(maxsize=1024)
def minor_unit(currency: str) -> Decimal:
    """The smallest amount that can be paid: 0.01 for EUR, 1 for JPY."""
    return Decimal(1).scaleb(-_MINOR_UNITS.get(currency, 2))


@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount with its ISO 4217 code. Amounts of two currencies never meet in one sum.

    `text`: the amount in digits, never with an exponent.
    """

    amount: Decimal
    currency: str
    text: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not self.amount.is_finite():
            raise ValueError("an amount of money must be a finite number")
        check_currency(self.currency)
        text = str(self.amount)
        object.__setattr__(self, "text", f"{self.amount:f}" if "E" in text else text)

    def __add__(self, other: "Money") -> "Money":
        self._same_currency(other)
        return Money(self.amount + other.amount, self.currency)

    def __lt__(self, other: "Money") -> bool:
        self._same_currency(other)
        return self.amount < other.amount

    def rounded(self) -> "Money":
        """Rounded half up to the currency's minor unit."""
        return Money(self.amount.quantize(minor_unit(self.currency), ROUND_HALF_UP), self.currency)

    def _same_currency(self, other: "Money") -> None:
        if self.currency != other.currency:
            raise ValueError(f"cannot compare or add {self.currency} and {other.currency}")
