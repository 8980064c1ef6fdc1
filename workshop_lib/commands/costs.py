"""`workshop costs`: what a day will cost, and what was used so far."""

from __future__ import annotations

from typing import Annotated

import typer
from botocore.exceptions import BotoCoreError, ClientError
from rich.table import Table

from workshop_lib.call_counts import CallCounts
from workshop_lib.cloud import Cloud, connect
from workshop_lib.commands.terminals import console, say, say_connected
from workshop_lib.costs import Estimate, estimate, load_estimates
from workshop_lib.design import service_name
from workshop_lib.errors import WorkshopError
from workshop_lib.lesson_bills import draw_up_bill
from workshop_lib.naming import Names
from workshop_lib.prices import UnitPrice
from workshop_lib.settings import Settings, read_settings
from workshop_lib.ui.bills import (
    ALWAYS_FREE,
    BillData,
    describe_price,
    describe_prices,
    format_quantity,
    format_usd,
)

CLASS_SIZE = 30
REKOGNITION_ASIDE = "Of it, {usd} an attendee is for Rekognition, which only lesson 3's aside asks."


def show_costs(
    attendees: Annotated[
        int, typer.Option(min=1, max=10_000, help="How many share the account.")
    ] = CLASS_SIZE,
    used: Annotated[
        bool, typer.Option("--used", help="What you have used so far, at AWS's prices, instead.")
    ] = False,
) -> None:
    """Estimate what the workshop costs, for one attendee and for a class in one account.

    With --used: the bill so far, from what the services tell and from your own calls.
    """
    settings = read_settings()
    if used:
        _show_used(settings)
        return
    for run in load_estimates().values():
        _show_estimate(run, attendees, settings.region)
    everything = estimate(load_estimates()["thorough"], region=settings.region)
    _say_prices([line.price for line in everything.lines], settings.region)
    say("`workshop costs --used` tells what was used; `workshop clean full` ends what costs.")


def _show_estimate(run: Estimate, attendees: int, region: str) -> None:
    one = estimate(run, region=region)
    everyone = estimate(run, attendees=attendees, region=region)
    table = Table("service")
    for heading in ("one attendee", f"a class of {attendees:,}"):
        table.add_column(heading, justify="right")
    for service, cost in one.services.items():
        table.add_row(
            service_name(service), format_usd(cost), format_usd(everyone.services[service])
        )
    table.add_section()
    table.add_row("sum", format_usd(one.cost), format_usd(everyone.cost), style="bold")
    table.add_row("always free", format_usd(one.free), format_usd(everyone.free))
    table.add_row("to pay", format_usd(one.due), format_usd(everyone.due))
    say(f"Estimate in USD: {run.title}.")
    console.print(table)
    aside = one.cost - estimate(run.without_doubtful(), region=region).cost
    if aside:
        say(REKOGNITION_ASIDE.format(usd=format_usd(aside)))
    say("")


def _show_used(settings: Settings) -> None:
    cloud = connect(settings)
    say_connected(cloud)
    names = Names(settings.attendee, cloud.account_id, cloud.region)
    counts = CallCounts.of_attendee(settings.home, cloud.target, settings.attendee).read()
    with console.status("Asking the services what was used…"):
        bill = draw_up_bill(cloud, names, counts)
    if not bill.used.lines:
        say("Nothing that costs was used, as far as can still be told.")
        return
    _show_bill(bill)
    say(f"One picture, a million times a month: {format_usd(bill.million.cost)}.")
    for remark in bill.remarks:
        say(remark)
    _say_prices([line.price for line in bill.used.lines], settings.region)


def _show_bill(bill: BillData) -> None:
    say("What was used so far, in USD before what is always free:")
    table = Table()
    for heading in ("service", "what", "used", "price", "USD"):
        table.add_column(heading, justify="right" if heading in ("used", "USD") else "left")
    for line in bill.used.lines:
        price = line.price
        table.add_row(
            service_name(price.service), price.what, format_quantity(line.quantity, price.unit),
            describe_price(price), format_usd(line.cost),
        )  # fmt: skip
    table.add_section()
    table.add_row("sum", "", "", "", format_usd(bill.used.cost), style="bold")
    console.print(table)


def show_used_before_removal(
    cloud: Cloud, names: Names, counts: CallCounts | None, *, briefly: bool = False
) -> None:
    """Print the bill so far, before clean-up takes away what tells it; briefly, its sum.

    Where it cannot be told, that is said: clean-up goes on.
    """
    try:
        with console.status(f"Asking the services what {names.attendee} used…"):
            bill = draw_up_bill(cloud, names, counts.read() if counts else [])
    except (ClientError, BotoCoreError, WorkshopError) as error:
        say(f"What {names.attendee} has used cannot be told: {error}")
        return
    if briefly or not bill.used.lines:
        say(f"{names.attendee} has used USD {format_usd(bill.used.cost)}, as far as can be told.")
    else:
        _show_bill(bill)


def _say_prices(prices: list[UnitPrice], region: str) -> None:
    distinct = list(dict.fromkeys(prices))
    for remark in (ALWAYS_FREE, *describe_prices(distinct, region)):
        say(remark)
    sources: dict[str, list[str]] = {}
    for price in distinct:
        read_where = f"{price.source} ({price.read})"
        named = sources.setdefault(read_where, [])
        if (service := service_name(price.service)) not in named:
            named.append(service)
    for read_where, services in sources.items():
        say(f"  {', '.join(services)}: {read_where}")
