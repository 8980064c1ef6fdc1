"""What DynamoDB says that a call has consumed, and where a page of it ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from workshop_lib.local_cloud.dynamodb.values import measure_item, measure_value

Client = Callable[..., Any]
TABLE = "capacities"
LABEL_INDEX = {
    "IndexName": "by-label",
    "KeySchema": [{"AttributeName": "label", "KeyType": "HASH"}],
    "Projection": {"ProjectionType": "KEYS_ONLY"},
}


@pytest.fixture
def dynamodb(client: Client) -> Iterator[Any]:
    """A client, and a table with a global index of keys only; gone at the end."""
    made = client("dynamodb")
    made.create_table(
        TableName=TABLE,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[
            {"AttributeName": name, "AttributeType": "S"} for name in ("pk", "label")
        ],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        GlobalSecondaryIndexes=[LABEL_INDEX],
    )
    yield made
    made.delete_table(TableName=TABLE)


def make_item(key: str, size: int, **further: dict[str, Any]) -> dict[str, Any]:
    """Return an item of exactly so many bytes."""
    item = {"pk": {"S": key}, "filler": {"S": ""}, **further}
    item["filler"] = {"S": "x" * (size - measure_item(item))}
    return item


def put(dynamodb: Any, item: dict[str, Any], **further: Any) -> Any:
    """Put an item and return what it consumed, index by index."""
    answer = dynamodb.put_item(
        TableName=TABLE, Item=item, ReturnConsumedCapacity="INDEXES", **further
    )
    return answer["ConsumedCapacity"]


@pytest.mark.parametrize(
    ("value", "size"),
    [
        ({"S": "naïve"}, 6),
        ({"N": "0"}, 1),
        ({"N": "7"}, 2),
        ({"N": "1234"}, 3),
        ({"N": "-12345.600"}, 5),
        ({"N": "1e100"}, 2),
        ({"B": b"abc"}, 3),
        ({"B": "YWJj"}, 3),
        ({"BOOL": False}, 1),
        ({"NULL": True}, 1),
        ({"SS": ["ab", "c"]}, 3),
        ({"NS": ["1", "100"]}, 4),
        ({"L": []}, 3),
        ({"L": [{"S": "ab"}, {"N": "1"}]}, 3 + 1 + 2 + 1 + 2),
        ({"M": {"name": {"S": "ab"}}}, 3 + 1 + 4 + 2),
    ],
)
def test_the_size_of_a_value(value: dict[str, Any], size: int) -> None:
    """A value counts the bytes that the developer guide gives for its type."""
    assert size == measure_value(value)


@pytest.mark.parametrize(
    ("size", "consistent", "units"),
    [(100, False, 0.5), (100, True, 1.0), (4096, True, 1.0), (4097, True, 2.0), (4097, False, 1.0)],
)
def test_a_read_counts_four_kilobytes(
    dynamodb: Any, size: int, consistent: bool, units: float
) -> None:
    """A consistent read is a unit for each 4 KB, an eventually consistent one half of that."""
    put(dynamodb, make_item("cat", size))

    answer = dynamodb.get_item(
        TableName=TABLE,
        Key={"pk": {"S": "cat"}},
        ConsistentRead=consistent,
        ProjectionExpression="pk",
        ReturnConsumedCapacity="TOTAL",
    )

    assert {"TableName": TABLE, "CapacityUnits": units} == answer["ConsumedCapacity"]


def test_what_is_not_there_costs_the_least(dynamodb: Any) -> None:
    """Reading or deleting an item that is not there costs the least unit."""
    key = {"pk": {"S": "nobody"}}

    read = dynamodb.get_item(TableName=TABLE, Key=key, ReturnConsumedCapacity="TOTAL")
    deleted = dynamodb.delete_item(TableName=TABLE, Key=key, ReturnConsumedCapacity="TOTAL")
    empty = dynamodb.scan(TableName=TABLE, ReturnConsumedCapacity="TOTAL")

    assert 0.5 == read["ConsumedCapacity"]["CapacityUnits"]
    assert 1.0 == deleted["ConsumedCapacity"]["CapacityUnits"]
    assert 0.5 == empty["ConsumedCapacity"]["CapacityUnits"]


def test_a_table_is_named_as_it_was_called(dynamodb: Any) -> None:
    """Who names a table by its ARN reads the ARN again."""
    arn = dynamodb.describe_table(TableName=TABLE)["Table"]["TableArn"]
    answer = dynamodb.scan(TableName=arn, ReturnConsumedCapacity="TOTAL")
    assert {"TableName": arn, "CapacityUnits": 0.5} == answer["ConsumedCapacity"]


def test_nobody_is_told_who_does_not_ask(dynamodb: Any) -> None:
    """Without ReturnConsumedCapacity no answer speaks of it."""
    item = make_item("cat", 100)

    answers = [
        dynamodb.put_item(TableName=TABLE, Item=item),
        dynamodb.get_item(TableName=TABLE, Key={"pk": {"S": "cat"}}),
        dynamodb.scan(TableName=TABLE),
    ]

    assert [False] * 3 == ["ConsumedCapacity" in answer for answer in answers]


def test_a_scan_rounds_its_sum_and_counts_what_it_filters_out(dynamodb: Any) -> None:
    """A page is rounded up once, and what the filter or the projection drops is paid for."""
    for number in range(10):
        put(dynamodb, make_item(f"cat-{number}", 1000))

    answer = dynamodb.scan(
        TableName=TABLE,
        ConsistentRead=True,
        FilterExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": "cat-3"}},
        ProjectionExpression="pk",
        ReturnConsumedCapacity="INDEXES",
    )

    assert [{"pk": {"S": "cat-3"}}] == answer["Items"]
    assert (1, 10) == (answer["Count"], answer["ScannedCount"])
    assert {"CapacityUnits": 3.0} == answer["ConsumedCapacity"]["Table"]


def test_a_query_of_an_index_counts_what_the_index_keeps(dynamodb: Any) -> None:
    """An index that keeps keys only is cheap to read, and the table is not touched."""
    for number in range(5):
        put(dynamodb, make_item(f"cat-{number}", 4000, label={"S": "cat"}))

    answer = dynamodb.query(
        TableName=TABLE,
        IndexName="by-label",
        KeyConditionExpression="label = :label",
        ExpressionAttributeValues={":label": {"S": "cat"}},
        ReturnConsumedCapacity="INDEXES",
    )

    expected = {
        "TableName": TABLE,
        "CapacityUnits": 0.5,
        "Table": {"CapacityUnits": 0.0},
        "GlobalSecondaryIndexes": {"by-label": {"CapacityUnits": 0.5}},
    }
    assert 5 == answer["Count"]
    assert expected == answer["ConsumedCapacity"]


def test_a_write_pays_for_each_index_that_changes(dynamodb: Any) -> None:
    """An entry's birth, death and new contents cost one write, a new key two, nothing new none."""
    cat, dog = {"S": "cat"}, {"S": "dog"}

    without_label = put(dynamodb, make_item("a", 1025))
    born = put(dynamodb, make_item("a", 1025, label=cat))
    unchanged = put(dynamodb, make_item("a", 3000, label=cat))
    moved = put(dynamodb, make_item("a", 100, label=dog))
    gone = put(dynamodb, make_item("a", 100))

    assert (2.0, None) == read_units(without_label)
    assert (2.0, 1.0) == read_units(born)
    assert (3.0, None) == read_units(unchanged)
    assert (3.0, 2.0) == read_units(moved)
    assert (1.0, 1.0) == read_units(gone)
    assert 3.0 == born["CapacityUnits"]


