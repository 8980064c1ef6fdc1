"""An AWS call as a line for the AWS CLI.

The CLI derives its names from the services' models: an operation or a parameter in CamelCase is
the same words joined by hyphens; its few exceptions are listed here. Sources: the AWS CLI's command
reference, and `awscli.customizations`.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

from botocore import xform_name

from workshop_lib.ui.redaction import hide_secrets, split_at_accounts

COMMANDS = {"s3": "s3api"}
ARGUMENTS = {
    ("sns", "Subscribe", "Endpoint"): "notification-endpoint",
    ("apigateway", "CreateRestApi", "version"): "api-version",
}
# These operations write their answer's body into a file that is named last.
ANSWER_FILES = {("s3", "GetObject"): "Key", ("lambda", "Invoke"): None}
# In these structures the CLI takes the bytes of a zip by an argument of their own.
ZIPS = {("lambda", "CreateFunction", "Code"), ("lambda", "PublishLayerVersion", "Content")}
LONGEST_INLINE_PAYLOAD = 4000
# A longer value is named as a file: nobody pastes or reads it.
LONGEST_WORD = 2000
# The variable that stands for the account's number, and the line that sets it.
ACCOUNT_VARIABLE = '"$ACCOUNT_ID"'
SET_ACCOUNT = "ACCOUNT_ID=$(aws sts get-caller-identity --query Account --output text)"


def cli_line(service: str, operation: str, parameters: Mapping[str, Any]) -> str:
    """The call as a command line for a POSIX shell, without secrets and account numbers.

    Bytes and very long values are not written out: they are named as a file, `fileb://…` or
    `file://…`. For an account's number the line has the shell's variable `ACCOUNT_ID`, which
    `SET_ACCOUNT` sets.
    """
    words = ["aws", COMMANDS.get(service, service), xform_name(operation, "-")]
    for name, value in hide_secrets(dict(parameters)).items():
        words += _argument(service, operation, name, value)
    if (service, operation) in ANSWER_FILES:
        words.append(_answer_file(ANSWER_FILES[service, operation], parameters))
    line = " ".join(_quote(word) for word in words)
    return line + _input(service, operation, parameters)


def _quote(word: str) -> str:
    """The word for the shell, with the variable in place of account numbers."""
    parts = split_at_accounts(word)
    if len(parts) == 1:
        return shlex.quote(word)
    return ACCOUNT_VARIABLE.join(shlex.quote(part) if part else "" for part in parts)


def _argument(service: str, operation: str, name: str, value: Any) -> list[str]:
    if (service, operation, name) in ZIPS and "ZipFile" in value:
        return ["--zip-file", "fileb://code.zip"]
    if (service, operation, name) == ("lambda", "Invoke", "Payload"):
        inline = _inline_payload(value) is not None
        return ["--payload", "fileb:///dev/stdin" if inline else "fileb://payload.json"]
    option = "--" + ARGUMENTS.get((service, operation, name), xform_name(name, "-"))
    if isinstance(value, bool):
        return [option if value else option.replace("--", "--no-", 1)]
    if name == "Body" and service == "s3":
        return [option, "FILE"]
    words = _words(name, value)
    # A word that starts with a hyphen would be taken for an option.
    return [f"{option}={words[0]}"] if words[0].startswith("-") else [option, *words]


def _words(name: str, value: Any) -> list[str]:
    if isinstance(value, bytes | bytearray):
        return [f"fileb://{'code.zip' if name == 'ZipFile' else 'FILE'}"]
    if isinstance(value, list) and value and all(_is_scalar(entry) for entry in value):
        return [_scalar(entry) for entry in value]
    word = (
        _scalar(value)
        if _is_scalar(value)
        else json.dumps(value, default=_json_scalar, ensure_ascii=False)
    )
    return [word if len(word) <= LONGEST_WORD else f"file://{xform_name(name, '-')}.json"]


def _is_scalar(value: Any) -> bool:
    return isinstance(value, str | int | float | datetime)


def _scalar(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _json_scalar(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    return "BYTES" if isinstance(value, bytes | bytearray) else str(value)


def _answer_file(key_name: str | None, parameters: Mapping[str, Any]) -> str:
    if key_name is None:
        return "/dev/stdout"
    name = PurePosixPath(str(parameters.get(key_name, ""))).name or "object"
    return f"./{name}" if name.startswith("-") else name


def _input(service: str, operation: str, parameters: Mapping[str, Any]) -> str:
    if (service, operation) != ("lambda", "Invoke"):
        return ""
    text = _inline_payload(parameters.get("Payload"))
    return "" if text is None else f" <<< {_quote(text)}"


def _inline_payload(payload: Any) -> str | None:
    if not isinstance(payload, str | bytes) or len(payload) > LONGEST_INLINE_PAYLOAD:
        return None
    try:
        return payload if isinstance(payload, str) else payload.decode("utf-8")
    except UnicodeDecodeError:
        return None
