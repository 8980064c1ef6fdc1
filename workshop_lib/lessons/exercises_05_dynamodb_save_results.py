"""Lesson 5's exercises and checkpoint."""

from __future__ import annotations

import re
from math import ceil, isclose
from typing import Any

from botocore.exceptions import ClientError

from workshop_lib.aws import functions, roles, tables, topics
from workshop_lib.checks.answers import document, number, text
from workshop_lib.checks.checkpoints import Requirement
from workshop_lib.checks.evidence import Evidence
from workshop_lib.checks.exercises import Exercise
from workshop_lib.checks.outcomes import WrongAnswerError, require
from workshop_lib.checks.policies import is_allowed, read_statements

TRIAL_ITEM = "trial"
LARGE_ITEM = "nine-kilobytes"
HALF_SURE_ITEM = "half-sure"
WRITE_UNIT, READ_UNIT = 1024, 4096
LONGEST_EXPRESSION = 300
MOST_SEARCHED = 500
# DynamoDB's words, and those of a service that failed over an expression.
UNREADABLE = frozenset({"ValidationException", "InternalFailure", "InternalServerError"})

# A strong read ---------------------------------------------------------------------------------


def check_strong_read(answer: Any, evidence: Evidence) -> None:
    """Hold that this answer of GetItem was read strongly, and says what it consumed."""
    read = document(answer, called="answer")
    require(
        isinstance(read, dict) and ("Item" in read or "ResponseMetadata" in read),
        "This is no answer of dynamodb.get_item.",
        "Write strong = dynamodb.get_item(…), and give the check the whole answer.",
    )
    item = read.get("Item")
    require(
        isinstance(item, dict) and item.get("id") == {"S": TRIAL_ITEM},
        f"It did not find the item {TRIAL_ITEM}.",
        'The key is {"id": {"S": "trial"}}. Was the item put away since? Run the cell that writes '
        "it again.",
    )
    consumed = read.get("ConsumedCapacity")
    require(
        isinstance(consumed, dict) and "CapacityUnits" in consumed,
        "The answer does not say what the read consumed.",
        'Ask for it: ReturnConsumedCapacity="TOTAL".',
    )
    units = number(consumed["CapacityUnits"], called="consumption")
    require(
        not isclose(units, 0.5),
        "Half a unit: that was an eventually consistent read, which is the default.",
        "One more parameter asks for the last acknowledged value: ConsistentRead=True.",
    )
    require(
        isclose(units, 1),
        f"The read consumed {units:g} units, and a strong read of this item is one.",
        "Read the item trial alone, by its key.",
    )


STRONG_READ = Exercise(
    name="strong-read",
    question=(
        "Read the item trial once more, strongly consistent, and have DynamoDB say what it "
        "consumed. The call is dynamodb.get_item."
    ),
    hints=(
        "Take the call above, and add one parameter.",
        "It is called ConsistentRead, and is true or false.",
        'dynamodb.get_item(TableName=names.table, Key={"id": {"S": "trial"}}, ConsistentRead=True, '
        'ReturnConsumedCapacity="TOTAL")',
    ),
    check=check_strong_read,
    why=(
        "A whole unit, where the eventual read took half of one. DynamoDB had to ask for the last "
        "acknowledged value."
    ),
)

# Capacity --------------------------------------------------------------------------------------


def check_capacity(answer: Any, evidence: Evidence) -> None:
    """Hold that the three predictions are what DynamoDB bills for the item."""
    predicted = _read_predictions(answer)
    size = _measure_large_item(evidence)
    _explain_write(predicted["write"], size)
    billed = {consistent: _read_units(evidence, consistent) for consistent in (True, False)}
    _explain_reads(predicted, size, billed)


def _read_predictions(answer: Any) -> dict[str, float]:
    units = document(answer, called="prediction")
    kinds = ("write", "strong", "eventual")
    for kind in kinds:
        require(
            isinstance(units, dict) and kind in units,
            f"The prediction says nothing about {kind}.",
            'Keep the three names: {"write": …, "strong": …, "eventual": …}.',
        )
    return {kind: number(units[kind], called=f"value of {kind}") for kind in kinds}


