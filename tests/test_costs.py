from decimal import Decimal

import pytest

from workshop_lib.costs import MILLION, add, estimate, load_estimates, make_bill, multiply
from workshop_lib.errors import PricesError


def test_a_bill_is_quantity_times_price_line_by_line():
    """A bill has a line for each thing used, with quantity, price, amount and the free part."""
    bill = make_bill({"api-rest-calls": 200, "lambda-requests": 1_500_000, "s3-writes": 0})

    assert ["lambda-requests", "api-rest-calls"] == [line.price.key for line in bill.lines]
    calls, api = bill.lines
    # 1.5 M at 0.20 a million; the first million free.
    assert (Decimal("0.30"), Decimal("0.20"), Decimal("0.10")) == (
        calls.cost,
        calls.free,
        calls.due,
    )
    # 200 at 3.50 a million; nothing free.
    assert (Decimal("0.0007"), 0, Decimal("0.0007")) == (api.cost, api.free, api.due)
    assert Decimal("0.3007") == bill.cost
    assert Decimal("0.1007") == bill.due
    assert {"lambda": Decimal("0.30"), "apigateway": Decimal("0.0007")} == bill.services


def test_a_million_times_a_month():
    """One picture a million times is a million times its quantities, beyond what is free."""
    picture = {"s3-writes": 2, "lambda-requests": 4, "lambda-duration": Decimal("1.5")}

    bill = make_bill(multiply(picture, MILLION))

    # 2 M at 0.005 a thousand; 4 M at 0.20 a million; 1.5 M GB-seconds at 0.0000166667.
    assert Decimal(10) + Decimal("0.8") + Decimal("25.00005") == bill.cost
    # Free: a million calls, 400,000 GB-seconds.
    assert Decimal("0.2") + Decimal("6.66668") == bill.free


def test_prices_of_another_region_are_named():
    """Where a Region's price is not known the bill says which lines have another Region's."""
    bill = make_bill({"data-out": 1, "s3-writes": 1}, "eu-west-3")

    assert ["data-out"] == [line.price.key for line in bill.borrowed]
    assert () == make_bill({"data-out": 1}).borrowed


def test_what_cannot_be_billed_is_refused():
    """An unknown thing and a negative quantity are errors, not lines of zero."""
    with pytest.raises(PricesError, match="ec2-hours"):
        make_bill({"ec2-hours": 0})
    with pytest.raises(ValueError, match="s3-writes: -1"):
        make_bill({"s3-writes": -1})


def test_quantities_add_up():
    """Quantities of several sources are added key by key."""
    assert {"s3-writes": 3, "s3-reads": 1} == add({"s3-writes": 1}, {"s3-writes": 2, "s3-reads": 1})


def test_one_attendee_once_costs_three_and_a_half_cents():
    """The estimate of the fact sheet: 0.035 dollars, about 0.005 without Rekognition."""
    once = load_estimates()["once"]

    bill = estimate(once)

    by_hand = {
        "s3": "0.00248",  # 0.07 x 0.023 + 0.15 x 0.005 + 0.3 x 0.0004
        "lambda": "0.0012920025",  # 75 x 0.0000166667 + 210 x 0.0000002
        "apigateway": "0.000525",
        "sns": "0.000015",
        "dynamodb": "0.0000625",  # 60 x 0.000000625 + 200 x 0.000000125
        "cloudwatch": "0.00025",
        "Rekognition": "0.030",
    }
    assert {service: Decimal(usd) for service, usd in by_hand.items()} == bill.services
    assert Decimal("0.035") == round(bill.cost, 3)
    assert Decimal("0.005") == round(estimate(once.without_doubtful()).cost, 3)


def test_a_thorough_attendee_costs_eleven_cents():
    """The estimate of the fact sheet for three times over and a month in place."""
    assert Decimal("0.11") == round(estimate(load_estimates()["thorough"]).cost, 2)


def test_a_class_shares_what_is_free():
    """Thirty attendees in one account cost thirty times as much, and share the free parts once."""
    run = load_estimates()["once"]

    thirty = estimate(run, attendees=30)

    assert 30 * estimate(run).cost == thirty.cost
    assert Decimal("1.04") == round(thirty.cost, 2)
    # 300 attendees pass the free million of nothing here, but 6,000 do: 6,000 x 210 = 1.26 M calls.
    crowd = {line.price.key: line for line in estimate(run, attendees=6_000).lines}
    assert Decimal("0.2") == crowd["lambda-requests"].free
