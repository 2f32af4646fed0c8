"""How much work one price may be: a tariff that is too fine for so long a stay is refused."""

from dataclasses import dataclass


class TooComplex(Exception):
    """The tariff is too fine for so long a stay."""


@dataclass(slots=True)
class Budget:
    """What is left for one price. Whoever takes of it raises TooComplex where it is not enough.

    `steps`: parts of a stay that are looked at one by one. `units`: lengths for which the cheapest units are sought.
    `charges`: what the lines are made of; days that are alike are walked once, but each is listed.
    """

    steps: int = 5_000
    units: int = 50_000
    charges: int = 10_000

    def take_units(self, count: int) -> None:
        self.units -= count
        if self.units < 0:
            raise TooComplex

    def take_charges(self, count: int) -> None:
        self.charges -= count
        if self.charges < 0:
            raise TooComplex