def read_units(consumed: Any) -> tuple[float, float | None]:
    """Return the units of the table and of its index."""
    index = consumed.get("GlobalSecondaryIndexes", {}).get("by-label", {})
    return consumed["Table"]["CapacityUnits"], index.get("CapacityUnits")


def test_an_update_and_a_deletion_count_the_larger_item(dynamodb: Any) -> None:
    """An update pays for the larger of before and after, a deletion for what it deletes."""
    key = {"pk": {"S": "cat"}}
    put(dynamodb, make_item("cat", 2500))

    updated = dynamodb.update_item(
        TableName=TABLE,
        Key=key,
        UpdateExpression="SET filler = :short",
        ExpressionAttributeValues={":short": {"S": "x"}},
        ReturnConsumedCapacity="TOTAL",
    )
    deleted = dynamodb.delete_item(TableName=TABLE, Key=key, ReturnConsumedCapacity="TOTAL")

    assert 3.0 == updated["ConsumedCapacity"]["CapacityUnits"]
    assert 1.0 == deleted["ConsumedCapacity"]["CapacityUnits"]


def test_a_page_ends_at_one_megabyte(dynamodb: Any) -> None:
    """A page holds at most 1 MB, its last key is its last item's, and the next goes on there."""
    for number in range(4):
        put(dynamodb, make_item(f"cat-{number}", 300 * 1024))

    first = dynamodb.scan(TableName=TABLE, ReturnConsumedCapacity="TOTAL")
    second = dynamodb.scan(TableName=TABLE, ExclusiveStartKey=first["LastEvaluatedKey"])

    assert ["cat-0", "cat-1", "cat-2"] == [item["pk"]["S"] for item in first["Items"]]
    assert {"pk": {"S": "cat-2"}} == first["LastEvaluatedKey"]
    assert 112.5 == first["ConsumedCapacity"]["CapacityUnits"]
    assert ["cat-3"] == [item["pk"]["S"] for item in second["Items"]]
    assert "LastEvaluatedKey" not in second


def test_a_page_that_reaches_its_limit_names_its_last_key(dynamodb: Any) -> None:
    """A page with as many items as its limit goes on, even where nothing follows."""
    for number in range(2):
        put(dynamodb, make_item(f"cat-{number}", 100))

    full = dynamodb.scan(TableName=TABLE, Limit=2)
    after = dynamodb.scan(TableName=TABLE, Limit=2, ExclusiveStartKey=full["LastEvaluatedKey"])

    assert {"pk": {"S": "cat-1"}} == full["LastEvaluatedKey"]
    assert [] == after["Items"]
    assert "LastEvaluatedKey" not in after


def test_an_unknown_detail_is_refused(dynamodb: Any) -> None:
    """ReturnConsumedCapacity has three values and no other."""
    with pytest.raises(ClientError, match="INDEXES, TOTAL, NONE"):
        dynamodb.scan(TableName=TABLE, ReturnConsumedCapacity="ALL")
