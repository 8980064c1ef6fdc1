"""Making, finding, describing and deleting REST APIs."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from workshop_lib.aws.rest_apis.resources import read_resources
from workshop_lib.errors import ResourceNotReadyError
from workshop_lib.waits import telling

# AWS lets an account delete one REST API in 30 seconds.
DELETION_PAUSES_SECONDS = (5, 10, 20, 30, 30, 30)


@dataclass(frozen=True)
class RestApi:
    """A REST API: its id is AWS's to choose, and part of its address."""

    id: str
    name: str
    root_id: str
    created: datetime
    tags: dict[str, str]


@dataclass(frozen=True)
class Route:
    """A method of a path and where it leads.

    ``integration`` is ``AWS_PROXY``, ``AWS``, ``MOCK``, ``HTTP_PROXY`` or ``HTTP``, None when
    there is none yet; ``target`` the integration's URI.
    """

    path: str
    method: str
    integration: str | None
    target: str | None
    authorization: str


@dataclass(frozen=True)
class Stage:
    """A stage, and the deployment that it serves.

    ``rate_limit`` and ``burst_limit`` are requests a second and at once, of all its routes
    together; None where the stage sets none and the account's limits hold alone.
    """

    name: str
    deployment_id: str
    variables: dict[str, str]
    rate_limit: float | None = None
    burst_limit: int | None = None


@dataclass(frozen=True)
class Deployment:
    """A snapshot of the API."""

    id: str
    description: str
    created: datetime


@dataclass(frozen=True)
class Api:
    """Everything that the lessons look at: routes by path and method, deployments oldest first."""

    rest_api: RestApi
    routes: tuple[Route, ...]
    stages: tuple[Stage, ...]
    deployments: tuple[Deployment, ...]


def find_api(apigateway: Any, name: str) -> RestApi | None:
    """Return the REST API of this name, the oldest if there are several, or None."""
    found = [api for api in _list_apis(apigateway) if api["name"] == name]
    if not found:
        return None
    return _read_api(apigateway, min(found, key=lambda api: api["createdDate"]))


def list_api_ids(apigateway: Any, name: str) -> list[str]:
    """Return the ids of all APIs of this name."""
    return [api_id for api_id, found in name_apis(apigateway).items() if found == name]


def name_apis(apigateway: Any) -> dict[str, str]:
    """Return the names of all APIs of the account in this Region, by their ids."""
    return {api["id"]: api["name"] for api in _list_apis(apigateway)}


def _list_apis(apigateway: Any) -> list[dict[str, Any]]:
    pages = apigateway.get_paginator("get_rest_apis").paginate()
    return [api for page in pages for api in page["items"]]


def ensure_api(apigateway: Any, name: str, *, tags: Mapping[str, str]) -> RestApi:
    """Make the Regional REST API, or mend its tags.

    API Gateway allows two APIs of one name; this makes no second.
    """
    api = find_api(apigateway, name)
    if api is None:
        created = apigateway.create_rest_api(
            name=name, endpointConfiguration={"types": ["REGIONAL"]}, tags=dict(tags)
        )
        return _read_api(apigateway, created)
    if lacking := {key: value for key, value in tags.items() if key not in api.tags}:
        # ARNs of API Gateway's own resources carry no account.
        arn = f"arn:aws:apigateway:{apigateway.meta.region_name}::/restapis/{api.id}"
        apigateway.tag_resource(resourceArn=arn, tags=lacking)
        return replace(api, tags={**api.tags, **lacking})
    return api


def _read_api(apigateway: Any, api: dict[str, Any]) -> RestApi:
    root = next(
        resource["id"]
        for resource in read_resources(apigateway, api["id"])
        if resource["path"] == "/"
    )
    return RestApi(api["id"], api["name"], root, api["createdDate"], api.get("tags") or {})


def describe_api(apigateway: Any, api_id: str) -> Api | None:
    """Return what API Gateway says of an API, or None when there is no such API."""
    try:
        api = apigateway.get_rest_api(restApiId=api_id)
    except apigateway.exceptions.NotFoundException:
        return None
    resources = read_resources(apigateway, api_id)
    pages = apigateway.get_paginator("get_deployments").paginate(restApiId=api_id)
    deployments = [_read_deployment(deployment) for page in pages for deployment in page["items"]]
    return Api(
        rest_api=_read_api(apigateway, api),
        routes=tuple(sorted(_list_routes(resources), key=lambda r: (r.path, r.method))),
        stages=tuple(list_stages(apigateway, api_id)),
        deployments=tuple(sorted(deployments, key=lambda deployment: deployment.created)),
    )


def _list_routes(resources: list[dict[str, Any]]) -> list[Route]:
    return [
        Route(
            resource["path"],
            method,
            details.get("methodIntegration", {}).get("type"),
            details.get("methodIntegration", {}).get("uri"),
            details.get("authorizationType", "NONE"),
        )
        for resource in resources
        for method, details in resource.get("resourceMethods", {}).items()
    ]


def list_stages(apigateway: Any, api_id: str) -> list[Stage]:
    """Return the stages of an API that stands."""
    return [_read_stage(stage) for stage in apigateway.get_stages(restApiId=api_id)["item"]]


def _read_stage(stage: dict[str, Any]) -> Stage:
    limits = stage.get("methodSettings", {}).get("*/*", {})
    return Stage(
        stage["stageName"],
        stage["deploymentId"],
        stage.get("variables", {}),
        limits.get("throttlingRateLimit"),
        limits.get("throttlingBurstLimit"),
    )


def _read_deployment(deployment: dict[str, Any]) -> Deployment:
    return Deployment(
        deployment["id"], deployment.get("description") or "", deployment["createdDate"]
    )


def delete_api(apigateway: Any, api_id: str) -> None:
    """Delete an API with its stages; nothing happens when there is none.

    Raises:
        ResourceNotReadyError: AWS still puts it off after two minutes, because others delete too.
    """
    for pause in DELETION_PAUSES_SECONDS:
        try:
            apigateway.delete_rest_api(restApiId=api_id)
        except apigateway.exceptions.NotFoundException:
            return
        except apigateway.exceptions.TooManyRequestsException:
            with telling("API Gateway, which deletes one API in 30 seconds", after=0):
                time.sleep(pause)
        else:
            return
    raise ResourceNotReadyError(
        f"AWS puts off deleting the API {api_id}: an account may delete one in 30 seconds.",
        "Run this again in a minute.",
    )
