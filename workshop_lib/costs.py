"""Quantities times prices: the bill of what was used, and estimates of what will be.

Pure functions over plain quantities, each named by its key in `prices.toml`. Money is in dollars,
without tax, as :class:`decimal.Decimal`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

from workshop_lib.prices import REFERENCE_REGION, PriceList, UnitPrice, load_prices

ESTIMATES_FILE = Path(__file__).with_name("estimates.toml")
MILLION = 1_000_000

Quantities = Mapping[str, Decimal | int]


@dataclass(frozen=True)
class BillLine:
    """One thing that was used: how much of it, and at what price."""

    price: UnitPrice
    quantity: Decimal

    @property
    def cost(self) -> Decimal:
        """What it costs when nothing of it is free."""
        return self.price.cost(self.quantity)

    @property
    def free(self) -> Decimal:
        """The part of the cost that is free, were this all of the account's month."""
        return self.price.cost(min(self.quantity, self.price.free))

    @property
    def due(self) -> Decimal:
        """What is left to pay after the free part."""
        return self.cost - self.free


@dataclass(frozen=True)
class Bill:
    """What was used and what it costs, in the order of `prices.toml`."""

    lines: tuple[BillLine, ...]
    region: str

    @property
    def cost(self) -> Decimal:
        """The sum when nothing is free."""
        return sum((line.cost for line in self.lines), Decimal(0))

    @property
    def free(self) -> Decimal:
        """How much of the sum is always free, were this all of the account's month."""
        return sum((line.free for line in self.lines), Decimal(0))

    @property
    def due(self) -> Decimal:
        """What is left to pay after the free parts."""
        return self.cost - self.free

    @property
    def services(self) -> dict[str, Decimal]:
        """The cost of each service when nothing is free."""
        sums: dict[str, Decimal] = {}
        for line in self.lines:
            sums[line.price.service] = sums.get(line.price.service, Decimal(0)) + line.cost
        return sums

    @property
    def borrowed(self) -> tuple[BillLine, ...]:
        """The lines whose price is another Region's, this Region's not being known."""
        return tuple(line for line in self.lines if line.price.region != self.region)


def make_bill(
    quantities: Quantities, region: str = REFERENCE_REGION, prices: PriceList | None = None
) -> Bill:
    """Return what these quantities cost in a Region; nothing is billed of what was not used.

    Args:
        quantities: by the keys of `prices.toml`.
        region: the AWS Region.
        prices: the workshop's own unless given.

    Raises:
        PricesError: a quantity has a key that no price has.
        ValueError: a quantity is negative.
    """
    known = prices or load_prices()
    # An unknown key must not be passed over.
    found = {key: known.find(key, region) for key in quantities}
    for key, quantity in quantities.items():
        if quantity < 0:
            raise ValueError(f"{key}: {quantity} is less than nothing")
    lines = (
        BillLine(found[key], Decimal(quantities[key]))
        for key in known.keys
        if key in found and quantities[key]
    )
    return Bill(tuple(lines), region)


def multiply(quantities: Quantities, times: int) -> dict[str, Decimal]:
    """Return the quantities so many times over, such as a :data:`MILLION` times a month."""
    return {key: Decimal(quantity) * times for key, quantity in quantities.items()}


def add(*parts: Quantities) -> dict[str, Decimal]:
    """Return the sum of several quantities."""
    sums: dict[str, Decimal] = {}
    for part in parts:
        for key, quantity in part.items():
            sums[key] = sums.get(key, Decimal(0)) + quantity
    return sums


@dataclass(frozen=True)
class Estimate:
    """What one attendee is assumed to use.

    Args:
        title: how she works, in words.
        quantities: by the keys of `prices.toml`.
        doubtful: the keys of what not everyone uses.
    """

    title: str
    quantities: Mapping[str, Decimal]
    doubtful: frozenset[str]

    def without_doubtful(self) -> Estimate:
        """Return the estimate for those who leave out what not everyone uses."""
        kept = {key: held for key, held in self.quantities.items() if key not in self.doubtful}
        return Estimate(self.title, kept, frozenset())


@cache
def load_estimates() -> dict[str, Estimate]:
    """Return the workshop's estimates: ``once`` and ``thorough``."""
    entries = tomllib.loads(ESTIMATES_FILE.read_text(encoding="utf-8"), parse_float=Decimal)
    return {
        name: Estimate(
            title=entry["title"],
            quantities={key: Decimal(held) for key, held in entry["quantities"].items()},
            doubtful=frozenset(entry["doubtful"]),
        )
        for name, entry in entries.items()
    }


def estimate(
    run: Estimate,
    *,
    attendees: int = 1,
    region: str = REFERENCE_REGION,
    prices: PriceList | None = None,
) -> Bill:
    """Return what a workshop costs whose attendees share one account, and so its free parts.

    Args:
        run: what each of them uses, see :func:`load_estimates`.
        attendees: how many they are.
        region: the AWS Region.
        prices: the workshop's own unless given.

    Raises:
        ValueError: there are fewer than no attendees.
    """
    return make_bill(multiply(run.quantities, attendees), region, prices)
