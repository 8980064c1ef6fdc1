"""One call to API Gateway's control plane, as its operations here see it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from werkzeug import Request, Response

from workshop_lib.local_cloud.aws_errors import AwsError
from workshop_lib.local_cloud.gateway.deployments import get_api
from workshop_lib.local_cloud.gateway.function_calls import GatewayServices
from workshop_lib.local_cloud.moto_hooks import call_moto


@dataclass(frozen=True)
class ControlCall:
    """A control-plane call: what is asked with which parameters, named as boto3 names them.

    Its properties are moto's objects that the parameters name; one that is not there is refused
    with AWS's ``NotFoundException``.
    """

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
        """The API."""
        return get_api(self.services.account_id, self.parameters["restApiId"])

    @property
    def resource(self) -> Any:
        """The resource, of which a new one is made the child."""
        wanted = self.get("resourceId") or self.get("parentId")
        return find_named(self.api.resources, wanted, "Resource identifier")

    @property
    def method(self) -> Any:
        """The method."""
        methods = self.resource.resource_methods
        return find_named(methods, self.parameters["httpMethod"], "Method identifier")

    @property
    def method_response(self) -> Any:
        """The method's response of a status."""
        responses = self.method.method_responses
        return find_named(responses, self.parameters["statusCode"], "Response status code")

    @property
    def integration(self) -> Any:
        """The method's integration."""
        return find_named(vars(self.method), "method_integration", "Integration identifier")

    @property
    def integration_response(self) -> Any:
        """The integration's response of a status."""
        responses = self.integration.integration_responses or {}
        return find_named(responses, self.parameters["statusCode"], "Response status code")

    @property
    def authorizer(self) -> Any:
        """The authorizer."""
        authorizers = self.api.authorizers
        return find_named(authorizers, self.parameters["authorizerId"], "Authorizer identifier")

    @property
    def deployment(self) -> Any:
        """The deployment."""
        deployments = self.api.deployments
        return find_named(deployments, self.parameters["deploymentId"], "Deployment identifier")

    @property
    def stage(self) -> Any:
        """The stage."""
        return find_named(self.api.stages, self.parameters["stageName"], "Stage identifier")


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
    sentence = f"The local cloud does not have {what}: no lesson needs it. AWS may have it."
    return bad_request(f"{sentence} {instead}".rstrip())


def conflict(message: str) -> AwsError:
    """Return AWS's error for a name that is taken."""
    return AwsError("ConflictException", message, 409)


def answer_json(document: Mapping[str, Any], status: int = 200) -> Response:
    """Return a control-plane answer."""
    return Response(json.dumps(document), status, content_type="application/json")
