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


def limit_stage(apigateway: Any, api_id: str, stage: str, *, rate: int, burst: int) -> None:
    """Throttle all routes of a stage together; those with limits of their own keep theirs.

    It holds without a deployment. Who exceeds it gets 429, and no function runs. A stage that has
    these limits already is left as it is.

    Args:
        apigateway: the client.
        api_id: which API.
        stage: which of its stages.
        rate: requests a second, in the long run.
        burst: requests at once.
    """
    found = apigateway.get_stage(restApiId=api_id, stageName=stage)
    limits = found.get("methodSettings", {}).get("*/*", {})
    if (limits.get("throttlingRateLimit"), limits.get("throttlingBurstLimit")) == (rate, burst):
        return
    wanted = {"rateLimit": str(rate), "burstLimit": str(burst)}
    apigateway.update_stage(
        restApiId=api_id,
        stageName=stage,
        patchOperations=[
            {"op": "replace", "path": f"/*/*/throttling/{name}", "value": value}
            for name, value in wanted.items()
        ],
    )


def delete_stage(apigateway: Any, api_id: str, stage: str) -> None:
    """Delete a stage, so that nobody reaches the API by it; no stage or API is fine."""
    try:
        apigateway.delete_stage(restApiId=api_id, stageName=stage)
    except apigateway.exceptions.NotFoundException:
        return
