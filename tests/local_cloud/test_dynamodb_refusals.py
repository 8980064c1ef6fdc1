"""What DynamoDB refuses of tables, items, keys and expressions, and in which words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

Client = Callable[..., Any]
TABLE = "refusals"
KEY = {"pk": {"S": "cat"}}
ONE_KEY = {
    "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
}
NEW_INDEX = {
    "IndexName": "by-size",
    "KeySchema": [{"AttributeName": "size", "KeyType": "HASH"}],
    "Projection": {"ProjectionType": "ALL"},
}
ON_DEMAND = ONE_KEY | {"BillingMode": "PAY_PER_REQUEST"}


@pytest.fixture
def dynamodb(client: Client) -> Iterator[Any]:
    """A client, and a table with an index; gone at the end."""
    made = client("dynamodb")
    made.create_table(
        TableName=TABLE,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[
            {"AttributeName": name, "AttributeType": "S"} for name in ("pk", "label")
        ],
        KeySchema=ONE_KEY["KeySchema"],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "by-label",
                "KeySchema": [{"AttributeName": "label", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
    )
    yield made
    made.delete_table(TableName=TABLE)


def refusal(call: Callable[..., Any], **parameters: Any) -> str:
    """Return the sentence with which a call is refused as a ValidationException."""
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    answer = caught.value.response
    assert "ValidationException" == answer["Error"]["Code"]
    assert 400 == answer["ResponseMetadata"]["HTTPStatusCode"]
    return str(answer["Error"]["Message"])


@pytest.mark.parametrize(
    ("definition", "words"),
    [
        (ONE_KEY, "ReadCapacityUnits and WriteCapacityUnits must both be specified"),
        (ON_DEMAND | {"TableName": "ab"}, "Member must have length greater than or equal to 3"),
        (ON_DEMAND | {"TableName": "a table!"}, "regular expression pattern: [a-zA-Z0-9_.-]+"),
        (ONE_KEY | {"BillingMode": "FREE"}, "enum value set: [PROVISIONED, PAY_PER_REQUEST]"),
    ],
)
def test_a_table_that_cannot_be(client: Client, definition: dict[str, Any], words: str) -> None:
    """A table needs a billing mode with its throughput, and a name that DynamoDB allows."""
    parameters = {"TableName": "definitions", **definition}
    assert words in refusal(client("dynamodb").create_table, **parameters)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({}, "At least one of ProvisionedThroughput, BillingMode"),
        (
            {"GlobalSecondaryIndexUpdates": [{"Create": NEW_INDEX}]},
            "Some index key attributes are not defined",
        ),
        (
            {"GlobalSecondaryIndexUpdates": [{"Create": NEW_INDEX | {"IndexName": "by-label"}}]},
            "an index which already exists",
        ),
        (
            {"GlobalSecondaryIndexUpdates": [{"Delete": {"IndexName": "by-nothing"}}]},
            "no global secondary index by-nothing",
        ),
    ],
)
def test_a_change_that_cannot_be(dynamodb: Any, change: dict[str, Any], words: str) -> None:
    """UpdateTable asks for a change, with all that it needs, of what is there."""
    assert words in refusal(dynamodb.update_table, TableName=TABLE, **change)


@pytest.mark.parametrize(
    ("attributes", "words"),
    [
        ({"pk": {"S": ""}}, "cannot contain an empty string value. Key: pk"),
        ({"pk": {"N": "1"}}, "Type mismatch for key pk expected: S actual: N"),
        ({"label": {"N": "1"}}, "Type mismatch for Index Key label Expected: S Actual: N"),
        ({"label": {"S": ""}}, "IndexName: by-label, IndexKey: label"),
        ({"n": {"N": "0.1.2"}}, "cannot be converted to a numeric value: 0.1.2"),
        ({"n": {"N": "NaN"}}, "cannot be converted to a numeric value: NaN"),
        ({"n": {"N": "1" * 39}}, "more than 38 significant digits"),
        ({"n": {"N": "1e126"}}, "Number overflow"),
        ({"n": {"N": "1e-131"}}, "Number underflow"),
        ({"tags": {"SS": []}}, "An string set  may not be empty"),
        ({"tags": {"L": [{"SS": ["a", "a"]}]}}, 'Input collection ["a", "a"] contains duplicates.'),
        ({"n": {"NS": ["1", "1.0"]}}, "contains duplicates."),
        ({"n": {"NULL": False}}, "Null attribute value types must have the value of true"),
    ],
)
def test_an_item_that_cannot_be(dynamodb: Any, attributes: dict[str, Any], words: str) -> None:
    """Keys are not empty and of their type; numbers, sets and nulls are what they say."""
    item = {**KEY, **attributes}
    assert words in refusal(dynamodb.put_item, TableName=TABLE, Item=item)


def test_an_item_of_400_kilobytes_is_the_largest(dynamodb: Any) -> None:
    """An item of 400 KB is held; a byte more is refused, in every way of writing it."""
    whole = KEY | {"filler": {"S": "x" * (400 * 1024 - len("pkcatfiller"))}}
    larger = KEY | {"filler": {"S": whole["filler"]["S"] + "x"}}
    sentence = "Item size has exceeded the maximum allowed size"

    dynamodb.put_item(TableName=TABLE, Item=whole)
    put = refusal(dynamodb.put_item, TableName=TABLE, Item=larger)
    updated = refusal(
        dynamodb.update_item,
        TableName=TABLE,
        Key=KEY,
        UpdateExpression="SET filler = :filler",
        ExpressionAttributeValues={":filler": larger["filler"]},
    )

    assert sentence == put
    assert "Item size to update has exceeded the maximum allowed size" == updated
    assert whole == dynamodb.get_item(TableName=TABLE, Key=KEY)["Item"]


def test_a_failed_update_leaves_nothing(dynamodb: Any) -> None:
    """An update that fails neither makes its item nor changes the one there is."""
    update = {
        "TableName": TABLE,
        "Key": KEY,
        "UpdateExpression": "SET seen = :one, label = :empty",
        "ExpressionAttributeValues": {":one": {"N": "1"}, ":empty": {"S": ""}},
    }

    words = refusal(dynamodb.update_item, **update)
    absent = dynamodb.get_item(TableName=TABLE, Key=KEY)
    dynamodb.put_item(TableName=TABLE, Item=KEY)
    refusal(dynamodb.update_item, **update)
    present = dynamodb.get_item(TableName=TABLE, Key=KEY)

    assert "attempted to update a secondary index key to a value that is not supported" in words
    assert "Item" not in absent
    assert KEY == present["Item"]


@pytest.mark.parametrize("key", [{"id": {"S": "cat"}}, KEY | {"x": {"S": "y"}}, {"pk": {"N": "1"}}])
def test_a_key_of_another_schema(dynamodb: Any, key: dict[str, Any]) -> None:
    """A key has exactly the table's attributes, of their types, wherever it is given."""
    sentence = "The provided key element does not match the schema"
    update = {"UpdateExpression": "REMOVE seen"}

    assert sentence == refusal(dynamodb.get_item, TableName=TABLE, Key=key)
    assert sentence == refusal(dynamodb.delete_item, TableName=TABLE, Key=key)
    assert sentence == refusal(dynamodb.update_item, TableName=TABLE, Key=key, **update)
    check = {"TableName": TABLE, "Key": key, "ConditionExpression": "attribute_exists(pk)"}
    assert sentence == refusal(
        dynamodb.transact_write_items, TransactItems=[{"ConditionCheck": check}]
    )


