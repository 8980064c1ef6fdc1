"""The table over real HTTP."""

from decimal import Decimal

import pytest

from workshop_lib.aws import tables


@pytest.fixture
def dynamodb(client):
    return client("dynamodb")


@pytest.fixture
def table(dynamodb, name, tags):
    return tables.ensure_table(dynamodb, name, tags=tags)


def item(number, collection="pictures"):
    return {
        "id": f"cat-{number}",
        "collection": collection,
        "timestamp": f"2026-11-23T10:00:{number:02}Z",
        "confidence": Decimal("0.97"),
        "labels": [{"name": "cat", "box": [Decimal("0.1"), Decimal("0.2")]}],
    }


def test_the_table_is_made_with_its_index(table, tags):
    """Key, index, billing and tags are those of the contract, and the table is active."""
    (index,) = table.indexes

    assert (("id",), "by-time", ("collection", "timestamp")) == (table.key, index.name, index.key)
    assert ("PAY_PER_REQUEST", "ACTIVE", tags) == (table.billing, table.status, table.tags)


def test_twice_is_once_and_drift_is_mended(dynamodb, table, tags, changes):
    """Again changes nothing; a lost index and a lost tag come back."""

    def make():
        return tables.ensure_table(dynamodb, table.name, tags=tags)

    assert [] == changes(make)
    dynamodb.update_table(
        TableName=table.name,
        GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": tables.INDEX}}],
    )
    dynamodb.untag_resource(ResourceArn=table.arn, TagKeys=["attendee"])

    mended = make()

    assert (["by-time"], tags) == ([index.name for index in mended.indexes], mended.tags)


def test_items_come_newest_first_as_python_values(dynamodb, table):
    """The newest items of the collection come first, numbers as Decimal, no others."""
    for number in (2, 1, 3):
        tables.put_item(dynamodb, table.name, item(number))
    tables.put_item(dynamodb, table.name, item(9, "elsewhere"))

    newest = tables.list_newest_items(dynamodb, table.name, limit=2)

    assert [item(3), item(2)] == newest


def test_an_item_is_found_by_its_id(dynamodb, table):
    """The item of an id comes whole, strongly read if asked; an unknown id gives None."""
    tables.put_item(dynamodb, table.name, item(1))

    assert item(1) == tables.get_item(dynamodb, table.name, "cat-1", consistent=True)
    assert tables.get_item(dynamodb, table.name, "dog") is None


def test_what_is_absent_is_none_and_deleting_it_is_fine(dynamodb, table):
    """A table goes with its items, and deleting again does nothing."""
    tables.delete_table(dynamodb, table.name)
    tables.delete_table(dynamodb, table.name)

    assert tables.describe_table(dynamodb, table.name) is None
