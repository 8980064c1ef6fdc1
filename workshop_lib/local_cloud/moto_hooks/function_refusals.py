"""What Lambda refuses of functions and of their policies, and moto takes.

Sources: Lambda API reference, errors of each operation; AWS Lambda developer guide, "Lambda
runtimes"; the sentences as their readers report them.
"""

from __future__ import annotations

import json
import re
from typing import Any

from workshop_lib.local_cloud.aws_errors import AwsError
from workshop_lib.local_cloud.moto_hooks.wrapping import around

# Nothing can be made or updated with these any more; python3.9 may be until February 2027.
BLOCKED_RUNTIMES = ("python2.7", "python3.6", "python3.7", "python3.8")
PYTHON = re.compile(r"python3\.\d+")
ACCOUNT = re.compile(r"\d{12}")
IDENTITY = re.compile(r"arn:aws[\w-]*:(iam|sts)::\d{12}:.+")
SERVICE = re.compile(r"[\w.-]+\.(amazonaws|amazon)\.com")


def install_function_refusals() -> None:
    """Install the hooks once moto's Lambda is loaded."""
    refuse_functions()
    refuse_permissions()
    forget_absent_layers()


def refuse_functions() -> None:
    """Refuse a function without a runtime that runs here, a handler, code, or layers that stand."""
    from moto.awslambda.models import LambdaBackend

    @around(LambdaBackend, "create_function")
    def create(plain: Any, self: Any, spec: dict[str, Any]) -> Any:
        if not spec.get("Runtime") or not spec.get("Handler"):
            raise _invalid(
                "Runtime and Handler are mandatory parameters for functions created with "
                "deployment packages."
            )
        _require_code(spec.get("Code") or {})
        _check_configuration(self, spec)
        return plain(self, spec)

    @around(LambdaBackend, "update_function_configuration")
    def configure(plain: Any, self: Any, name: str, qualifier: Any, body: dict[str, Any]) -> Any:
        _check_configuration(self, body)
        return plain(self, name, qualifier, body)

    @around(LambdaBackend, "update_function_code")
    def update(plain: Any, self: Any, name: str, qualifier: Any, body: dict[str, Any]) -> Any:
        _require_code(body)
        return plain(self, name, qualifier, body)


def _require_code(code: dict[str, Any]) -> None:
    if not code.get("ZipFile") and not (code.get("S3Bucket") and code.get("S3Key")):
        raise _invalid("Please provide a source for function code.")


def _check_configuration(backend: Any, spec: dict[str, Any]) -> None:
    runtime = spec.get("Runtime")
    if runtime in BLOCKED_RUNTIMES:
        raise _invalid(
            f"The runtime parameter of {runtime} is no longer supported for creating or updating "
            "AWS Lambda functions. We recommend you use a supported runtime while creating or "
            "updating functions."
        )
    if runtime and not PYTHON.fullmatch(runtime):
        raise _invalid(
            f"The local cloud does not have the runtime {runtime}: it runs functions in Python, "
            "and no lesson needs another. AWS has it."
        )
    seen: dict[str, str] = {}
    for arn in spec.get("Layers") or ():
        layer = arn.rpartition(":")[0]
        if layer in seen:
            raise _invalid(
                "Two different versions of the same layer are not allowed to be referenced in the "
                f"same function. {seen[layer]} and {arn} are versions of the same layer."
            )
        seen[layer] = arn
        if backend.layers_versions_by_arn(arn) is None:
            raise _invalid(f"Layer version {arn} does not exist.")


def refuse_permissions() -> None:
    """Refuse a second statement of the same id, and a principal that is none."""
    from moto.awslambda.policy import Policy

    @around(Policy, "add_statement")
    def add(plain: Any, self: Any, raw: str, *rest: Any, **named: Any) -> Any:
        statement_id = json.loads(raw).get("StatementId")
        if any(one.get("Sid") == statement_id for one in self.statements):
            message = (
                f"The statement id ({statement_id}) provided already exists. Please provide a new "
                "statement id, or remove the existing statement."
            )
            raise AwsError("ResourceConflictException", message, 409)
        return plain(self, raw, *rest, **named)

    @around(Policy, "del_statement")
    def remove(plain: Any, self: Any, sid: str, *rest: Any, **named: Any) -> None:
        if self.statements and not any(one.get("Sid") == sid for one in self.statements):
            message = f"Statement {sid} is not found in resource policy."
            raise AwsError("ResourceNotFoundException", message, 404)
        plain(self, sid, *rest, **named)

    def read_principal(self: Any, principal: Any) -> Any:
        if principal == "*" or isinstance(principal, dict):
            return principal
        if SERVICE.fullmatch(principal):
            return {"Service": principal}
        if ACCOUNT.fullmatch(principal):
            return {"AWS": f"arn:aws:iam::{principal}:root"}
        if IDENTITY.fullmatch(principal):
            return {"AWS": principal}
        message = "The provided principal was invalid. Please check the principal and try again."
        raise _invalid(message)

    Policy.principal_formatter = read_principal


def forget_absent_layers() -> None:
    """Let DeleteLayerVersion of what is not there be done: it is not there."""
    from moto.awslambda.exceptions import UnknownLayerException
    from moto.awslambda.models import LayerStorage

    @around(LayerStorage, "delete_layer_version")
    def delete(plain: Any, self: Any, layer_name: str, layer_version: str) -> None:
        try:
            plain(self, layer_name, layer_version)
        except UnknownLayerException:
            # As on AWS, where it is no error.
            return


def _invalid(message: str) -> AwsError:
    return AwsError("InvalidParameterValueException", message, 400)