@pytest.mark.parametrize(
    ("expressions", "sentence"),
    [
        (
            {"FilterExpression": "status = :a"},
            "Invalid FilterExpression: Attribute name is a reserved keyword; "
            "reserved keyword: status",
        ),
        (
            {"ProjectionExpression": "pk, picture.size"},
            "Invalid ProjectionExpression: Attribute name is a reserved keyword; "
            "reserved keyword: size",
        ),
        (
            {"FilterExpression": "label = :b"},
            "Invalid FilterExpression: An expression attribute value used in expression is not "
            "defined; attribute value: :b",
        ),
        (
            {"FilterExpression": "#b = :a"},
            "Invalid FilterExpression: An expression attribute name used in the document path is "
            "not defined; attribute name: #b",
        ),
        (
            {"FilterExpression": "attribute_exist(label)"},
            "Invalid FilterExpression: Invalid function name; function: attribute_exist",
        ),
        (
            {"FilterExpression": "label ? :a"},
            'Invalid FilterExpression: Syntax error; token: "?", near: "label ? :a"',
        ),
        ({"FilterExpression": ""}, "Invalid FilterExpression: The expression can not be empty;"),
        (
            {"FilterExpression": "attribute_exists(label)"},
            "Value provided in ExpressionAttributeValues unused in expressions: keys: {:a}",
        ),
        ({}, "ExpressionAttributeValues can only be specified when using expressions"),
    ],
)
def test_an_expression_that_cannot_be(
    dynamodb: Any, expressions: dict[str, str], sentence: str
) -> None:
    """Reserved words, unknown functions, and names or values without use or meaning are refused."""
    values = {":a": {"S": "cat"}}
    assert sentence == refusal(
        dynamodb.scan, TableName=TABLE, ExpressionAttributeValues=values, **expressions
    )


