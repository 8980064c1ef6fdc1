"""PutFunctionRecursionConfig and GetFunctionRecursionConfig, which moto lacks.

The setting is kept at moto's function, and so goes when the function goes.
"""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import unquote

from moto.awslambda.models import lambda_backends
from werkzeug import Request, Response

from workshop_lib.local_cloud.aws_errors import AwsError
from workshop_lib.local_cloud.configuration import CloudConfiguration
from workshop_lib.local_cloud.lambda_runtime.functions import (
    RECURSIVE_LOOP,
    TERMINATE,
    FunctionName,
    find_function,
    parse_function_name,
)
from workshop_lib.local_cloud.moto_hooks import REGION, moto_lock

PATH = re.compile(r"/2024-08-31/functions/(?P<name>[^/]+)/recursion-config/?")
CHOICES = ("Allow", TERMINATE)


def handle_recursion(request: Request, configuration: CloudConfiguration) -> Response | None:
    """Answer a call on a function's recursion configuration; None for every other call.

    Raises:
        AwsError: ResourceNotFoundException 404, or ValidationException for a choice that is none.
    """
    matched = PATH.fullmatch(request.path)
    if matched is None or request.method not in ("GET", "PUT"):
        return None
    region = request.environ.get(REGION, configuration.region)
    named = parse_function_name(unquote(matched["name"]), configuration)
    named = FunctionName(named.name, None, region, named.account_id)
    if request.method == "PUT":
        _keep_choice(named, _read_choice(request))
    body = json.dumps({"RecursiveLoop": find_function(named).recursive_loop})
    return Response(body, 200, content_type="application/json")


def _keep_choice(named: FunctionName, choice: str) -> None:
    find_function(named)
    with moto_lock:
        found = lambda_backends[named.account_id][named.region].get_function(named.name)
        setattr(found, RECURSIVE_LOOP, choice)


def _read_choice(request: Request) -> str:
    try:
        body: Any = json.loads(request.get_data() or b"{}")
    except ValueError as error:
        message = f"Could not parse request body into json: {error}"
        raise AwsError("InvalidRequestContentException", message) from error
    choice = body.get("RecursiveLoop") if isinstance(body, dict) else None
    if choice not in CHOICES:
        message = (
            f"1 validation error detected: Value '{choice}' at 'recursiveLoop' failed to satisfy "
            "constraint: Member must satisfy enum value set: [Allow, Terminate]"
        )
        raise AwsError("ValidationException", message)
    return str(choice)