def _measure_large_item(evidence: Evidence) -> int:
    item = tables.get_item(evidence.client("dynamodb"), evidence.names.table, LARGE_ITEM)
    if item is None:
        raise WrongAnswerError(
            f"The table holds no item {LARGE_ITEM} to try it with.",
            "Run the cell that writes it, just above the exercise, then this one again.",
        )
    return sum(len(name.encode()) + len(str(value).encode()) for name, value in item.items())


def _read_units(evidence: Evidence, consistent: bool) -> float:
    answer = evidence.client("dynamodb").get_item(
        TableName=evidence.names.table,
        Key={"id": {"S": LARGE_ITEM}},
        ConsistentRead=consistent,
        ReturnConsumedCapacity="TOTAL",
    )
    return float(answer["ConsumedCapacity"]["CapacityUnits"])


def _explain_write(predicted: float, size: int) -> None:
    right = ceil(size / WRITE_UNIT)
    if isclose(predicted, right):
        return
    require(
        not isclose(predicted, ceil(size / READ_UNIT)),
        f"{predicted:g} write units would be right if each held 4 KB; that is the read unit.",
        "A write unit holds 1 KB.",
    )
    require(
        not right - 1 <= predicted < right,
        f"{predicted:g} write units hold less than the item's {size:,} bytes.",
        "Divide by 1,024, and round up to the next whole unit.",
    )
    raise WrongAnswerError(
        f"The write does not take {predicted:g} units.",
        f"The item has {size:,} bytes, and a write unit holds 1,024. Round up.",
    )


def _explain_reads(predicted: dict[str, float], size: int, billed: dict[bool, float]) -> None:
    strong, eventual = predicted["strong"], predicted["eventual"]
    if isclose(strong, billed[True]) and isclose(eventual, billed[False]):
        return
    require(
        strong >= eventual,
        "You have the two reads the wrong way round, as many slides have.",
        "A strong read asks for the last acknowledged value, and costs twice as much.",
    )
    require(
        not isclose(strong, ceil(size / WRITE_UNIT)),
        f"{strong:g} read units would be right if each held 1 KB; that is the write unit.",
        "A read unit holds 4 KB.",
    )
    require(
        isclose(strong, billed[True]),
        f"The check read the item strongly, and DynamoDB billed something else than {strong:g}.",
        f"Divide {size:,} bytes by 4,096, and round up to the next whole unit.",
    )
    raise WrongAnswerError(
        f"The check read the item eventually, and DynamoDB billed something else than "
        f"{eventual:g}.",
        "Take the strong read's whole units, and then the half of them. Halves are not rounded.",
    )


CAPACITY = Exercise(
    name="capacity",
    question=(
        f"The item {LARGE_ITEM} has 9,030 bytes. How many units does it take to write it, to read "
        "it strongly, and to read it eventually?"
    ),
    hints=(
        "A write unit holds 1 KB, a read unit 4 KB. A KB is 1,024 bytes here.",
        "Divide and round up: that is the write, and the strong read.",
        "9,030 / 1,024 is 8.8, so 9 to write. 9,030 / 4,096 is 2.2, so a strong read takes 3; an "
        "eventual read takes the half of that.",
    ),
    check=check_capacity,
    why=(
        "The check read the item both ways, and DynamoDB billed what you said: sizes are rounded "
        "up to whole units, and only then does the eventual read cost half."
    ),
)

# A conditional write ---------------------------------------------------------------------------


