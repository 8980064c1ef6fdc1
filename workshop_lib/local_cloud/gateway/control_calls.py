"""One call to API Gateway's control plane, as its operations here see it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from werkzeug import Request, Response

from workshop_lib.local_cloud.aws_errors import AwsError
from workshop_lib.local_cloud.gateway.live_apis import get_api
from workshop_lib.local_cloud.gateway.services import GatewayServices


@dataclass(frozen=True)
class ControlCall:
    """A control-plane call: who is asked for what.

    ``names`` holds the parts of the path by name, ``forget`` drops what is cached for an API.
    """

    request: Request
    names: Mapping[str, str]
    account_id: str
    services: GatewayServices
    forget: Callable[[str], None]

    @property
    def document(self) -> dict[str, Any]:
        """The call's JSON body.

        Raises:
            AwsError: it is not a JSON object.
        """
        return read_document(self.request.get_data())

    def list_patched(self) -> list[str]:
        """Return the path of each patch operation."""
        return [str(one.get("path")) for one in self.document.get("patchOperations") or []]

    @property
    def api(self) -> Any:
        """moto's API that the path names.

        Raises:
            AwsError: there is none.
        """
        return get_api(self.account_id, self.names["api_id"])

    @property
    def resource(self) -> Any:
        """moto's resource that the path names.

        Raises:
            AwsError: there is none.
        """
        resource = self.api.resources.get(self.names["resource_id"])
        if resource is None:
            raise not_found("Resource")
        return resource

    @property
    def method(self) -> Any:
        """moto's method that the path names.

        Raises:
            AwsError: there is none.
        """
        method = self.resource.resource_methods.get(self.names["method"])
        if method is None:
            raise not_found("Method")
        return method

    @property
    def stage(self) -> Any:
        """moto's stage that the path names.

        Raises:
            AwsError: there is none.
        """
        stage = self.api.stages.get(self.names["stage"])
        if stage is None:
            raise not_found("Stage")
        return stage


def not_found(kind: str) -> AwsError:
    """Return AWS's error for an identifier that names nothing."""
    return AwsError("NotFoundException", f"Invalid {kind} identifier specified", 404)


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


def read_document(body: bytes) -> dict[str, Any]:
    """Return the JSON object of a call; nothing sent is an empty one.

    Raises:
        AwsError: it is not JSON, or no object.
    """
    try:
        document = json.loads(body or b"{}")
    except ValueError as error:
        raise AwsError("SerializationException", f"The body is not JSON: {error}", 400) from error
    if not isinstance(document, dict):
        raise AwsError("SerializationException", "The body must be a JSON object.", 400)
    return document


def answer_json(document: Mapping[str, Any], status: int = 200) -> Response:
    """Return a control-plane answer."""
    return Response(json.dumps(document), status, content_type="application/json")
