"""What DynamoDB refuses is refused here with AWS's status, code and sentence."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conformance.conftest import Refusal, Shell, read_refusal

TABLE, NONE = "refused-results", "no-such-table"
ARN = "arn:aws:dynamodb:us-east-1:123456789012:table/"
KEY = {"id": {"S": "cat"}, "score": {"N": "1"}}
ONE_KEY = {
    "TableName": "not-made",
    "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    "BillingMode": "PAY_PER_REQUEST",
}
INVALID = "One or more parameter values were invalid: "
PREFIX = "1 validation error detected: "


def invalid(sentence: str) -> Refusal:
    return Refusal(400, "ValidationException", sentence)


def not_found(what: str) -> Refusal:
    return Refusal(400, "ResourceNotFoundException", f"Requested resource not found{what}")


def violated(value: str, member: str, constraint: str) -> Refusal:
    return invalid(
        f"{PREFIX}Value {value} at '{member}' failed to satisfy constraint: Member must "
        f"{constraint}"
    )


def table(**changes: Any) -> dict[str, Any]:
    return {name: value for name, value in (ONE_KEY | changes).items() if value is not None}


def attributes(*names: str, kind: str = "S") -> list[dict[str, str]]:
    return [{"AttributeName": name, "AttributeType": kind} for name in names]


def keys(*pairs: str) -> list[dict[str, str]]:
    return [dict(zip(("AttributeName", "KeyType"), pair.split(), strict=True)) for pair in pairs]


def index(name: str, *pairs: str) -> list[dict[str, Any]]:
    projection = {"ProjectionType": "ALL"}
    return [{"IndexName": name, "KeySchema": keys(*pairs), "Projection": projection}]


DEFINITIONS: list[tuple[dict[str, Any], Refusal]] = [
    (
        table(TableName="ab"),
        violated("'ab'", "tableName", "have length greater than or equal to 3"),
    ),
    (
        table(TableName="a" * 256),
        violated(f"'{'a' * 256}'", "tableName", "have length less than or equal to 255"),
    ),
    (
        table(TableName="a table"),
        violated("'a table'", "tableName", "satisfy regular expression pattern: [a-zA-Z0-9_.-]+"),
    ),
    (
        table(AttributeDefinitions=attributes("id", kind="SS")),
        violated(
            "'SS'",
            "attributeDefinitions.1.member.attributeType",
            "satisfy enum value set: [B, N, S]",
        ),
    ),
    (
        table(KeySchema=keys("id PARTITION")),
        violated(
            "'PARTITION'",
            "keySchema.1.member.keyType",
            "satisfy enum value set: [HASH, RANGE]",
        ),
    ),
    (
        table(BillingMode="FREE"),
        violated("'FREE'", "billingMode", "satisfy enum value set: [PROVISIONED, PAY_PER_REQUEST]"),
    ),
    (
        table(BillingMode=None),
        invalid(
            f"{INVALID}ReadCapacityUnits and WriteCapacityUnits must both be specified when "
            "BillingMode is PROVISIONED"
        ),
    ),
    (
        table(AttributeDefinitions=attributes("id", "score")),
        invalid(
            f"{INVALID}Number of attributes in KeySchema does not exactly match number of "
            "attributes defined in AttributeDefinitions"
        ),
    ),
    (
        table(KeySchema=keys("name HASH")),
        invalid(
            f"{INVALID}Some index key attributes are not defined in AttributeDefinitions. Keys: "
            "[name], AttributeDefinitions: [id]"
        ),
    ),
    (
        table(KeySchema=keys("id HASH", "score RANGE")),
        invalid("Invalid KeySchema: Some index key attribute have no definition"),
    ),
    (
        table(KeySchema=keys("id HASH", "id RANGE")),
        invalid("Invalid KeySchema: Some index key attribute have no definition"),
    ),
    (
        table(
            AttributeDefinitions=attributes("id", "score"), KeySchema=keys("id HASH", "id RANGE")
        ),
        invalid("Both the Hash Key and the Range Key element in the KeySchema have the same name"),
    ),
    (
        table(
            AttributeDefinitions=attributes("id", "score"), KeySchema=keys("id RANGE", "score HASH")
        ),
        invalid("Invalid KeySchema: The first KeySchemaElement is not a HASH key type"),
    ),
    (
        table(
            AttributeDefinitions=attributes("id", "score"),
            KeySchema=keys("id HASH", "score HASH"),
        ),
        invalid("Invalid KeySchema: The second KeySchemaElement is not a RANGE key type"),
    ),
    (
        table(GlobalSecondaryIndexes=index("by-label", "label HASH")),
        invalid(
            f"{INVALID}Some index key attributes are not defined in AttributeDefinitions. Keys: "
            "[label], AttributeDefinitions: [id]"
        ),
    ),
    (table(AttributeDefinitions=None), violated("null", "attributeDefinitions", "not be null")),
    (table(KeySchema=None), violated("null", "keySchema", "not be null")),
    (
        table(KeySchema=[{"AttributeName": "id"}]),
        violated("null", "keySchema.1.member.keyType", "not be null"),
    ),
    (
        table(KeySchema=[{"AttributeName": 5, "KeyType": "HASH"}]),
        Refusal(400, "SerializationException", "NUMBER_VALUE cannot be converted to String"),
    ),
    (
        table(TableName=TABLE),
        Refusal(400, "ResourceInUseException", f"Table already exists: {TABLE}"),
    ),
]  # fmt: skip
ABSENT: list[tuple[str, dict[str, Any], Refusal]] = [
    ("delete_table", {"TableName": NONE}, not_found(f": Table: {NONE} not found")),
    ("describe_table", {"TableName": NONE}, not_found(f": Table: {NONE} not found")),
    (
        "update_table",
        {"TableName": NONE, "GlobalSecondaryIndexUpdates": [{"Delete": {"IndexName": "idx"}}]},
        not_found(f": Table: {NONE} not found"),
    ),
    (
        "tag_resource",
        {"ResourceArn": ARN + NONE, "Tags": [{"Key": "a", "Value": "b"}]},
        not_found(f": ResourcArn: {ARN}{NONE} not found"),
    ),
    (
        "untag_resource",
        {"ResourceArn": ARN + NONE, "TagKeys": ["a"]},
        not_found(f": ResourcArn: {ARN}{NONE} not found"),
    ),
    (
        "list_tags_of_resource",
        {"ResourceArn": ARN + NONE},
        not_found(f": ResourcArn: {ARN}{NONE} not found"),
    ),
    ("get_item", {"TableName": NONE, "Key": KEY}, not_found("")),
    ("put_item", {"TableName": NONE, "Item": KEY}, not_found("")),
    ("delete_item", {"TableName": NONE, "Key": KEY}, not_found("")),
    (
        "update_item",
        {"TableName": NONE, "Key": KEY, "UpdateExpression": "REMOVE a"},
        not_found(""),
    ),
    ("scan", {"TableName": NONE}, not_found("")),
    (
        "query",
        {
            "TableName": NONE,
            "KeyConditionExpression": "id = :v",
            "ExpressionAttributeValues": {":v": {"S": "cat"}},
        },
        not_found(""),
    ),
]
ITEMS: list[tuple[dict[str, Any], Refusal]] = [
    ({"id": {"S": "cat"}}, invalid(f"{INVALID}Missing the key score in the item")),
    (
        KEY | {"id": {"S": ""}},
        invalid(
            "One or more parameter values are not valid. The AttributeValue for a key attribute "
            "cannot contain an empty string value. Key: id"
        ),
    ),
    (
        KEY | {"score": {"S": "1"}},
        invalid(f"{INVALID}Type mismatch for key score expected: N actual: S"),
    ),
    (
        KEY | {"n": {"N": "one"}},
        invalid(f"{PREFIX}The parameter cannot be converted to a numeric value: one"),
    ),
    (
        KEY | {"tags": {"SS": []}},
        invalid(f"{PREFIX}{INVALID}An string set  may not be empty"),
    ),
    (
        KEY | {"tags": {"SS": ["a", "a"]}},
        invalid(f'{PREFIX}{INVALID}Input collection ["a", "a"] contains duplicates.'),
    ),
    (
        KEY | {"n": {"NULL": False}},
        invalid(f"{PREFIX}{INVALID}Null attribute value types must have the value of true"),
    ),
]
# Each of its kind alone, with one value :v and one name #n where the expression has them.
EXPRESSIONS: list[tuple[str, str, str]] = [
    ("ConditionExpression", "", "The expression can not be empty;"),
    ("ConditionExpression", "attribute_not_exists(", 'Syntax error; token: "<EOF>", near: "("'),
    ("ConditionExpression", "attribute_exists(id", 'Syntax error; token: "<EOF>", near: "id"'),
    ("ConditionExpression", "label", 'Syntax error; token: "<EOF>", near: "label"'),
    ("ConditionExpression", "a-b", 'Syntax error; token: "-", near: "a-b"'),
    ("ConditionExpression", "score > now()", 'Syntax error; token: ")", near: "()"'),
    ("ConditionExpression", "label = = :v", 'Syntax error; token: "=", near: "= = :v"'),
    ("ConditionExpression", "_label = :v", 'Syntax error; token: "_", near: "_label"'),
    ("ConditionExpression", "exist(label)", "Invalid function name; function: exist"),
    (
        "ConditionExpression",
        "name = :v",
        "Attribute name is a reserved keyword; reserved keyword: name",
    ),
    (
        "ConditionExpression",
        "#x = :v",
        "An expression attribute name used in the document path is not defined; attribute name: #x",
    ),
    (
        "ConditionExpression",
        "label = :x",
        "An expression attribute value used in expression is not defined; attribute value: :x",
    ),
    (
        "ConditionExpression",
        "((attribute_not_exists(id)))",
        "The expression has redundant parentheses;",
    ),
    (
        "ConditionExpression",
        "contains(#n, #n)",
        "The first operand must be distinct from the remaining operands for this operator or "
        "function; operator: contains, first operand: [data]",
    ),
    (
        "ConditionExpression",
        "size(label)",
        "The function is not allowed to be used this way in an expression; function: size",
    ),
    (
        "ConditionExpression",
        "attribute_exists(label) = :v",
        "The function is not allowed to be used this way in an expression; function: "
        "attribute_exists",
    ),
    (
        "ConditionExpression",
        "contains(label)",
        "Incorrect number of operands for operator or function; operator or function: contains, "
        "number of operands: 1",
    ),
    (
        "ConditionExpression",
        "attribute_exists(:v)",
        "Operator or function requires a document path; operator or function: attribute_exists",
    ),
    ("UpdateExpression", "", "The expression can not be empty;"),
    (
        "UpdateExpression",
        "INVALID SYNTAX HERE",
        'Syntax error; token: "INVALID", near: "INVALID SYNTAX"',
    ),
    ("UpdateExpression", "SET label", 'Syntax error; token: "<EOF>", near: "label"'),
    ("UpdateExpression", "SET label = :v,", 'Syntax error; token: "<EOF>", near: ","'),
    ("UpdateExpression", "SET book-price = :v", 'Syntax error; token: "-", near: "book-price"'),
    ("UpdateExpression", 'SET a = {"NULL": true}', 'Syntax error; token: "{", near: "= {""'),
    ("UpdateExpression", "SET path = VALUE 1", 'Syntax error; token: "1", near: "VALUE 1"'),
    ("UpdateExpression", "SET x =REMOVE :v", 'Syntax error; token: "REMOVE", near: "=REMOVE :v"'),
    ("UpdateExpression", "ADD  SET #n", 'Syntax error; token: "SET", near: "ADD  SET #n"'),
    (
        "UpdateExpression",
        "SET a = :v, a = :v",
        "Two document paths overlap with each other; must remove or rewrite one of these paths; "
        "path one: [a], path two: [a]",
    ),
    (
        "UpdateExpression",
        "SET a = :v SET c = :v",
        'The "SET" section can only be used once in an update expression;',
    ),
    (
        "UpdateExpression",
        "SET label = :x",
        "An expression attribute value used in expression is not defined; attribute value: :x",
    ),
]
SCANS: list[tuple[str, str, str]] = [
    ("FilterExpression", "contains (tags, :v", 'Syntax error; token: "<EOF>", near: ":v"'),
    (
        "FilterExpression",
        "tenantAgent:v123-",
        'Syntax error; token: ":v123", near: "tenantAgent:v123-"',
    ),
    (
        "FilterExpression",
        "#n attribute_not_exists :v",
        'Syntax error; token: "attribute_not_exists", near: "#n attribute_not_exists :v"',
    ),
    ("ProjectionExpression", "!!! INVALID !!!", 'Syntax error; token: "!", near: "!!"'),
    (
        "ProjectionExpression",
        "id, size",
        "Attribute name is a reserved keyword; reserved keyword: size",
    ),
]
QUERIES: list[tuple[dict[str, str], str]] = [
    (
        {},
        "Either the KeyConditions or KeyConditionExpression parameter must be specified in the "
        "request.",
    ),
    (
        {"KeyConditionExpression": ""},
        "Invalid KeyConditionExpression: The expression can not be empty;",
    ),
    (
        {"KeyConditionExpression": "id = :v a"},
        'Invalid KeyConditionExpression: Syntax error; token: "a", near: ":v a"',
    ),
    (
        {"KeyConditionExpression": "label = :v"},
        "Query condition missed key schema element: id",
    ),
    (
        {"KeyConditionExpression": "id = :v AND label = :v"},
        "Query condition missed key schema element: score",
    ),
    ({"KeyConditionExpression": "id < :v"}, "Query key condition not supported"),
    ({"KeyConditionExpression": "begins_with(id, :v)"}, "Query key condition not supported"),
    (
        {"KeyConditionExpression": "id = :v AND score > :v"},
        f"{INVALID}Condition parameter type does not match schema type",
    ),
    (
        {"KeyConditionExpression": "id = :v OR id = :v"},
        "Invalid operator used in KeyConditionExpression: OR",
    ),
    (
        {"KeyConditionExpression": "id IN (:v)"},
        "Invalid operator used in KeyConditionExpression: IN",
    ),
    (
        {"KeyConditionExpression": "id = :v AND id = :v"},
        "KeyConditionExpressions must only contain one condition per key",
    ),
    (
        {"KeyConditionExpression": "id = :v AND score = :v AND label = :v"},
        "Conditions can be of length 1 or 2 only",
    ),
    (
        {"KeyConditionExpression": "id.part = :v"},
        "KeyConditionExpressions cannot have conditions on nested attributes",
    ),
    (
        {"KeyConditionExpression": "id = label AND score = :v"},
        "Invalid condition in KeyConditionExpression: Multiple attribute names used in one "
        "condition",
    ),
    (
        {"KeyConditionExpression": "id = :v", "FilterExpression": "score = :v"},
        "Filter Expression can only contain non-primary key attributes: Primary key attribute: "
        "score",
    ),
    (
        {"KeyConditionExpression": "id = :v", "IndexName": "by-label"},
        "The table does not have the specified index: by-label",
    ),
    (
        {"KeyConditionExpression": "id = :v", "Select": "EVERYTHING"},
        f"{PREFIX}Value 'EVERYTHING' at 'select' failed to satisfy constraint: Member must satisfy "
        "enum value set: [SPECIFIC_ATTRIBUTES, COUNT, ALL_ATTRIBUTES, ALL_PROJECTED_ATTRIBUTES]",
    ),
]


@pytest.fixture(scope="module")
def dynamodb(shell: Shell) -> Any:
    client = shell.client("dynamodb")
    client.create_table(
        TableName=TABLE,
        AttributeDefinitions=attributes("id") + attributes("score", kind="N"),
        KeySchema=keys("id HASH", "score RANGE"),
        BillingMode="PAY_PER_REQUEST",
    )
    return client


@pytest.mark.parametrize(("definition", "expected"), DEFINITIONS)
def test_a_table_that_cannot_be(
    dynamodb: Any, definition: dict[str, Any], expected: Refusal
) -> None:
    """CreateTable refuses names, attributes and keys as AWS does."""
    assert expected == read_refusal(dynamodb.create_table, **definition)


@pytest.mark.parametrize(("operation", "parameters", "expected"), ABSENT)
def test_a_table_that_is_not_there(
    dynamodb: Any, operation: str, parameters: dict[str, Any], expected: Refusal
) -> None:
    """Each call says of a table that is not there what it says on AWS."""
    assert expected == read_refusal(getattr(dynamodb, operation), **parameters)


@pytest.mark.parametrize(("item", "expected"), ITEMS)
def test_an_item_that_cannot_be(dynamodb: Any, item: dict[str, Any], expected: Refusal) -> None:
    """PutItem counts what is wrong with a value, and not what is wrong with a key."""
    assert expected == read_refusal(dynamodb.put_item, TableName=TABLE, Item=item)


def give(kind: str, expression: str) -> dict[str, Any]:
    """Return an expression with what it uses of :v and #n."""
    used: dict[str, Any] = {kind: expression}
    if ":v" in expression:
        used["ExpressionAttributeValues"] = {":v": {"S": "cat"}}
    if "#n" in expression:
        used["ExpressionAttributeNames"] = {"#n": "data"}
    return used


