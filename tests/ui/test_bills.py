from decimal import Decimal

import pytest

from workshop_lib.costs import make_bill
from workshop_lib.prices import load_prices
from workshop_lib.ui.bills import (
    BillData,
    BillView,
    describe_price,
    format_quantity,
    format_usd,
)
from workshop_lib.ui.charts import Bar, Kind, draw_bars


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        ("0", "0"),
        ("1234.5", "1,234.50"),
        ("0.5", "0.50"),
        ("0.0123", "0.012"),
        ("0.00000123", "0.0000012"),
        ("0.00000000123", "under 0.0000001"),
    ],
)
def test_an_amount_shows_figures_that_say_something(amount, shown):
    """Small amounts are shown with two figures and not as zero."""
    assert shown == format_usd(Decimal(amount))


@pytest.mark.parametrize(
    ("quantity", "unit", "shown"),
    [
        ("1", "request", "1 request"),
        ("1234567", "request", "1,234,567 requests"),
        ("2", "delivery", "2 deliveries"),
        ("0.0078125", "GB-month", "8 MB-months"),
        ("0.0000021", "GB", "2.2 KB"),
        ("0.5", "read unit", "0.5 read unit"),
        ("5.2712", "GB-second", "5.27 GB-seconds"),
        ("12", "GB", "12 GB"),
    ],
)
def test_a_quantity_is_told_in_a_unit_of_its_size(quantity, unit, shown):
    """Kilobytes are not told as millionths of a gigabyte, nor one request as requests."""
    assert shown == format_quantity(Decimal(quantity), unit)


def test_a_price_is_told_with_what_it_is_for():
    """A price says for how many of what it is."""
    prices = load_prices()
    assert "0.20 a million requests" == describe_price(prices.find("lambda-requests"))
    assert "0.023 a GB-month" == describe_price(prices.find("s3-storage"))
    assert "2.00 a 100,000 e-mails" == describe_price(prices.find("sns-email-deliveries"))
    assert "free" == describe_price(prices.find("sns-deliveries"))


def test_doubtful_and_borrowed_prices_are_named():
    """A bill says which prices are another Region's, and which come from second-hand lists."""
    bill = make_bill({"api-rest-calls": 1_000_000, "data-out": 200}, "eu-west-3")

    text = BillView(BillData(bill, make_bill({}), {})).to_text()

    assert "Not known for eu-west-3, so at the price of us-east-1: Internet data out." in text
    assert "look them up before you rely on them: API Gateway REST API calls." in text


def test_a_bill_says_nothing_twice():
    """Where nothing is free and one service takes all, neither is told in a second number."""
    million = make_bill({"s3-writes": 1_000_000})

    text = BillView(BillData(make_bill({}), million, {})).to_text()

    assert "One picture, a million times a month: USD 5.00.\n" in text
    assert "The most of it" not in text


def test_an_empty_bill_says_so():
    """Who has used nothing reads that, and no empty table."""
    assert (
        "Nothing that costs was used yet."
        in BillView(BillData(make_bill({}), make_bill({}), {})).to_html()
    )


def test_bars_are_to_scale_described_and_escaped():
    """The longest bar takes the room, half of it is half as long, and words are never markup."""
    good = Kind("time", "--good")
    picture = draw_bars("<Times>", [Bar("a<b", [(good, 2.0)], "2 s"), Bar("c", [(good, 1)], "1 s")])

    widths = [float(part.split('"')[0]) for part in picture.split('width="')[2:]]
    assert widths[0] == pytest.approx(2 * widths[1], rel=0.01)
    assert "&lt;Times&gt;" in picture
    assert "a&lt;b: 2 s. c: 1 s." in picture
    assert "a<b" not in picture
