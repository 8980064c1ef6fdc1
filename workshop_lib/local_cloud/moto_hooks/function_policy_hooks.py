"""What Lambda refuses of a function's policy, and what it takes, otherwise than moto.

Source: Lambda API reference, AddPermission, RemovePermission and DeleteLayerVersion; the sentences
as their readers report them.
"""

from __future__ import annotations

import json
import re
from typing import Any

from workshop_lib.local_cloud.aws_errors import AwsError
from workshop_lib.local_cloud.moto_hooks.wrapping import around

ACCOUNT = re.compile(r"\d{12}")
IDENTITY = re.compile(r"arn:aws[\w-]*:(iam|sts)::\d{12}:.+")
SERVICE = re.compile(r"[\w.-]+\.(amazonaws|amazon)\.com")


def install_function_policy_hooks() -> None:
    """Install the hooks once moto's Lambda is loaded."""
    refuse_permissions()
    forget_absent_layers()


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
        raise AwsError("InvalidParameterValueException", message)

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
