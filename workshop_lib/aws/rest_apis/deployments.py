"""Deployments: a snapshot of the API, served by a stage."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workshop_lib.aws.rest_apis.apis import Deployment


def deploy_api(
    apigateway: Any,
    api_id: str,
    stage: str,
    *,
    description: str = "",
    variables: Mapping[str, str] | None = None,
) -> Deployment:
    """Take a snapshot of the API as it is now and have the stage serve it.

    Args:
        apigateway: the client.
        api_id: which API.
        stage: made when it is not there.
        description: why.
        variables: the stage's variables; None leaves them.
    """
    settings = {} if variables is None else {"variables": dict(variables)}
    answer = apigateway.create_deployment(
        restApiId=api_id, stageName=stage, description=description, **settings
    )
    return Deployment(answer["id"], answer.get("description") or "", answer["createdDate"])


def delete_stage(apigateway: Any, api_id: str, stage: str) -> None:
    """Delete a stage, so that nobody reaches the API by it; no stage or API is fine."""
    try:
        apigateway.delete_stage(restApiId=api_id, stageName=stage)
    except apigateway.exceptions.NotFoundException:
        return