def check_conditional_write(answer: Any, evidence: Evidence) -> None:
    """Hold, by asking DynamoDB without writing, that the surer result is kept."""
    condition = _read_expression(answer, called="condition")
    others = set(re.findall(r":\w+", condition)) - {":new"}
    require(
        not others,
        f"The condition names {', '.join(sorted(others))}, and only :new will have a value.",
        "What is kept has the attribute's own name, confidence; what is new is :new.",
    )
    require(
        ":new" in condition,
        "The condition asks only whether there is an item, and not how sure the new result is.",
        "Compare the attribute confidence with :new as well.",
    )
    _require_half_sure_item(evidence)
    may = {
        (item, new): _would_write(evidence, condition, item, new)
        for item, new in (
            ("no-such-item", "0.9"),
            (HALF_SURE_ITEM, "0.9"),
            (HALF_SURE_ITEM, "0.1"),
            (HALF_SURE_ITEM, "0.5"),
        )
    }
    _explain_writes(may)


def _read_expression(answer: Any, *, called: str) -> str:
    expression = text(answer, called=called)
    require(
        len(expression) <= LONGEST_EXPRESSION,
        f"The {called} has {len(expression):,} characters, far more than it need have.",
        "One line is enough.",
    )
    return expression


def _require_half_sure_item(evidence: Evidence) -> None:
    item = tables.get_item(evidence.client("dynamodb"), evidence.names.table, HALF_SURE_ITEM)
    require(
        item is not None and str(item.get("confidence")) == "0.5",
        f"The table holds no item {HALF_SURE_ITEM} to try it with.",
        "Run the cell that writes it, just above the exercise, then this one again.",
    )


def _would_write(evidence: Evidence, condition: str, item: str, new: str) -> bool:
    # A transaction of one condition and no write: DynamoDB decides, and nothing changes.
    look = {
        "TableName": evidence.names.table,
        "Key": {"id": {"S": item}},
        "ConditionExpression": condition,
        "ExpressionAttributeValues": {":new": {"N": new}},
    }
    try:
        evidence.client("dynamodb").transact_write_items(TransactItems=[{"ConditionCheck": look}])
    except ClientError as error:
        reasons = [reason.get("Code") for reason in error.response.get("CancellationReasons", [])]
        if "ConditionalCheckFailed" in reasons:
            return False
        if "ValidationError" in reasons:
            raise _unreadable("condition", error) from error
        _raise_if_unreadable(error, "condition")
        raise
    return True


def _raise_if_unreadable(error: ClientError, called: str) -> None:
    if error.response["Error"]["Code"] in UNREADABLE:
        raise _unreadable(called, error) from error


def _unreadable(called: str, error: ClientError) -> WrongAnswerError:
    said = str(error.response["Error"].get("Message", ""))[:200]
    return WrongAnswerError(
        f"DynamoDB cannot read the {called}: {said}",
        "Expressions have AND, OR, NOT, one = to compare, and functions in lower case.",
    )


def _explain_writes(may: dict[tuple[str, str], bool]) -> None:
    surer, less, equal = (may[HALF_SURE_ITEM, new] for new in ("0.9", "0.1", "0.5"))
    require(
        surer or not less,
        "It is the wrong way round: the less sure result replaces the surer one.",
        "Write when the kept confidence is smaller than :new.",
    )
    require(
        may["no-such-item", "0.9"],
        "A picture that has no item yet would never get one.",
        "An attribute that is not there is not smaller than anything: add a function that asks "
        "whether id is there, and OR.",
    )
    require(
        surer,
        "A surer result (0.9) does not replace a kept one (0.5).",
        "Join the two cases with OR; the second is that the kept confidence is smaller than :new.",
    )
    require(
        not less,
        "A less sure result (0.1) replaces a kept one (0.5).",
        "Write only when the kept confidence is smaller than :new.",
    )
    require(
        not equal,
        "The same event, delivered a second time, writes a second time.",
        "Use < instead of <=: equal is not surer.",
    )


CONDITIONAL_WRITE = Exercise(
    name="conditional-write",
    question=(
        "A picture may be recognised a second time, by a better model. Write the condition with "
        "which put_item keeps the surer result: it writes when there is no item yet, or when the "
        "kept confidence is smaller than :new."
    ),
    hints=(
        "There are two cases in which to write. An OR joins them.",
        "attribute_not_exists(id) is the first. The second compares confidence with :new.",
        'It is "attribute_not_exists(id) OR …", and then what is kept, <, and what is new.',
    ),
    check=check_conditional_write,
    why=(
        "DynamoDB was asked four times, without a write: no item yet and a surer result pass; a "
        "less sure one and the same one again do not. Looking and writing are one step, so nobody "
        "can come between them."
    ),
)

