"""Waiting for a new role to be believed.

IAM tells the other services of a new role, or of a role's new policy, within seconds to a minute.
Until then Lambda refuses what depends on it, with an error that means two things: not yet, or
never. Source: "The role defined for the function cannot be assumed by Lambda" in the AWS Lambda
Developer Guide.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from workshop_lib.errors import ResourceNotReadyError
from workshop_lib.waits import telling

PAUSES_SECONDS = (1, 2, 3, 5, 8, 10, 10, 10, 10)
NOT_YET = ("cannot be assumed", "does not have permissions", "doesn't have permissions")


def once_role_is_known(operation: Callable[..., Any], **parameters: Any) -> dict[str, Any]:
    """Return the operation's answer, trying again for a minute while Lambda doubts the role.

    Raises:
        ResourceNotReadyError: Lambda still doubts the role after a minute.
    """
    with telling("IAM to make the role known to Lambda"):
        return _answer_patiently(operation, parameters)


def _answer_patiently(operation: Callable[..., Any], parameters: dict[str, Any]) -> dict[str, Any]:
    for pause in PAUSES_SECONDS:
        try:
            return _answer(operation, parameters)
        except ClientError as error:
            if not _means_not_yet(error):
                raise
            time.sleep(pause)
    try:
        return _answer(operation, parameters)
    except ClientError as error:
        if not _means_not_yet(error):
            raise
        raise ResourceNotReadyError(
            f"Lambda does not accept the function's role: {error.response['Error']['Message']}",
            "Check that the role is there, its trust policy and its permissions; a new role may "
            "need another minute. If an earlier lesson was to make it, lesson.catch_up() does.",
        ) from error


def _answer(operation: Callable[..., Any], parameters: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = operation(**parameters)
    return answer


def _means_not_yet(error: ClientError) -> bool:
    answer = error.response["Error"]
    return answer["Code"] == "InvalidParameterValueException" and any(
        phrase in answer.get("Message", "") for phrase in NOT_YET
    )