@pytest.mark.parametrize(("kind", "expression", "sentence"), EXPRESSIONS)
def test_an_expression_of_a_write(dynamodb: Any, kind: str, expression: str, sentence: str) -> None:
    """A write counts what is wrong, and names the token at which an expression goes wrong."""
    expected = invalid(f"{PREFIX}Invalid {kind}: {sentence}")
    call = {"TableName": TABLE, "Key": KEY, **give(kind, expression)}
    assert expected == read_refusal(dynamodb.update_item, **call)


@pytest.mark.parametrize(("kind", "expression", "sentence"), SCANS)
def test_an_expression_of_a_read(dynamodb: Any, kind: str, expression: str, sentence: str) -> None:
    """A read says the same of an expression, and counts nothing."""
    expected = invalid(f"Invalid {kind}: {sentence}")
    assert expected == read_refusal(dynamodb.scan, TableName=TABLE, **give(kind, expression))


@pytest.mark.parametrize(("parameters", "sentence"), QUERIES)
def test_a_question_that_cannot_be(
    dynamodb: Any, parameters: dict[str, str], sentence: str
) -> None:
    """Query takes one condition for each key, and filters by everything else."""
    values = {"ExpressionAttributeValues": {":v": {"S": "cat"}}} if parameters else {}
    call = {"TableName": TABLE, **parameters, **values}
    assert invalid(sentence) == read_refusal(dynamodb.query, **call)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"ExpressionAttributeNames": {}}, "ExpressionAttributeNames must not be empty"),
        ({"ExpressionAttributeValues": {}}, "ExpressionAttributeValues must not be empty"),
        (
            {"ExpressionAttributeNames": {"n": "data"}},
            'ExpressionAttributeNames contains invalid key: Syntax error; key: "n"',
        ),
        (
            {"ExpressionAttributeValues": {"v": {"S": "cat"}}},
            'ExpressionAttributeValues contains invalid key: Syntax error; key: "v"',
        ),
        (
            {"ExpressionAttributeValues": {":v": {"N": "one"}}},
            "ExpressionAttributeValues contains invalid value: The parameter cannot be converted "
            "to a numeric value: one for key :v",
        ),
        (
            {"ExpressionAttributeNames": {"#n": "data"}},
            "Value provided in ExpressionAttributeNames unused in expressions: keys: {#n}",
        ),
        (
            {"ExpressionAttributeValues": {":v": {"S": "cat"}}},
            "Value provided in ExpressionAttributeValues unused in expressions: keys: {:v}",
        ),
        (
            {"ExpressionAttributeValues": {":v": {"S": "cat"}}, "UpdateExpression": "SET"},
            'Invalid UpdateExpression: Syntax error; token: "<EOF>", near: "SET"',
        ),
    ],
)
def test_what_an_expression_is_given(dynamodb: Any, given: dict[str, Any], sentence: str) -> None:
    """Names and values are looked at, then the expression, then whether it uses them."""
    call = {"TableName": TABLE, "Key": KEY, "UpdateExpression": "REMOVE a", **given}
    assert invalid(PREFIX + sentence) == read_refusal(dynamodb.update_item, **call)


