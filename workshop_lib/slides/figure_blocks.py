"""Figures and prices, in running text and in tables, from the files that lessons share."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from decimal import Decimal

from docutils import nodes

from workshop_lib.errors import WorkshopError
from workshop_lib.figures import Figure, figure
from workshop_lib.prices import UnitPrice, load_prices
from workshop_lib.slides.blocks import Block
from workshop_lib.slides.roles import LookUpRole
from workshop_lib.slides.slide_nodes import Reading, inline_figure
from workshop_lib.slides.tables import make_table


class FigureRole(LookUpRole):
    """A figure or a price in running text.

    Args:
        shown: returns the node of a name.
    """

    def __init__(self, shown: Callable[[str], nodes.Node]) -> None:
        self._shown = shown

    def look_up(self, name: str) -> nodes.Node:
        """Return the figure."""
        return self._shown(name)


def figure_now(name: str) -> nodes.inline:
    """What holds today."""
    found = figure(name)
    return inline_figure(found.text, _readings(found))


def figure_then(name: str) -> nodes.inline:
    """What the workshop's first deck said."""
    found = figure(name)
    if not found.then_text:
        raise WorkshopError(f"The figure {name!r} has no `then`.", "Leave it out, or add it.")
    return inline_figure(found.then_text, _readings(found))


def price_now(name: str) -> nodes.inline:
    """A price in us-east-1: "$0.20 per 1,000,000 requests"."""
    found = load_prices().find(name)
    address = found.source.split()[0].rstrip(",") if found.source.startswith("https://") else ""
    reading = Reading(found.what, found.source, address, found.read.isoformat(), found.confidence)
    return inline_figure(_price(found), [reading])


def _price(price: UnitPrice) -> str:
    if not price.usd:
        return "free"
    counted = f"{price.per:,} {_plural(price.unit)}" if price.per > 1 else price.unit
    return f"{_dollars(price.usd)} per {counted}"


def _free_each_month(price: UnitPrice) -> str:
    unit = price.unit.removesuffix("-month")
    return f"{price.free:,f} {unit if unit == 'GB' else _plural(unit)}" if price.free else ""


def _plural(unit: str) -> str:
    return re.sub(r"y$", "ie", unit) + "s"


def _dollars(usd: Decimal) -> str:
    """All digits that count, cents at least: $0.20, $0.0000166667."""
    whole, _, cents = f"{usd.normalize():f}".partition(".")
    return f"${whole}.{cents.ljust(2, '0')}"


def _readings(found: Figure) -> list[Reading]:
    return [
        Reading(found.name, source.title, source.address, source.date, found.confidence)
        for source in found.sources
    ]


class FigureTable(Block):
    """A table of figures: what, then where there was one, now."""

    has_content = False
    required_arguments = 1
    final_argument_whitespace = True

    def make(self) -> Sequence[nodes.Node]:
        """Make the table."""
        names = self.arguments[0].split()
        compared = any(figure(name).then_text for name in names)
        rows = []
        for name in names:
            found = figure(name)
            then: list[nodes.Node] = [nodes.Text(found.then_text)] if compared else []
            rows.append([nodes.Text(found.name), *then, _now_since(name)])
        box = nodes.container(classes=["block", "then-and-now" if compared else "figures"])
        box += make_table(["", "2019", "now"] if compared else ["", "now"], rows)
        return [box]


def _now_since(name: str) -> list[nodes.Node]:
    found = figure(name)
    if not found.changed:
        return [figure_now(name)]
    since = f" since {found.changed}"
    return [figure_now(name), nodes.inline(since, since, classes=["since"])]


class PriceTable(Block):
    """A table of prices in us-east-1, and what is always free."""

    has_content = False
    required_arguments = 1
    final_argument_whitespace = True

    def make(self) -> Sequence[nodes.Node]:
        """Make the table."""
        names = self.arguments[0].split()
        prices = [load_prices().find(name) for name in names]
        some_free = any(price.free for price in prices)
        rows = []
        for name, price in zip(names, prices, strict=True):
            cells = [nodes.Text(price.what), price_now(name)]
            rows.append([*cells, nodes.Text(_free_each_month(price))] if some_free else cells)
        box = nodes.container(classes=["block", "figures"])
        head = ["", "us-east-1"]
        box += make_table([*head, "free each month"] if some_free else head, rows)
        return [box]
