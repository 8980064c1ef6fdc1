"""One call to API Gateway's control plane, as its operations here see it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from werkzeug import Request, Response

from workshop_lib.local_cloud import aws_errors
from workshop_lib.local_cloud.aws_errors import AwsError
from workshop_lib.local_cloud.gateway.deployments import find_api, get_api
from workshop_lib.local_cloud.gateway.function_calls import GatewayServices
from workshop_lib.local_cloud.moto_hooks import call_moto

# Of each kind of thing: the kind it is in, where moto keeps it there, and what names it in a call.
_PLACES = {
    "resource": ("api", "resources", "resourceId", "Resource identifier"),
    "method": ("resource", "resource_methods", "httpMethod", "Method identifier"),
    "method response": ("method", "method_responses", "statusCode", "Response status code"),
    "integration response": (
        "integration", "integration_responses", "statusCode", "Response status code",
    ),
    "authorizer": ("api", "authorizers", "authorizerId", "Authorizer identifier"),
    "deployment": ("api", "deployments", "deploymentId", "Deployment identifier"),
    "stage": ("api", "stages", "stageName", "stage identifier"),
}  # fmt: skip


@dataclass(frozen=True)
class ControlCall:
    """A control-plane call: what is asked with which parameters, named as boto3 names them."""

    request: Request
    parameters: Mapping[str, Any]
    services: GatewayServices

    def get(self, name: str) -> Any:
        """Return a parameter, or None when the call does not have it."""
        return self.parameters.get(name)

    def answer_by_moto(self) -> Response:
        """Let moto carry the call out."""
        return call_moto("apigateway", self.request)

    @property
    def api(self) -> Any:
        """moto's object of the API that the call names; see :meth:`find`."""
        return get_api(self.services.account_id, self.parameters["restApiId"])

    def _find_api(self) -> Any | None:
        return find_api(self.services.account_id, self.parameters["restApiId"])

    def find(self, kind: str) -> Any:
        """Return moto's object of a kind that the call names.

        Raises:
            AwsError: AWS's ``NotFoundException``.
        """
        if kind == "api":
            return self.api
        if kind == "integration":
            return find_named(
                vars(self.find("method")), "method_integration", "Integration identifier"
            )
        owner, collection, parameter, shown = _PLACES[kind]
        # Where the API is not there, AWS does not find what would be in it.
        holder = self.find(owner) if owner != "api" else self._find_api()
        things = getattr(holder, collection, None) or {}
        return find_named(things, self.get(parameter), shown)


def find_named(things: Mapping[str, Any], name: Any, kind: str) -> Any:
    """Return one of several things.

    Raises:
        AwsError: there is none of that name.
    """
    found = things.get(name)
    if found is None:
        raise AwsError("NotFoundException", f"Invalid {kind} specified", 404)
    return found


def bad_request(message: str) -> AwsError:
    """Return AWS's error for a call that cannot be carried out as it is."""
    return AwsError("BadRequestException", message, 400)


def left_out(what: str, instead: str = "") -> AwsError:
    """Return the refusal of what API Gateway has and no lesson needs.

    Args:
        what: a plural, as AWS names it.
        instead: a sentence that says what to do here.
    """
    return bad_request(f"{aws_errors.left_out(what).message} {instead}".rstrip())


def conflict(message: str) -> AwsError:
    """Return AWS's error for a name that is taken."""
    return AwsError("ConflictException", message, 409)


def answer_json(document: Mapping[str, Any], status: int = 200) -> Response:
    """Return a control-plane answer."""
    return Response(json.dumps(document), status, content_type="application/json")
