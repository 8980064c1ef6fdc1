"""Lesson 6's exercises and checkpoint."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError, ParamValidationError

from workshop_lib.aws import functions, rest_apis, roles, tables
from workshop_lib.checks.answers import document, shorten
from workshop_lib.checks.checkpoints import Requirement
from workshop_lib.checks.evidence import Evidence, allows_origin
from workshop_lib.checks.exercises import Exercise
from workshop_lib.checks.outcomes import WrongAnswerError, require
from workshop_lib.checks.policies import is_allowed, read_statements

STRANGER = "https://elsewhere.example"
ROUTE = "/results"
PAGE = 2
SHOWN = frozenset({"name", "result", "confidence"})
MOST_SEARCHED = 1_000
# What DynamoDB answers to parameters that cannot be, and a service that failed over them.
UNUSABLE = frozenset(
    {"ValidationException", "ResourceNotFoundException", "InternalFailure", "InternalServerError"}
)

# Newest first ----------------------------------------------------------------------------------


def check_newest_first(answer: Any, evidence: Evidence) -> None:
    """Hold, by running the query, that it reads the two newest pictures and no more."""
    require(
        not (type(answer) is dict and "Items" in answer),
        "This is what the query answered; the check wants to run it itself.",
        'Give the parameters: a dictionary of "TableName", "IndexName" and so on.',
    )
    parameters = _read_parameters(answer, evidence)
    moments = [str(item["timestamp"]) for item in _list_kept(evidence, PAGE + 1)]
    require(
        len(moments) > PAGE,
        f"The table holds {len(moments)} results, too few to tell the order.",
        "Run the cell that uploads the sample pictures, then this one again.",
    )
    found = _query(evidence, parameters)
    _explain_order(found, moments[:PAGE])


def _read_parameters(answer: Any, evidence: Evidence) -> dict[str, Any]:
    parameters = document(answer, called="parameters")
    if not isinstance(parameters, dict):
        raise WrongAnswerError(
            "The parameters should be a dictionary; this is a list.",
            'Write them in braces: {"TableName": names.table, …}.',
        )
    require(
        parameters.get("TableName") in (evidence.names.table, evidence.names.table_arn),
        "The parameters do not name your table.",
        'Say "TableName": names.table.',
    )
    require(
        "IndexName" in parameters,
        "Without IndexName the query asks the table itself, which is not sorted by time.",
        'Say "IndexName": "by-time".',
    )
    require(
        parameters.get("ConsistentRead") is not True,
        "An index cannot be read strongly, only eventually.",
        "Leave out ConsistentRead.",
    )
    return parameters


def _list_kept(evidence: Evidence, limit: int = MOST_SEARCHED) -> list[dict[str, Any]]:
    dynamodb = evidence.client("dynamodb")
    return tables.list_newest_items(dynamodb, evidence.names.table, limit=limit)


def _query(evidence: Evidence, parameters: dict[str, Any]) -> dict[str, Any]:
    try:
        answer: dict[str, Any] = evidence.client("dynamodb").query(**parameters)
    except ParamValidationError as error:
        said = " ".join(str(error).split())[:300]
        raise WrongAnswerError(
            f"boto3 does not send it: {said}",
            "Compare names and values with the query above, capitals too.",
        ) from error
    except ClientError as error:
        if error.response["Error"]["Code"] not in UNUSABLE:
            raise
        raise _explain_unusable(error) from error
    return answer


def _explain_unusable(error: ClientError) -> WrongAnswerError:
    said = str(error.response["Error"].get("Message", ""))[:300]
    if "reserved" in said:
        return WrongAnswerError(
            f"A reserved word stands for itself in an expression. DynamoDB said: {said}",
            "Write #name in the expression, and say in ExpressionAttributeNames what it is.",
        )
    return WrongAnswerError(
        f"DynamoDB cannot run the query: {said}",
        "Compare it with the query above: every # and : must be explained, and used.",
    )


def _explain_order(answer: dict[str, Any], newest: list[str]) -> None:
    found = [item.get("timestamp", {}).get("S", "") for item in answer.get("Items", [])]
    require(
        bool(found),
        "It finds nothing.",
        'The partition of all pictures is called "pictures".',
    )
    require(
        len(found) <= PAGE and answer["ScannedCount"] <= PAGE,
        f"It reads {answer['ScannedCount']} items, and two are asked for.",
        'Say "Limit": 2. What is read is paid, also when it is not shown.',
    )
    require(len(found) == PAGE, "It finds one picture instead of two.", 'Say "Limit": 2.')
    require(
        found == sorted(found, reverse=True) or set(found) == set(newest),
        "The oldest come first: that is the order in which an index is kept.",
        'Say "ScanIndexForward": False to read it from its end.',
    )
    require(
        found == newest,
        "These are not the two newest.",
        "Start at the end of the index: leave out ExclusiveStartKey and other bounds.",
    )


NEWEST_FIRST = Exercise(
    name="newest-first",
    question=(
        "Write the parameters with which dynamodb.query reads the two newest pictures, the newest "
        "first, and no more than these two."
    ),
    hints=(
        "Take every_picture from above and add to it: {**every_picture, …}.",
        "One parameter turns the direction, another says how many are enough.",
        '{**every_picture, "ScanIndexForward": False, "Limit": …}',
    ),
    check=check_newest_first,
    why=(
        "The check ran your query: two items read, two returned, the newest first. However many "
        "pictures there will be, this list costs the same."
    ),
)

# A projection ----------------------------------------------------------------------------------


def check_projection(answer: Any, evidence: Evidence) -> None:
    """Hold, by a query with it, that it returns name, result and confidence alone."""
    require(
        not isinstance(answer, str) or answer.lstrip().startswith("{"),
        "This is the expression alone; DynamoDB must also be told what its # names stand for.",
        'Give both: {"ProjectionExpression": …, "ExpressionAttributeNames": {…}}.',
    )
    projection = document(answer, called="projection")
    require(
        isinstance(projection, dict) and "ProjectionExpression" in projection,
        "There is no ProjectionExpression.",
        'Write {"ProjectionExpression": …, "ExpressionAttributeNames": {…}}.',
    )
    others = set(projection) - {"ProjectionExpression", "ExpressionAttributeNames"}
    require(
        not others,
        f"{', '.join(sorted(map(shorten, others)))} is no part of a projection.",
        "Leave it out: the check adds the index and the key condition.",
    )
    _explain_attributes(_query(evidence, _project(projection, evidence)))


def _project(projection: dict[str, Any], evidence: Evidence) -> dict[str, Any]:
    names = projection.get("ExpressionAttributeNames", {})
    require(
        isinstance(names, dict),
        "ExpressionAttributeNames should be a dictionary.",
        'Write {"#name": "name", …}.',
    )
    return {
        "TableName": evidence.names.table,
        "IndexName": tables.INDEX,
        "KeyConditionExpression": "#in_partition = :in_partition",
        "ExpressionAttributeValues": {":in_partition": {"S": tables.COLLECTION}},
        "ProjectionExpression": projection["ProjectionExpression"],
        "ExpressionAttributeNames": {**names, "#in_partition": "collection"},
        "Limit": PAGE,
    }


def _explain_attributes(answer: dict[str, Any]) -> None:
    items = answer["Items"]
    require(
        bool(items),
        "The table holds no result yet to try it with.",
        "Run the cell that uploads the sample pictures, then this one again.",
    )
    shown = {name for item in items for name in item}
    for missing in sorted(SHOWN - shown):
        raise WrongAnswerError(
            f"The answer lacks {missing}.",
            "Put commas between the three, and compare the names on both sides.",
        )
    require(
        shown == SHOWN,
        f"The answer also carries {', '.join(sorted(shown - SHOWN))}.",
        "Name what the list shows: name, result and confidence.",
    )


PROJECTION = Exercise(
    name="projection",
    question=(
        "A list on a small screen shows name, result and confidence. Write the "
        "ProjectionExpression that leaves out the rest, and the ExpressionAttributeNames for it: "
        "name and result are reserved words."
    ),
    hints=(
        "A projection names attributes, with commas between them.",
        "A reserved word gets a placeholder: #name in the expression, and {'#name': 'name'}.",
        '{"ProjectionExpression": "#name, #result, confidence", "ExpressionAttributeNames": {…}}',
    ),
    check=check_projection,
    why=(
        "The check queried with it, and three attributes came. The answer is smaller; the price is "
        "not, for DynamoDB bills what it reads, before it leaves anything out."
    ),
)

# All pages -------------------------------------------------------------------------------------


def check_all_pages(answer: Any, evidence: Evidence) -> None:
    """Hold that these are all pages of two of GET /results, in order."""
    pages = _read_pages(answer)
    kept = [str(item["id"]) for item in _list_kept(evidence)]
    found: list[str] = []
    for place, (items, _) in enumerate(pages, start=1):
        require(
            len(items) <= PAGE,
            f"Page {place} holds {len(items)} results instead of {PAGE}.",
            f"Ask with lesson.list_results(limit={PAGE}).",
        )
        require(
            not set(items) & set(found),
            f"Page {place} repeats what an earlier page holds.",
            'Hand back the token of the page before: next_token=page["next"].',
        )
        found += items
    _explain_found(found, kept, pages)


def _read_pages(answer: Any) -> list[tuple[list[str], bool]]:
    require(
        not (type(answer) is dict and "items" in answer),
        "This is a page; the check wants all of them.",
        'Put it into a list, and go on while page["next"] is a token.',
    )
    if type(answer) not in (list, tuple) or not answer:
        raise WrongAnswerError(
            f"The pages should be a list of pages; this is {shorten(answer)}.",
            "Begin with pages = [lesson.list_results(limit=2)].",
        )
    return [_read_page(page) for page in answer[:MOST_SEARCHED]]


def _read_page(page: Any) -> tuple[list[str], bool]:
    require(
        not (type(page) is dict and "picture_url" in page),
        "These are the results themselves, and it can no longer be seen how they came.",
        "Keep each page as the API answers it: pages.append(page).",
    )
    items = page.get("items") if type(page) is dict else page
    if type(items) is not list or not all(
        type(item) is dict and type(item.get("id")) is str for item in items
    ):
        raise WrongAnswerError(
            f"One of them is no page of results: {shorten(page)}.",
            "Keep each page as lesson.list_results(…) returns it.",
        )
    return [item["id"] for item in items], type(page) is dict and bool(page.get("next"))


def _explain_found(found: list[str], kept: list[str], pages: list[tuple[list[str], bool]]) -> None:
    missing = [item for item in kept if item not in set(found)]
    require(
        not (missing and pages[-1][1]),
        f"{len(missing)} results are missing, and your last page carries a token: there is more.",
        'Go on while page["next"] is a token; at the end it is None.',
    )
    require(
        not missing,
        f"{len(missing)} results are missing, though your last page has no token.",
        "Keep every page, the first one too; if results have come since, run the cell again.",
    )
    require(
        found == kept,
        "All results are there, in another order than the API gives them.",
        "Ask for one page after the other, and append each to the list.",
    )


ALL_PAGES = Exercise(
    name="all-pages",
    question=(
        "Fetch every result by way of the API, in pages of two, and keep the pages in a list, as "
        "the API answers them."
    ),
    hints=(
        "The first page needs no token. Each page says by its next whether there is another.",
        'A while loop goes on as long as pages[-1]["next"] is a token.',
        'In the loop: pages.append(lesson.list_results(limit=2, next_token=pages[-1]["next"]))',
    ),
    check=check_all_pages,
    why=(
        "Every result is there once, newest first, two at a time. The loop asks the token and not "
        "the number of results: an answer that is full is not yet the last, and one that is not "
        "full need not be."
    ),
)

# A limit ---------------------------------------------------------------------------------------

LIMITED = "/results/GET"
WHOLE_STAGE = "*/*"
RATE, BURST = 20, 40
NO_LIMIT = (None, None)


def check_route_limit(answer: Any, evidence: Evidence) -> None:
    """Look at the stage: is this one route bound as it should be?"""
    limits = _read_limits(evidence)
    own = limits.get(LIMITED, NO_LIMIT)
    if own == NO_LIMIT:
        _explain_unlimited(limits)
    require(
        own != (BURST, RATE),
        "The two are the wrong way round.",
        f"rateLimit is what may come in a second, in the long run: {RATE}. burstLimit is what may "
        f"come at once: {BURST}.",
    )
    require(
        own == (RATE, BURST),
        f"GET /results is bound to {own[0]} requests a second and {own[1]} at once.",
        f"Set rateLimit to {RATE} and burstLimit to {BURST}, each by an operation of its own.",
    )


def _read_limits(evidence: Evidence) -> dict[str, tuple[float | None, float | None]]:
    """Return rate and burst of every route that the stage sets, such as ``/results/GET``."""
    apigateway = evidence.client("apigateway")
    api = rest_apis.find_api(apigateway, evidence.names.api)
    if api is None:
        raise WrongAnswerError(
            f"There is no API {evidence.names.api}.", "lesson.catch_up() makes it."
        )
    stage = apigateway.get_stage(restApiId=api.id, stageName=evidence.names.api_stage)
    return {
        f"/{route.replace('~1', '/').lstrip('/')}".replace(f"/{WHOLE_STAGE}", WHOLE_STAGE): (
            setting.get("throttlingRateLimit"),
            setting.get("throttlingBurstLimit"),
        )
        for route, setting in stage.get("methodSettings", {}).items()
    }


def _explain_unlimited(limits: dict[str, tuple[float | None, float | None]]) -> None:
    require(
        limits.get(WHOLE_STAGE) != (RATE, BURST),
        "This binds the whole stage: all routes together.",
        "Name the route in place of */*: /~1results/GET/throttling/rateLimit.",
    )
    others = [route for route in limits if route not in (WHOLE_STAGE, LIMITED)]
    require(
        not others,
        f"The stage binds another route, {', '.join(others)[:80]}.",
        "A slash in the route's path is written ~1: /~1results/GET/throttling/…",
    )
    raise WrongAnswerError(
        "GET /results has no limit of its own.",
        "Call apigateway.update_stage with two patchOperations, as the cell above did.",
    )


ROUTE_LIMIT = Exercise(
    name="route-limit",
    question=(
        f"Bind GET /results to {RATE} requests a second and {BURST} at once, and no other route. "
        "The call is apigateway.update_stage."
    ),
    hints=(
        "The cell that allowed one call in a second needs other values, and nothing else.",
        "Two operations: one for rateLimit, one for burstLimit. Values are texts.",
        'apigateway.update_stage(**stage, patchOperations=[{"op": "replace", "path": '
        f'"/~1results/GET/throttling/rateLimit", "value": "{RATE}"}}, …])',
    ),
    check=check_route_limit,
    why=(
        "The stage says so itself. The route has a bucket of its own now; a crowd at /results "
        "takes nothing from /upload, and the other way round."
    ),
)

EXERCISES = (NEWEST_FIRST, PROJECTION, ALL_PAGES, ROUTE_LIMIT)

# Checkpoint ------------------------------------------------------------------------------------


def look_for_function(evidence: Evidence) -> None:
    """See whether db-list stands and knows table and bucket."""
    names, again = evidence.names, "Run the cells of “Build db-list”."
    function = functions.describe_function(evidence.client("lambda"), names.function("db-list"))
    if function is None:
        raise WrongAnswerError("There is no function db-list.", again)
    wanted = {"TABLE_NAME": names.table, "IMAGES_BUCKET": names.images_bucket}
    for name, value in wanted.items():
        require(
            function.environment.get(name) == value,
            f"db-list lacks the variable {name}, or it names another.",
            again,
        )


def look_for_rights(evidence: Evidence) -> None:
    """See whether the role of db-list may query the index, and change nothing."""
    names, again = evidence.names, "Run the cells of “Build db-list”."
    role = roles.describe_role(evidence.client("iam"), names.role("db-list"))
    if role is None or not role.policies:
        raise WrongAnswerError("The role of db-list is missing, or has no policy.", again)
    statements = [one for policy in role.policies.values() for one in read_statements(policy)]
    index = f"{names.table_arn}/index/{tables.INDEX}"
    require(
        is_allowed(statements, "dynamodb:Query", index),
        "The role of db-list may not query the index.",
        again,
    )
    for action in ("dynamodb:Scan", "dynamodb:PutItem", "dynamodb:DeleteItem"):
        require(
            not is_allowed(statements, action, names.table_arn),
            f"The role of db-list may also do {action}, which it does not need.",
            'Give it lesson.policy("db-list") again, and remove other policies.',
        )


def _find_address(evidence: Evidence) -> tuple[str, str]:
    api = rest_apis.find_api(evidence.client("apigateway"), evidence.names.api)
    if api is None:
        raise WrongAnswerError(
            f"There is no API {evidence.names.api}.",
            "Lesson 2 builds it; lesson.catch_up() does so for you.",
        )
    return api.id, evidence.cloud.api_url(api.id, evidence.names.api_stage) + ROUTE


def look_for_route(evidence: Evidence) -> None:
    """See whether the deployed stage lists results, by asking it."""
    _, address = _find_address(evidence)
    answer = evidence.http.get(address, params={"limit": "1"})
    require(
        answer.is_success,
        f"GET {ROUTE} answers {answer.status_code}.",
        "For 403 deploy the API again; for 5xx read the log of db-list.",
    )
    refused = evidence.http.get(address, params={"limit": "1", "next": "not-one-of-ours"})
    require(
        set(answer.json()) == {"items", "next"} and refused.status_code == 400,
        f"GET {ROUTE} answers, but not as db-list does.",
        "Run the cells of “Build db-list” and “Give it a route” again.",
    )


def look_for_preflight(evidence: Evidence) -> None:
    """See whether the website's pages, and only they, may ask."""
    _, address = _find_address(evidence)
    origin = evidence.website_origin
    again = "Run the cell of the preflight again, then deploy."
    require(
        allows_origin(evidence.preflight(address, origin=origin, method="GET"), origin),
        f"A browser would not let your website GET {ROUTE}.",
        again,
    )
    require(
        not allows_origin(evidence.preflight(address, origin=STRANGER, method="GET"), STRANGER),
        f"A browser would let pages from anywhere GET {ROUTE}.",
        again,
    )


