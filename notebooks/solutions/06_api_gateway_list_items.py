# %% [markdown]
# Lesson 6's solutions. Each block is the whole content of the notebook's cell of that name.

# %% setup
from workshop_lib import open_lesson
from workshop_lib.aws import rest_apis

lesson = open_lesson(6)
every_picture = {
    "TableName": lesson.names.table,
    "IndexName": "by-time",
    "KeyConditionExpression": "#collection = :pictures",
    "ExpressionAttributeNames": {"#collection": "collection"},
    "ExpressionAttributeValues": {":pictures": {"S": "pictures"}},
}
apigateway = lesson.client("apigateway")
api = rest_apis.find_api(apigateway, lesson.names.api)
limits = "/~1results/GET/throttling"
stage = {"restApiId": api.id, "stageName": lesson.names.api_stage}

# %% exercise-newest-first
newest_two = {**every_picture, "ScanIndexForward": False, "Limit": 2}

lesson.check("newest-first", newest_two)

# %% exercise-projection
short_items = {
    "ProjectionExpression": "#name, #result, confidence",
    "ExpressionAttributeNames": {"#name": "name", "#result": "result"},
}

lesson.check("projection", short_items)

# %% exercise-all-pages
pages = [lesson.list_results(limit=2)]
while pages[-1]["next"]:
    pages.append(lesson.list_results(limit=2, next_token=pages[-1]["next"]))

lesson.check("all-pages", pages)

# %% exercise-route-limit
limited = apigateway.update_stage(
    **stage,
    patchOperations=[
        {"op": "replace", "path": f"{limits}/rateLimit", "value": "20"},
        {"op": "replace", "path": f"{limits}/burstLimit", "value": "40"},
    ],
)

lesson.check("route-limit", limited)
