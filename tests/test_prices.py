from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from workshop_lib.errors import PricesError
from workshop_lib.prices import load_prices, read_prices

GOOD = """
[calls]
service = "lambda"
what = "calls"
unit = "call"
per = 1_000
free = 10
[calls.us-east-1]
usd = 0.5
source = "a page"
read = 2026-11-23
confidence = "sure"
"""


def read(tmp_path: Path, text: str):
    file = tmp_path / "prices.toml"
    file.write_text(text)
    return read_prices(file)


def test_every_price_has_a_source_and_a_day():
    """Every figure has a source and a date, and none is from the future of the fact sheet's day."""
    prices = load_prices()
    for key in prices.keys:
        for region in ("us-east-1", "eu-west-3", "eu-west-1"):
            price = prices.find(key, region)
            assert price.source
            assert date(2026, 1, 1) <= price.read <= date(2026, 11, 26)


@pytest.mark.parametrize(
    ("key", "region", "quantity", "usd"),
    [
        # The unit prices of the fact sheet, each as a sum that a hand can follow.
        ("lambda-requests", "us-east-1", 1_000_000, "0.20"),
        ("lambda-duration", "us-east-1", 400_000, "6.66668"),
        ("api-rest-calls", "us-east-1", 1_000_000, "3.50"),
        ("s3-writes", "us-east-1", 1_000, "0.005"),
        ("s3-reads", "us-east-1", 10_000, "0.004"),
        ("s3-storage", "eu-west-3", 100, "2.4"),
        ("dynamodb-writes", "eu-west-3", 1_000_000, "0.7423"),
        ("dynamodb-reads", "us-east-1", 8_000_000, "1"),
        ("sns-publishes", "us-east-1", 2_000_000, "1"),
        ("sns-deliveries", "us-east-1", 1_000_000, "0"),
        ("sns-email-deliveries", "us-east-1", 100_000, "2"),
        ("logs-ingestion", "us-east-1", 2, "1"),
    ],
)
def test_a_price_is_that_of_the_fact_sheet(key, region, quantity, usd):
    """A quantity times its price is the amount computed by hand."""
    assert Decimal(usd) == load_prices().find(key, region).cost(quantity)


def test_where_a_region_is_not_known_the_reference_stands_in():
    """Where a Region's price is not known, that of us-east-1 is given and says whose it is."""
    assert "us-east-1" == load_prices().find("data-out", "eu-west-3").region
    assert "eu-west-3" == load_prices().find("s3-writes", "eu-west-3").region


def test_an_unknown_key_is_refused_with_those_there_are():
    """A misspelt key is an error that names the keys there are."""
    with pytest.raises(PricesError, match=r"lambda-request'.*\n.*lambda-requests"):
        load_prices().find("lambda-request")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("usd = 0.5", "", r"\[calls.us-east-1\] needs a number for 'usd', not None"),
        ("usd = 0.5", 'usd = "0.5"', "needs a number for 'usd'"),
        ("usd = 0.5", "usd = -0.5", "needs at least 0 for 'usd'"),
        ("usd = 0.5", "usd = nan", "needs at least 0 for 'usd'"),
        ("usd = 0.5", "usd = true", "needs a number for 'usd', not True"),
        ("per = 1_000", "per = 0", r"\[calls\] needs at least 1 for 'per'"),
        ("per = 1_000", "pro = 1_000", "needs a number for 'per'"),
        ("free = 10", "fee = 10", "has an unknown entry 'fee'"),
        ('"sure"', '"certain"', "needs one of sure, likely, unverified for 'confidence'"),
        ("2026-11-23", '"23 November"', "needs a day for 'read'"),
        ('source = "a page"', 'source = " "', "needs a text for 'source'"),
        ("us-east-1", "eu-west-3", "lacks the price of us-east-1"),
        ("\n[calls]\n", "wrong = 3\n[calls]\n", r"\[wrong\] is no table"),
        ("[calls]", "[calls", "cannot be read"),
    ],
)
def test_a_wrong_file_says_where_and_what(tmp_path, old, new, said):
    """A wrong entry is refused with its place, what is wrong, and what to do next."""
    assert 0 < GOOD.count(old)
    with pytest.raises(PricesError, match=said) as refused:
        read(tmp_path, GOOD.replace(old, new))
    assert "Mend the" in str(refused.value)


def test_a_missing_file_is_said(tmp_path):
    """A file that is not there is an error that names it."""
    with pytest.raises(PricesError, match=r"gone\.toml cannot be read"):
        read_prices(tmp_path / "gone.toml")


def test_a_good_file_is_read_exactly(tmp_path):
    """Prices are decimals as written, not the nearest binary fraction."""
    assert Decimal("0.5") == read(tmp_path, GOOD).find("calls").usd
    assert Decimal(10) == read(tmp_path, GOOD).find("calls").free