def look_for_leftovers(evidence: Evidence) -> None:
    """See whether what was only for trying is gone: the throttle, the large items."""
    require(
        _read_limits(evidence).get(LIMITED, NO_LIMIT) in (NO_LIMIT, (RATE, BURST)),
        f"GET {ROUTE} has a limit that was only for trying, and is not the exercise's.",
        "Run the cell that takes the limit away.",
    )
    large = tables.list_newest_items(
        evidence.client("dynamodb"), evidence.names.table, limit=1, collection="large"
    )
    require(
        not large,
        "The large items are still in the table.",
        "Run the cell that removes them.",
    )


REQUIREMENTS = (
    Requirement("The function db-list stands, and knows table and bucket", look_for_function),
    Requirement("Its role may query the index, and change nothing", look_for_rights),
    Requirement("Asked just now: the deployed stage answers GET /results", look_for_route),
    Requirement("Your website's pages may ask it, and no others", look_for_preflight),
    Requirement("Nothing is left of what was only for trying", look_for_leftovers),
)

HINTS = {
    "deploy": (
        "A stage serves its last deployment. What was changed since is not in it.",
        "rest_apis.deploy_api(apigateway, api.id, names.api_stage) makes a new one.",
    ),
    "gallery": (
        "An empty gallery has an empty table behind it: upload a picture.",
        "For an error read the log of db-list: its last line says why.",
    ),
}