WRONG = "Incorrect operand type for operator or function;"
BETWEEN = "The BETWEEN operator requires"


@pytest.mark.parametrize(
    ("kind", "expression", "values", "sentence"),
    [
        (
            "FilterExpression", "begins_with(label, :a)", {":a": {"N": "1"}},
            f"{WRONG} operator or function: begins_with, operand type: N",
        ),
        (
            "FilterExpression", "size(:a) > :b", {":a": {"N": "1"}, ":b": {"N": "1"}},
            f"{WRONG} operator or function: size, operand type: N",
        ),
        (
            "FilterExpression", "attribute_type(label, :a)", {":a": {"N": "1"}},
            f"{WRONG} operator or function: attribute_type, operand type: N",
        ),
        (
            "FilterExpression", "attribute_type(label, :a)", {":a": {"S": "Q"}},
            "Invalid attribute type name found; type: Q, valid types: "
            "{B,NULL,SS,BOOL,L,BS,N,NS,S,M}",
        ),
        (
            "FilterExpression", "a BETWEEN :a AND :b", {":a": {"N": "5"}, ":b": {"N": "10"}}, "",
        ),
        (
            "FilterExpression", "a BETWEEN :a AND :b", {":a": {"N": "10"}, ":b": {"N": "5"}},
            f"{BETWEEN} upper bound to be greater than or equal to lower bound; lower bound "
            "operand: AttributeValue: {N:10}, upper bound operand: AttributeValue: {N:5}",
        ),
        (
            "FilterExpression", "a BETWEEN :a AND :b", {":a": {"N": "1"}, ":b": {"S": "b"}},
            f"{BETWEEN} same data type for lower and upper bounds; lower bound operand: "
            "AttributeValue: {N:1}, upper bound operand: AttributeValue: {S:b}",
        ),
        (
            "UpdateExpression", "SET a = a + :a", {":a": {"S": "1"}},
            f"{WRONG} operator or function: +, operand type: S",
        ),
        (
            "UpdateExpression", "SET a = list_append(a, :a)", {":a": {"S": "1"}},
            f"{WRONG} operator or function: list_append, operand type: S",
        ),
        (
            "UpdateExpression", "ADD a :a", {":a": {"S": "1"}},
            f"{WRONG} operator: ADD, operand type: STRING, typeSet: ALLOWED_FOR_ADD_OPERAND",
        ),
        (
            "UpdateExpression", "DELETE a :a", {":a": {"N": "1"}},
            f"{WRONG} operator: DELETE, operand type: NUMBER, typeSet: ALLOWED_FOR_DELETE_OPERAND",
        ),
    ],
)  # fmt: skip
def test_the_type_of_an_operand(
    dynamodb: Any, kind: str, expression: str, values: dict[str, Any], sentence: str
) -> None:
    """Functions and operators take values of their types, and bounds in their order."""
    given = {"TableName": TABLE, kind: expression, "ExpressionAttributeValues": values}
    if not sentence:
        assert 0 == dynamodb.scan(**given)["Count"]
    elif kind == "FilterExpression":
        assert invalid(f"Invalid {kind}: {sentence}") == read_refusal(dynamodb.scan, **given)
    else:
        expected = invalid(f"{PREFIX}Invalid {kind}: {sentence}")
        assert expected == read_refusal(dynamodb.update_item, Key=KEY, **given)


