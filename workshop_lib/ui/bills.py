"""A bill: what was used, what it costs, and what one picture would cost a million times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from markupsafe import Markup

from workshop_lib.costs import Bill, BillLine
from workshop_lib.design import load_tokens, service_name
from workshop_lib.prices import UnitPrice
from workshop_lib.ui.charts import Bar, Kind, draw_bars
from workshop_lib.ui.tables import TableView
from workshop_lib.ui.views import View, join, visible

LEAST_SHOWN = Decimal("0.0000001")
NUMBER_WORDS = {1_000: "thousand", 1_000_000: "million"}

NOT_CHARGED = "This is what AWS asks for it; the local cloud asks nothing."
ALWAYS_FREE = (
    "Always free is a part of every account's month, shared by all who use the account. Credits of "
    "a new account pay the rest first."
)
MILLION_TITLE = "One picture, a million times a month"
NOTHING = "Nothing that costs was used yet."


@dataclass(frozen=True)
class BillData:
    """What a bill shows.

    Args:
        used: the bill of what was used so far.
        million: the bill of one picture's way, a million times a month.
        sources: for each key of the bill, how its quantity is known, in words.
        remarks: what is not on the bill, one sentence each.
    """

    used: Bill
    million: Bill
    sources: dict[str, str]
    remarks: Sequence[str] = ()


class BillView(View):
    """What was used so far times today's price, per service; and a million pictures."""

    def __init__(self, data: BillData) -> None:
        self._data = data

    def body(self) -> Markup:
        """Sums, bars and tables; how it was found is folded."""
        data = self._data
        return Markup(
            '<div class="bill"><p><strong>{}</strong> {}</p>{}{}<p><strong>{}</strong> {}</p>{}'
            "<details><summary>Line by line</summary>{}</details>"
            "<details><summary>How this was found</summary><ul>{}</ul></details></div>"
        ).format(
            self._headline(), NOT_CHARGED,
            _bars("What was used so far, in USD", data.used), self._table().body(),
            self._million_headline(), _leader(data.million), _bars(MILLION_TITLE, data.million),
            _million_table(data.million).body(),
            join([Markup("<li>{}</li>").format(visible(remark)) for remark in self._remarks()]),
        )  # fmt: skip

    def to_text(self) -> str:
        """Both bills as tables, with the remarks."""
        parts = [
            f"{self._headline()} {NOT_CHARGED}",
            self._table().to_text(),
            f"{self._million_headline()} {_leader(self._data.million)}".rstrip(),
            _million_table(self._data.million).to_text(),
            *(f"- {remark}" for remark in self._remarks()),
        ]
        return "\n".join(part for part in parts if part)

    def _headline(self) -> str:
        used = self._data.used
        if not used.lines:
            return NOTHING
        free = f", {format_usd(used.free)} of it always free" if used.free else ""
        return f"USD {format_usd(used.cost)} so far{free}."

    def _million_headline(self) -> str:
        million = self._data.million
        due = f", {format_usd(million.due)} after the always-free parts" if million.free else ""
        return f"{MILLION_TITLE}: USD {format_usd(million.cost)}{due}."

    def _table(self) -> TableView:
        return TableView([
            {**_columns(line), "USD": format_usd(line.cost), "known": self._source(line)}
            for line in self._data.used.lines
        ])  # fmt: skip

    def _source(self, line: BillLine) -> str:
        return self._data.sources.get(line.price.key, "")

    def _remarks(self) -> list[str]:
        lines = [*self._data.used.lines, *self._data.million.lines]
        prices = list(dict.fromkeys(line.price for line in lines))
        return [*self._data.remarks, ALWAYS_FREE, *describe_prices(prices, self._data.used.region)]


