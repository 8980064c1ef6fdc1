"""Amazon API Gateway: REST APIs, their routes, and their deployments to stages."""

from workshop_lib.aws.rest_apis.apis import (
    Api,
    Deployment,
    RestApi,
    Route,
    Stage,
    delete_api,
    describe_api,
    ensure_api,
    find_api,
    list_api_ids,
    list_stages,
    name_apis,
)
from workshop_lib.aws.rest_apis.authorizers import (
    delete_authorizer,
    ensure_authorizer,
    require_authorizer,
)
from workshop_lib.aws.rest_apis.deployments import delete_stage, deploy_api, limit_stage
from workshop_lib.aws.rest_apis.mocks import ensure_mock_route
from workshop_lib.aws.rest_apis.preflights import ensure_error_headers, ensure_preflight
from workshop_lib.aws.rest_apis.resources import delete_path, ensure_resource, list_paths
from workshop_lib.aws.rest_apis.rewritten_routes import ensure_http_route, ensure_template_route
from workshop_lib.aws.rest_apis.routes import (
    RouteTest,
    ensure_function_route,
    test_route,
)

__all__ = [
    "Api",
    "Deployment",
    "RestApi",
    "Route",
    "RouteTest",
    "Stage",
    "delete_api",
    "delete_authorizer",
    "delete_path",
    "delete_stage",
    "deploy_api",
    "describe_api",
    "ensure_api",
    "ensure_authorizer",
    "ensure_error_headers",
    "ensure_function_route",
    "ensure_http_route",
    "ensure_mock_route",
    "ensure_preflight",
    "ensure_resource",
    "ensure_template_route",
    "find_api",
    "limit_stage",
    "list_api_ids",
    "list_paths",
    "list_stages",
    "name_apis",
    "require_authorizer",
    "test_route",
]