@pytest.mark.parametrize("expression", ["SET label = label + :v", "ADD label :v"])
def test_an_operand_of_the_item(dynamodb: Any, expression: str) -> None:
    """What stands in the item may have another type than an expression needs."""
    key = {"id": {"S": "operand"}, "score": {"N": "1"}}
    dynamodb.put_item(TableName=TABLE, Item=key | {"label": {"S": "cat"}})
    sentence = "An operand in the update expression has an incorrect data type"
    assert invalid(sentence) == read_refusal(
        dynamodb.update_item, TableName=TABLE, Key=key, UpdateExpression=expression,
        ExpressionAttributeValues={":v": {"N": "1"}},
    )  # fmt: skip
    dynamodb.delete_item(TableName=TABLE, Key=key)


@pytest.mark.parametrize(
    ("operation", "parameters", "sentence"),
    [
        (
            "get_item", {"Key": KEY, "ProjectionExpression": "a, b, a.c[1]"},
            "Invalid ProjectionExpression: Two document paths overlap with each other; must remove "
            "or rewrite one of these paths; path one: [a], path two: [a, c, [1]]",
        ),
        (
            "scan", {"Select": "COUNT", "ProjectionExpression": "label"},
            "Cannot specify the ProjectionExpression when choosing to get only the Count",
        ),
        (
            "put_item", {"Item": KEY, "ReturnValues": "ALL_NEW"},
            "ReturnValues can only be ALL_OLD or NONE",
        ),
        (
            "query",
            {
                "KeyConditionExpression": "id = :v",
                "ExpressionAttributeValues": {":v": {"S": "cat"}},
                "ExclusiveStartKey": {"id": {"S": "dog"}, "score": {"N": "1"}},
            },
            "The provided starting key is outside query boundaries based on provided conditions",
        ),
    ],
)  # fmt: skip
def test_a_parameter_that_does_not_fit(
    dynamodb: Any, operation: str, parameters: dict[str, Any], sentence: str
) -> None:
    """What is returned, and where a question goes on, fits what is asked."""
    call = getattr(dynamodb, operation)
    assert invalid(sentence) == read_refusal(call, TableName=TABLE, **parameters)


def test_what_can_be_asked(dynamodb: Any) -> None:
    """Parentheses, functions, both sides of a comparison and paths are read as on AWS."""
    item = KEY | {"label": {"S": "cat"}, "boxes": {"L": [{"M": {"n": {"N": "3"}}}]}}
    dynamodb.put_item(TableName=TABLE, Item=item, ConditionExpression="NOT (id = :v)",
                      ExpressionAttributeValues={":v": {"S": "dog"}})  # fmt: skip
    found = dynamodb.query(
        TableName=TABLE,
        KeyConditionExpression="(id = :cat) AND (score BETWEEN :one AND :two)",
        FilterExpression="(size(label) >= :two AND NOT contains(label, :dog)) "
        "OR (boxes[0].n IN (:one, :two))",
        ProjectionExpression="boxes[0].n, label",
        ExpressionAttributeValues={
            ":cat": {"S": "cat"}, ":dog": {"S": "dog"}, ":one": {"N": "1"}, ":two": {"N": "2"},
        },
    )  # fmt: skip
    assert [{name: item[name] for name in ("label", "boxes")}] == found["Items"]