# A key condition -------------------------------------------------------------------------------


def check_key_condition(answer: Any, evidence: Evidence) -> None:
    """Hold, by queries on the index, that it finds the pictures at or after a moment."""
    condition = _read_expression(answer, called="key condition")
    _require_both_parts(condition)
    kept = tables.list_newest_items(
        evidence.client("dynamodb"), evidence.names.table, limit=MOST_SEARCHED
    )
    require(
        bool(kept),
        "The table holds no result yet to find.",
        "Upload a picture with the cells above, then run this one again.",
    )
    moments = sorted({str(item["timestamp"]) for item in kept})
    middle = moments[len(moments) // 2]
    found = _find_moments(evidence, condition, "pictures", middle)
    _explain_moments(found, [moment for moment in moments if moment >= middle], middle)
    require(
        not _find_moments(evidence, condition, "pictures", "9999")
        and not _find_moments(evidence, condition, "nothing-of-the-kind", middle),
        "It also finds what is older than :since, or of another collection.",
        "Compare #timestamp with :since, and #collection with :pictures.",
    )


def _require_both_parts(condition: str) -> None:
    for part, value, what in (
        ("#collection", ":pictures", "A query goes to one partition, and yours names none"),
        ("#timestamp", ":since", "It names the partition and no moment, so every picture is found"),
    ):
        require(
            part in condition and value in condition,
            f"{what}.",
            f"Compare {part} with {value}, and join the two comparisons with AND.",
        )
    require(
        re.search(r"\bOR\b", condition, re.IGNORECASE) is None,
        "A key condition knows no OR: a query reads one stretch of one partition.",
        "Join the two comparisons with AND.",
    )


def _find_moments(evidence: Evidence, condition: str, collection: str, since: str) -> list[str]:
    try:
        pages = (
            evidence.client("dynamodb")
            .get_paginator("query")
            .paginate(
                TableName=evidence.names.table,
                IndexName=tables.INDEX,
                KeyConditionExpression=condition,
                ExpressionAttributeNames={"#collection": "collection", "#timestamp": "timestamp"},
                ExpressionAttributeValues={":pictures": {"S": collection}, ":since": {"S": since}},
                PaginationConfig={"MaxItems": MOST_SEARCHED},
            )
        )
        return [item["timestamp"]["S"] for page in pages for item in page["Items"]]
    except ClientError as error:
        _raise_if_unreadable(error, "key condition")
        raise


def _explain_moments(found: list[str], wanted: list[str], since: str) -> None:
    require(
        not any(moment < since for moment in found),
        "It finds older pictures than those asked for.",
        "At or after means: #timestamp is greater than or equal to :since.",
    )
    require(
        since in found,
        "It leaves out the picture of that very moment.",
        "At or after means >=, not >.",
    )
    require(
        set(wanted) == set(found),
        "It finds that one moment, and nothing after it.",
        "Use >= to compare: it takes all that comes later in the index too.",
    )


KEY_CONDITION = Exercise(
    name="key-condition",
    question=(
        "Write the key condition of a query on by-time that finds the pictures kept at or after a "
        "moment. #collection and #timestamp stand for the attributes, :pictures and :since for "
        "the values."
    ),
    hints=(
        "A query names its partition with =, and may bound the sort key with one comparison.",
        "The partition is #collection = :pictures. AND joins the bound to it.",
        '"#collection = :pictures AND #timestamp … :since", with the sign for at or after.',
    ),
    check=check_key_condition,
    why=(
        "The check ran it as a query: the partition is found by =, and the index, being sorted, "
        "is read from that moment on. Nothing else is read, and nothing else is paid."
    ),
)

EXERCISES = (STRONG_READ, CAPACITY, KEY_CONDITION, CONDITIONAL_WRITE)

# Checkpoint ------------------------------------------------------------------------------------


def look_for_table(evidence: Evidence) -> None:
    """See whether the table stands, with its key and its index."""
    again = "Run the cells of “Build the table”."
    table = tables.describe_table(evidence.client("dynamodb"), evidence.names.table)
    if table is None:
        raise WrongAnswerError(f"There is no table {evidence.names.table}.", again)
    require(table.key == ("id",), f"Its key is {', '.join(table.key)} instead of id.", again)
    keys = {index.name: index.key for index in table.indexes}
    require(
        keys.get(tables.INDEX) == ("collection", "timestamp"),
        f"The index {tables.INDEX} is missing, or has another key.",
        again,
    )


def look_for_function(evidence: Evidence) -> None:
    """See whether db-save stands and knows its table."""
    lambda_, names = evidence.client("lambda"), evidence.names
    function = functions.describe_function(lambda_, names.function("db-save"))
    again = "Run the cells of “Build db-save”."
    if function is None:
        raise WrongAnswerError("There is no function db-save.", again)
    require(
        function.environment.get("TABLE_NAME") == names.table,
        "db-save does not know the table: TABLE_NAME is missing or names another.",
        again,
    )


def look_for_rights(evidence: Evidence) -> None:
    """See whether the role of db-save may put items, and neither read nor delete them."""
    role = roles.describe_role(evidence.client("iam"), evidence.names.role("db-save"))
    if role is None or not role.policies:
        raise WrongAnswerError(
            "The role of db-save is missing, or has no policy.",
            "Run the cells of “Build db-save”.",
        )
    table = evidence.names.table_arn
    statements = [one for policy in role.policies.values() for one in read_statements(policy)]
    require(
        is_allowed(statements, "dynamodb:PutItem", table),
        "The role of db-save may not put items into the table.",
        "Run the last cell of “Take the right away”, which gives it back.",
    )
    for action in ("dynamodb:GetItem", "dynamodb:DeleteItem", "dynamodb:Scan"):
        require(
            not is_allowed(statements, action, table),
            f"The role of db-save may also do {action}, which it does not need.",
            'Give it lesson.policy("db-save") again, and remove other policies.',
        )


def look_for_subscription(evidence: Evidence) -> None:
    """See whether the topic calls db-save."""
    topic = topics.describe_topic(evidence.client("sns"), evidence.names.topic_arn)
    endpoints = [subscription.endpoint for subscription in topic.subscriptions] if topic else []
    require(
        evidence.names.function_arn("db-save") in endpoints,
        "db-save is not subscribed to the topic.",
        "Run the cell of “Subscribe it to the topic”.",
    )


def look_for_result(evidence: Evidence) -> None:
    """See whether a result is kept, and nothing that was only for trying."""
    dynamodb, table = evidence.client("dynamodb"), evidence.names.table
    require(
        tables.describe_table(dynamodb, table) is not None
        and bool(tables.list_newest_items(dynamodb, table, limit=1)),
        "The table holds no result.",
        "Run the cells of “Try it: from picture to item”.",
    )
    for trial in ("trial.jpg#test", "late.jpg#test"):
        require(
            tables.get_item(dynamodb, table, trial) is None,
            f"{trial} was made up, and is still among your results.",
            "Run the cell that removes it again.",
        )


REQUIREMENTS = (
    Requirement("The table stands, with its index", look_for_table),
    Requirement("The function db-save stands, and knows the table", look_for_function),
    Requirement("Its role may put items there, and do nothing else with them", look_for_rights),
    Requirement("The topic calls it with every result", look_for_subscription),
    Requirement("A result is kept, and none that was made up", look_for_result),
)

HINTS = {
    "subscribe": (
        "Two sides must agree: the topic sends, and the function accepts.",
        "If nothing arrives, read the function's log, then list the topic's subscriptions.",
    ),
    "wait-for-item": (
        "The first call after a change is a cold start; give it a few seconds.",
        "Did reco-image publish? Its log says so. Did db-save run? So does its log.",
    ),
}
