"""What a check may look at: the attendee's cloud, read and never changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
from botocore.exceptions import ClientError

from workshop_lib.cloud import Cloud
from workshop_lib.naming import Names

REFUSED = frozenset({"AccessDenied", "AccessDeniedException", "403"})


@dataclass
class Evidence:
    """The cloud and the names that a check looks with; its calls are not shown to the learner.

    Args:
        cloud: a connection whose calls nobody has to read.
        names: the attendee's names.
    """

    cloud: Cloud
    names: Names
    _sessions: dict[str, Callable[[str], Any]] = field(default_factory=dict)

    @property
    def http(self) -> httpx.Client:
        """A plain HTTP client: nobody's credentials."""
        return self.cloud.http

    @property
    def website_origin(self) -> str:
        """The origin of the attendee's website."""
        return self.cloud.website_origin(self.names.website_bucket)

    def client(self, service: str) -> Any:
        """Return a service's client, with the attendee's own rights."""
        return self.cloud.client(service)

    def client_as(self, role_arn: str, service: str) -> Any:
        """Return a service's client with a role's rights, by a real session of it.

        Raises:
            ClientError: the role may not be taken on.
        """
        answer = self.client("sts").assume_role(RoleArn=role_arn, RoleSessionName="check")
        return self.cloud.make_client(service, **session_keys(answer["Credentials"]))

    def preflight(
        self, address: str, *, origin: str, method: str, header: str = ""
    ) -> httpx.Response:
        """Ask what a browser asks before a request from another origin."""
        question = {"Origin": origin, "Access-Control-Request-Method": method}
        if header:
            question["Access-Control-Request-Headers"] = header
        return self.http.options(address, headers=question)


def session_keys(credentials: dict[str, Any]) -> dict[str, str]:
    """The credentials that STS answers, by the names under which boto3 takes them."""
    return {
        "aws_access_key_id": credentials["AccessKeyId"],
        "aws_secret_access_key": credentials["SecretAccessKey"],
        "aws_session_token": credentials["SessionToken"],
    }


def is_refused(operation: Callable[..., Any], **parameters: Any) -> bool:
    """Tell whether AWS refuses a call for want of permission; other errors are raised."""
    try:
        operation(**parameters)
    except ClientError as error:
        if error.response["Error"]["Code"] in REFUSED:
            return True
        raise
    return False


def allows_origin(answer: httpx.Response, origin: str) -> bool:
    """Tell whether the answer to a preflight lets pages of this origin go on."""
    return answer.is_success and answer.headers.get("Access-Control-Allow-Origin") in (origin, "*")