def test_expressions_that_can_be(dynamodb: Any) -> None:
    """Words of the grammar, functions, paths into lists and maps, and names by placeholder pass."""
    item = KEY | {"status": {"S": "new"}, "boxes": {"L": [{"M": {"label": {"S": "cat"}}}]}}
    dynamodb.put_item(TableName=TABLE, Item=item)
    dynamodb.update_item(
        TableName=TABLE,
        Key=KEY,
        UpdateExpression="SET seen = if_not_exists(seen, :none) + :one REMOVE gone ADD tags :tags",
        ConditionExpression="attribute_exists(pk) AND NOT (#s IN (:old))",
        ExpressionAttributeNames={"#s": "status"},
        ExpressionAttributeValues={
            ":none": {"N": "0"},
            ":one": {"N": "1"},
            ":tags": {"SS": ["a"]},
            ":old": {"S": "old"},
        },
    )

    answer = dynamodb.scan(
        TableName=TABLE,
        FilterExpression="boxes[0].label = :cat AND size(tags) BETWEEN :one AND :one",
        ProjectionExpression="seen, boxes[0].label",
        ExpressionAttributeValues={":cat": {"S": "cat"}, ":one": {"N": "1"}},
    )

    boxes = {"L": [{"M": {"label": {"S": "cat"}}}]}
    assert [{"seen": {"N": "1"}, "boxes": boxes}] == answer["Items"]


def test_an_index_has_limits(dynamodb: Any) -> None:
    """A global index is read eventually only, by its name, from a key of its own."""
    query = {
        "TableName": TABLE,
        "KeyConditionExpression": "label = :label",
        "ExpressionAttributeValues": {":label": {"S": "cat"}},
    }
    consistent = refusal(dynamodb.query, **query, IndexName="by-label", ConsistentRead=True)
    unknown = refusal(dynamodb.query, **query, IndexName="by-size")
    start = refusal(dynamodb.scan, TableName=TABLE, IndexName="by-label", ExclusiveStartKey=KEY)

    assert "Consistent reads are not supported on global secondary indexes" == consistent
    assert "The table does not have the specified index: by-size" == unknown
    assert "The provided starting key is invalid" == start


def test_a_transaction_checks(dynamodb: Any) -> None:
    """A transaction that only looks passes where its conditions hold, and says which does not."""
    dynamodb.put_item(TableName=TABLE, Item=KEY)
    check = {"TableName": TABLE, "Key": KEY, "ConditionExpression": "attribute_exists(pk)"}
    absent = check | {"ConditionExpression": "attribute_not_exists(pk)"}
    dynamodb.transact_write_items(TransactItems=[{"ConditionCheck": check}])
    with pytest.raises(dynamodb.exceptions.TransactionCanceledException) as caught:
        dynamodb.transact_write_items(TransactItems=[{"ConditionCheck": absent}])
    reasons = caught.value.response["CancellationReasons"]
    assert ["ConditionalCheckFailed"] == [reason["Code"] for reason in reasons]
