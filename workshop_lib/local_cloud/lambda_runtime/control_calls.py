"""Lambda's control calls: what AWS refuses and moto would accept, and what moto does not have.

The figures are AWS's quotas for functions of type Zip: Lambda quotas, AWS Lambda developer guide.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote

from moto.awslambda.models import lambda_backends
from werkzeug import Request, Response

from workshop_lib.local_cloud.aws_errors import AwsError
from workshop_lib.local_cloud.configuration import ACCOUNT_ID
from workshop_lib.local_cloud.lambda_runtime.configurations import (
    check_configuration,
    check_destination,
    invalid,
    require_code,
    require_code_and_runtime,
)
from workshop_lib.local_cloud.lambda_runtime.functions import (
    LATEST,
    Function,
    FunctionName,
    find_function,
    parse_function_name,
    refuse_absent,
    refuse_name,
)
from workshop_lib.local_cloud.lambda_runtime.packages import (
    UNZIPPED_BYTES,
    check_package,
    check_size,
    read_archive,
)
from workshop_lib.local_cloud.moto_hooks import OPERATION, REGION, moto_lock
from workshop_lib.local_cloud.permissions.ambiguities import unknown_operation

# 50 MB of zip in base64, and the rest of the request.
REQUEST_BYTES = 70_167_211
ZIPPED_BYTES = 52_428_800
STORED_BYTES = 75 * 1024**3
# What an account as small as this cloud cannot reserve for single functions.
UNRESERVED_EXECUTIONS = 10
CANNOT_ASSUME = "The role defined for the function cannot be assumed by Lambda."
NEW_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")
FUNCTION_PATH = re.compile(r"/[\d-]+/functions/([^/]+)")


class ControlCalls:
    """Checks Lambda's control calls before moto carries them out, and answers three itself.

    Args:
        may_assume_role: whether Lambda may take on a role.
        may_role_perform: whether a role may perform an action on a resource.
        concurrent_executions: how many functions this cloud runs at the same time.
    """

    def __init__(
        self,
        may_assume_role: Callable[[str], bool],
        may_role_perform: Callable[[str, str, str], bool],
        concurrent_executions: int,
    ) -> None:
        self._may_assume_role = may_assume_role
        self._may_role_perform = may_role_perform
        self._concurrent_executions = concurrent_executions

    def handle(self, request: Request) -> Response | None:
        """Answer a call, refuse it as AWS does, or return None to let moto answer.

        Raises:
            AwsError: RequestEntityTooLargeException 413, ResourceNotFoundException 404,
                InvalidParameterValueException or ValidationException 400.
        """
        operation, region = request.environ[OPERATION], request.environ[REGION]
        named = _find_name(request, operation, region)
        match operation:
            case "GetAccountSettings":
                return _answer(self._describe_account(region))
            case "GetFunctionRecursionConfig" if named:
                find_function(named)
                # No call changes it: loops are always stopped, see lineages.
                return _answer({"RecursiveLoop": "Terminate"})
            case "ListVersionsByFunction" if named:
                return _answer({"Versions": [_describe_latest(named)]})
            case "PublishLayerVersion":
                content = _read_body(request, operation).get("Content") or {}
                check_configuration({}, content, region)
                check_size([read_archive(content)])
            case "CreateFunction":
                body = _read_body(request, operation)
                _check_new_name(str(body.get("FunctionName") or ""), region)
                require_code_and_runtime(body)
                self._check(body, body.get("Code") or {}, None, region)
            case "UpdateFunctionCode" | "UpdateFunctionConfiguration" if named:
                body, held = _read_body(request, operation), find_function(named)
                if operation == "UpdateFunctionCode":
                    require_code(body)
                self._check(body, body, held, region)
            case "PutFunctionEventInvokeConfig" if named:
                self._check_destinations(_read_body(request, operation), named)
            case "PutFunctionConcurrency" if named:
                self._check_concurrency(_read_body(request, operation), find_function(named))
        return None

    def _check(
        self, body: Mapping[str, Any], code: Mapping[str, Any], held: Function | None, region: str
    ) -> None:
        """Refuse what a function cannot be, given what there is of it."""
        check_configuration(body, code, region)
        if body.get("Role") and not self._may_assume_role(body["Role"]):
            raise invalid(CANNOT_ASSUME)
        if target := (body.get("DeadLetterConfig") or {}).get("TargetArn"):
            role, service = body.get("Role") or (held and held.role), target.split(":")[2].upper()
            self._require_access("provided execution role", str(role), target, service)
        check_package(code, body.get("Layers") or [], held, region)

    def _check_destinations(self, body: Mapping[str, Any], named: FunctionName) -> None:
        destinations = body.get("DestinationConfig") or {}
        if (destinations.get("OnSuccess") or {}).get("Destination"):
            raise unknown_operation("lambda", "the destination OnSuccess")
        target = (destinations.get("OnFailure") or {}).get("Destination")
        check_destination(target)
        role = find_function(named).role
        if target:
            self._require_access("function's execution role", role, target, target)

    def _require_access(self, what: str, role: str, target: str, shown: str) -> None:
        """Refuse a role that may not reach a queue or a topic."""
        call = "SendMessage" if target.startswith("arn:aws:sqs:") else "Publish"
        if not self._may_role_perform(role, f"{target.split(':')[2]}:{call}", target):
            raise invalid(f"The {what} does not have permissions to call {call} on {shown}")

    def _check_concurrency(self, body: Mapping[str, Any], function: Function) -> None:
        limits = self._describe_account(function.region)["AccountLimit"]
        held = function.reserved_concurrency or 0
        left = limits["UnreservedConcurrentExecutions"] + held
        if left - int(body.get("ReservedConcurrentExecutions") or 0) < UNRESERVED_EXECUTIONS:
            raise invalid(
                "Specified ReservedConcurrentExecutions for function decreases account's "
                "UnreservedConcurrentExecution below its minimum value of "
                f"[{UNRESERVED_EXECUTIONS}]."
            )

    def _describe_account(self, region: str) -> dict[str, Any]:
        """Return the limits that hold here, and what is used of them."""
        with moto_lock:
            backend = lambda_backends[ACCOUNT_ID][region]
            functions = backend.list_functions()
            layers = [
                version
                for layer in backend.list_layers()
                for version in backend.list_layer_versions(layer["LayerName"])
            ]
            stored = sum(one.code_size for one in (*functions, *layers))
            reserved = sum(int(function.reserved_concurrency or 0) for function in functions)
        return {
            "AccountLimit": {
                "TotalCodeSize": STORED_BYTES,
                "CodeSizeUnzipped": UNZIPPED_BYTES,
                "CodeSizeZipped": ZIPPED_BYTES,
                "ConcurrentExecutions": self._concurrent_executions,
                "UnreservedConcurrentExecutions": max(0, self._concurrent_executions - reserved),
            },
            "AccountUsage": {"TotalCodeSize": stored, "FunctionCount": len(functions)},
        }


def _find_name(request: Request, operation: str, region: str) -> FunctionName | None:
    """Return which function a path names, refusing versions and aliases: none is made here."""
    if (matched := FUNCTION_PATH.match(request.path)) is None:
        return None
    named = parse_function_name(unquote(matched[1]), region, request.args.get("Qualifier"))
    if named.qualifier not in (None, LATEST):
        raise refuse_absent(named)
    if named.qualifier and operation == "DeleteFunction":
        raise invalid(f"{LATEST} version cannot be deleted without deleting the function.")
    return named


def _describe_latest(named: FunctionName) -> dict[str, Any]:
    find_function(named)
    with moto_lock:
        described = lambda_backends[ACCOUNT_ID][named.region].get_function(named.name)
        return {**described.get_configuration(), "FunctionArn": f"{named.arn}:{LATEST}"}


def _check_new_name(text: str, region: str) -> None:
    """Take a name or an ARN, as AWS does; whose and where has been authorised."""
    named = parse_function_name(text, region)
    if named.qualifier or not NEW_NAME.fullmatch(named.name):
        raise refuse_name(text)


def _answer(document: Mapping[str, Any]) -> Response:
    return Response(json.dumps(document), 200, content_type="application/json")


def _read_body(request: Request, operation: str) -> dict[str, Any]:
    if len(request.get_data()) > REQUEST_BYTES:
        message = (
            f"Request must be smaller than {REQUEST_BYTES} bytes for the {operation} operation"
        )
        raise AwsError("RequestEntityTooLargeException", message, 413)
    try:
        body = json.loads(request.get_data() or b"{}")
    except ValueError as error:
        message = f"Could not parse request body into json: {error}"
        raise AwsError("InvalidRequestContentException", message) from error
    return body if isinstance(body, dict) else {}