def describe_prices(prices: Sequence[UnitPrice], region: str) -> list[str]:
    """When the prices were read, and which of them are another Region's or not sure."""
    remarks = []
    if prices:
        days = sorted(price.read for price in prices)
        remarks.append(
            f"Prices without tax, read between {days[0]} and {days[-1]}; "
            "workshop_lib/prices.toml names the source of each."
        )
    if borrowed := [price for price in prices if price.region != region]:
        named = ", ".join(f"{service_name(price.service)} {price.what}" for price in borrowed)
        remarks.append(f"Not known for {region}, so at the price of us-east-1: {named}.")
    if doubtful := [price for price in prices if price.confidence == "unverified"]:
        named = ", ".join(f"{service_name(price.service)} {price.what}" for price in doubtful)
        remarks.append(f"From second-hand lists, look them up before you rely on them: {named}.")
    return remarks


def _columns(line: BillLine) -> dict[str, str]:
    return {
        "service": service_name(line.price.service),
        "what": line.price.what,
        "used": format_quantity(line.quantity, line.price.unit),
        "price": describe_price(line.price),
    }


def _million_table(bill: Bill) -> TableView:
    return TableView([
        {
            **_columns(line),
            "USD": format_usd(line.cost),
            "always free": format_usd(line.free),
            "to pay": format_usd(line.due),
        }
        for line in bill.lines
    ])  # fmt: skip


def _leader(bill: Bill) -> str:
    """Which service takes the most, in words; nothing where there is only one."""
    if not bill.cost or len(bill.services) == 1:
        return ""
    service, cost = max(bill.services.items(), key=lambda entry: entry[1])
    return f"The most of it, {cost / bill.cost:.0%}, goes to {service_name(service)}."


def _bars(title: str, bill: Bill) -> Markup:
    bars = [
        Bar(
            service_name(service),
            [(Kind(service_name(service), _colour(service)), float(cost))],
            format_usd(cost),
        )
        for service, cost in bill.services.items()
        if cost
    ]
    return draw_bars(title, bars) if bars else Markup()


def _colour(service: str) -> str:
    return f"--service-{service}" if service in load_tokens().services else "--quiet"


def format_usd(amount: Decimal) -> str:
    """An amount with two decimals, or with two figures that say something where it is small."""
    if not amount:
        return "0"
    if amount >= 1:
        return f"{amount:,.2f}"
    if amount < LEAST_SHOWN:
        return f"under {LEAST_SHOWN:f}"
    decimals = max(2, 1 - amount.adjusted())
    return f"{amount:.{decimals}f}"


def format_quantity(quantity: Decimal, unit: str) -> str:
    """A quantity with its unit; small parts of a gigabyte are told in the unit below."""
    size = unit.partition("-")[0] == "GB" and not unit.endswith("second")
    if size and quantity < Decimal("0.1"):
        for smaller, times in (("MB", 1024), ("KB", 1024**2)):
            if quantity * times >= 1 or smaller == "KB":
                return _with_unit(quantity * times, unit.replace("GB", smaller))
    return _with_unit(quantity, unit)


def _with_unit(quantity: Decimal, unit: str) -> str:
    return f"{_format_number(quantity)} {_plural(unit) if quantity > 1 else unit}"


def _format_number(number: Decimal) -> str:
    if number == number.to_integral_value():
        return f"{number:,.0f}"
    if number >= 100:
        return f"{number:,.0f}"
    return f"{number:.{max(1, 2 - number.adjusted())}f}".rstrip("0").rstrip(".")


def describe_price(price: UnitPrice) -> str:
    """A price in words, such as ``0.20 a million requests``."""
    if not price.usd:
        return "free"
    usd = f"{price.usd:f}"
    if price.per == 1:
        return f"{usd} a {price.unit}"
    return f"{usd} a {NUMBER_WORDS.get(price.per, f'{price.per:,}')} {_plural(price.unit)}"


def _plural(unit: str) -> str:
    if unit.endswith(("GB", "MB", "KB")):
        return unit
    return f"{unit.removesuffix('y')}ies" if unit.endswith("ry") else f"{unit}s"
