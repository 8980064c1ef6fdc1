"""Where moto answers what AWS answers in another form: AWS's sentence, and its status, for moto's.

Sources: answers of AWS as client libraries and their users record them; the statuses of success are
those of botocore's models.
"""

from __future__ import annotations

import re
from functools import lru_cache

from moto.core.utils import get_service_model
from werkzeug import Response

Wording = tuple[re.Pattern[str], str]


def _read_wordings(*pairs: tuple[str, str]) -> tuple[Wording, ...]:
    return tuple((re.compile(pattern), sentence) for pattern, sentence in pairs)


# moto has copied some sentences from a client's output, together with what the client adds.
_EVERYWHERE = _read_wordings((r"An error occurred \(\w+\) when calling the \w+ operation: ", ""))
# Elsewhere every success is 200.
_REST_SERVICES = ("lambda", "apigateway")
_BY_SERVICE = {
    "lambda": _read_wordings((r"Cannot find layer", "The resource you requested does not exist.")),
    "dynamodb": _read_wordings(
        (r"Return values set to invalid value", "ReturnValues can only be ALL_OLD or NONE"),
    ),
    "iam": _read_wordings(
        (r"Role ([\w+=,.@-]+) not found", r"The role with name \1 cannot be found."),
        (r"Policy (arn:[^ ]+) not found", r"Policy \1 was not found."),
        (r"User ([\w+=,.@-]+) already exists", r"User with name \1 already exists."),
        (
            r"Policy Document ([\w+=,.@-]+) not attached to role [\w+=,.@-]+",
            r"The role policy with name \1 cannot be found.",
        ),
        (
            r"Trust Policy statement actions can only be [^<]*WithWebIdentity",
            "AssumeRole policy may only specify STS AssumeRole actions.",
        ),
        (r"Has prohibited field Resource\.", "Has prohibited field Resource"),
    ),
}


def correct(service: str, operation: str, response: Response) -> Response:
    """Put one of moto's answers into AWS's form.

    Args:
        service: moto's name.
        operation: as permissions have read it.
        response: moto's own, changed in place.
    """
    if response.status_code >= 400:
        text = response.get_data(as_text=True)
        for pattern, sentence in (*_EVERYWHERE, *_BY_SERVICE.get(service, ())):
            text = pattern.sub(sentence, text)
        response.set_data(text)
    elif response.status_code == 200 and service in _REST_SERVICES:
        response.status_code = _find_success(service, operation)
        if response.status_code == 204:
            response.set_data(b"")
    return response


@lru_cache
def _find_success(service: str, operation: str) -> int:
    model = get_service_model(service)
    if operation not in model.operation_names:
        return 200
    return int(model.operation_model(operation).http.get("responseCode", 200))
