"""What AWS asks for a unit of each thing that the workshop uses.

`prices.toml` beside this file holds every price, with its source, the day it was read, and how sure
it is; nothing else in the project holds one.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args

from workshop_lib.errors import PricesError

PRICES_FILE = Path(__file__).with_name("prices.toml")
# The Region whose price stands in where another's is not known.
REFERENCE_REGION = "us-east-1"

Confidence = Literal["sure", "likely", "unverified"]


@dataclass(frozen=True)
class UnitPrice:
    """What a thing costs in US dollars, without tax and before what is free.

    Args:
        key: its name in `prices.toml`.
        service: a key of the design tokens' services, or a name.
        what: the thing, such as ``requests``.
        unit: what is counted, in the singular.
        usd: the price of `per` units.
        per: for how many units the price is.
        free: how many units are free every month in every account, for good.
        region: the Region whose price this is.
        source: where it was read.
        read: when it was read.
        confidence: ``sure``, ``likely`` or ``unverified``.
        note: what else the reader should know.
    """

    key: str
    service: str
    what: str
    unit: str
    usd: Decimal
    per: int
    free: Decimal
    region: str
    source: str
    read: date
    confidence: Confidence
    note: str = ""

    def cost(self, quantity: Decimal | int) -> Decimal:
        """Return what so many units cost, in US dollars, nothing of them free."""
        return quantity * self.usd / self.per


class PriceList:
    """All prices, by key and Region.

    Args:
        prices: by key, then by Region; each key has the price of :data:`REFERENCE_REGION`.
    """

    def __init__(self, prices: Mapping[str, Mapping[str, UnitPrice]]) -> None:
        self._prices = prices

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys, in the order of the file."""
        return tuple(self._prices)

    def find(self, key: str, region: str = REFERENCE_REGION) -> UnitPrice:
        """Return a price in this Region, or that of us-east-1 where this Region's is not known.

        Raises:
            PricesError: nothing has this key.
        """
        if key not in self._prices:
            raise PricesError(
                f"There is no price named {key!r}.", f"Choose from {', '.join(self._prices)}."
            )
        regions = self._prices[key]
        return regions.get(region, regions[REFERENCE_REGION])


@cache
def load_prices() -> PriceList:
    """Return the workshop's prices, read once."""
    return read_prices(PRICES_FILE)


def read_prices(file: Path) -> PriceList:
    """Read a file of prices.

    Raises:
        PricesError: it cannot be read, or an entry lacks something or has a value of no use.
    """
    try:
        entries = tomllib.loads(file.read_text(encoding="utf-8"), parse_float=Decimal)
    except (OSError, ValueError) as error:
        raise PricesError(f"{file} cannot be read: {error}", "Mend the file.") from error
    return PriceList({key: _read_entry(file, key, entry) for key, entry in entries.items()})


def _read_entry(file: Path, key: str, entry: Any) -> dict[str, UnitPrice]:
    if not isinstance(entry, dict):
        raise _wrong(file, key, "is no table")
    place = _Place(file, key, {name: held for name, held in entry.items() if not _is_table(held)})
    common = {
        "service": place.text("service"),
        "what": place.text("what"),
        "unit": place.text("unit"),
        "per": int(place.number("per", least=1)),
        "free": place.number("free", default=Decimal(0)),
        "note": place.text("note", default=""),
    }
    place.expect_no_other()
    regions = {name: held for name, held in entry.items() if _is_table(held)}
    if REFERENCE_REGION not in regions:
        raise _wrong(file, key, f"lacks the price of {REFERENCE_REGION}")
    return {
        region: _read_price(_Place(file, f"{key}.{region}", held), key, region, common)
        for region, held in regions.items()
    }


def _read_price(place: _Place, key: str, region: str, common: dict[str, Any]) -> UnitPrice:
    price = UnitPrice(
        key=key,
        region=region,
        usd=place.number("usd"),
        source=place.text("source"),
        read=place.day("read"),
        confidence=place.confidence("confidence"),
        **common,
    )
    place.expect_no_other()
    return price


def _is_table(held: Any) -> bool:
    return isinstance(held, dict)


@dataclass(frozen=True)
class _Place:
    """A table of the file, and where it stands; each reading takes its entry out."""

    file: Path
    name: str
    entries: dict[str, Any]

    def text(self, entry: str, default: str | None = None) -> str:
        held = self.entries.pop(entry, default)
        if not isinstance(held, str) or (default is None and not held.strip()):
            raise _wrong(self.file, self.name, f"needs a text for {entry!r}, not {held!r}")
        return held

    def number(self, entry: str, *, least: int = 0, default: Decimal | None = None) -> Decimal:
        held = self.entries.pop(entry, default)
        # True is an int to Python.
        if isinstance(held, bool) or not isinstance(held, int | Decimal):
            raise _wrong(self.file, self.name, f"needs a number for {entry!r}, not {held!r}")
        number = Decimal(held)
        if not number.is_finite() or number < least:
            raise _wrong(self.file, self.name, f"needs at least {least} for {entry!r}, not {held}")
        return number

    def day(self, entry: str) -> date:
        held = self.entries.pop(entry, None)
        if type(held) is not date:
            raise _wrong(self.file, self.name, f"needs a day for {entry!r}, not {held!r}")
        return held

    def confidence(self, entry: str) -> Confidence:
        held = self.text(entry)
        for known in get_args(Confidence):
            if held == known:
                return known  # type: ignore[no-any-return]
        known = ", ".join(get_args(Confidence))
        raise _wrong(self.file, self.name, f"needs one of {known} for {entry!r}, not {held!r}")

    def expect_no_other(self) -> None:
        if self.entries:
            raise _wrong(self.file, self.name, f"has an unknown entry {next(iter(self.entries))!r}")


def _wrong(file: Path, place: str, what: str) -> PricesError:
    return PricesError(f"{file}: [{place}] {what}.", "Mend the entry; its neighbours show how.")
