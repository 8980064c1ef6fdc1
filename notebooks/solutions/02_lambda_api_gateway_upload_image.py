# %% [markdown]
# Lesson 2's solutions. Each block is the whole content of the notebook's cell of that name.

# %% setup
from workshop_lib import open_lesson
from workshop_lib.aws import functions, rest_apis

lesson = open_lesson(2)
lambda_, apigateway = lesson.client("lambda"), lesson.client("apigateway")
origin = lesson.website_origin
function = functions.describe_function(lambda_, lesson.names.function("presigned-url"))
api = rest_apis.find_api(apigateway, lesson.names.api)
template = '{"greeting": "Hello"}'
hello = rest_apis.ensure_mock_route(apigateway, api.id, path="/hello", template=template)

# %% exercise-time-limit
seconds = lambda_.get_function_configuration(FunctionName=function.name)["Timeout"]

lesson.check("time-limit", seconds)

# %% exercise-cors-headers
preflight_headers = {
    "Access-Control-Allow-Origin": origin,
    "Access-Control-Allow-Methods": "PUT",
    "Access-Control-Allow-Headers": "Content-Type,X-Request-Id",
    "Access-Control-Max-Age": "600",
}

lesson.check("cors-headers", preflight_headers)

# %% exercise-mapping-template
mapping = """{
    "greeting": "Hello",
    "path": "$context.resourcePath",
    "request": "$context.requestId"
}"""
new_response = apigateway.put_integration_response(
    restApiId=api.id,
    resourceId=hello,
    httpMethod="GET",
    statusCode="200",
    responseTemplates={"application/json": mapping},
)

lesson.check("mapping-template", new_response)
