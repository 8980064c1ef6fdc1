"""What AWS says when it refuses, what that means, and what to do: `explain(error)`.

`refusals.toml` beside this file holds the explanations, one for each error code.
"""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import httpx
from boto3.exceptions import S3UploadFailedError
from botocore.exceptions import (
    ClientError,
    CredentialRetrievalError,
    HTTPClientError,
    NoCredentialsError,
    ParamValidationError,
    PartialCredentialsError,
    TokenRetrievalError,
    UnauthorizedSSOTokenError,
    WaiterError,
)
from botocore.exceptions import ConnectionError as EndpointError

EXPLANATIONS_FILE = Path(__file__).with_name("refusals.toml")
EXPLAINED = (
    ClientError,
    # upload_file hides behind it what S3 refused.
    S3UploadFailedError,
    ParamValidationError,
    # Nobody answers, or the connection breaks.
    EndpointError,
    HTTPClientError,
    httpx.TransportError,
    # Nobody is signed in, or no longer.
    NoCredentialsError,
    PartialCredentialsError,
    CredentialRetrievalError,
    TokenRetrievalError,
    UnauthorizedSSOTokenError,
    WaiterError,
    httpx.HTTPStatusError,
)
MOST_CHARACTERS = 600
UNKNOWN = "AWS could not do what the call asked for; its own words say why."
UNKNOWN_NEXT = "Read AWS's words, then the parameters of the call in the list below the cell."


@dataclass(frozen=True)
class Explanation:
    """A refusal in words.

    Args:
        code: AWS's error code, or the HTTP status where there is none.
        where: the operation or the request that was refused.
        said: what AWS said.
        meaning: what that means.
        next_step: what to do.
    """

    code: str
    where: str
    said: str
    meaning: str
    next_step: str


def explain(error: BaseException) -> Explanation | None:
    """Return the explanation of an error of AWS, or None for an error that is none of AWS's."""
    if isinstance(error, ClientError):
        details = error.response.get("Error", {})
        said = str(details.get("Message", ""))
        return _explanation(str(details.get("Code", "")), error.operation_name, said)
    if isinstance(error, httpx.HTTPStatusError):
        return explain_answer(error.response)
    if isinstance(error, S3UploadFailedError) and isinstance(error.__context__, ClientError):
        return explain(error.__context__)
    if isinstance(error, EXPLAINED):
        return _explanation(type(error).__name__, "before the call", str(error))
    return None


def explain_answer(response: httpx.Response) -> Explanation:
    """Return the explanation of an HTTP answer that is an error."""
    code, said = read_refusal(response)
    # The query may hold a signature.
    address = response.request.url.copy_with(query=None)
    answered = f"{response.status_code} {response.reason_phrase}".strip()
    return _explanation(code, f"{response.request.method} {address} · {answered}", said)


def read_refusal(response: httpx.Response) -> tuple[str, str]:
    """Return the error code and the message of an HTTP answer: S3's XML, or JSON."""
    body = response.text
    if code := re.search(r"<Code>([^<]+)</Code>", body):
        message = re.search(r"<Message>([^<]*)</Message>", body)
        return code[1], message[1] if message else ""
    kind = response.headers.get("x-amzn-errortype", "").split(":")[0]
    return kind or str(response.status_code), _read_json_message(body) or body.strip()


def _read_json_message(body: str) -> str:
    try:
        content: Any = json.loads(body)
    except ValueError:
        return ""
    if not isinstance(content, dict):
        return ""
    words = content.get("message") or content.get("Message") or content.get("error")
    return words if isinstance(words, str) else ""


def _explanation(code: str, where: str, said: str) -> Explanation:
    entry = next(
        (entry for entry in _load() if _fits(entry, code, said)),
        {"meaning": UNKNOWN, "next_step": UNKNOWN_NEXT},
    )
    return Explanation(code, where, said[:MOST_CHARACTERS], entry["meaning"], entry["next_step"])


def _fits(entry: dict[str, Any], code: str, said: str) -> bool:
    # Some services end their codes so and others do not.
    codes = {code, code.removesuffix("Exception")}
    return not codes.isdisjoint(entry["codes"]) and entry.get("said", "") in said


@cache
def _load() -> list[dict[str, Any]]:
    return list(tomllib.loads(EXPLANATIONS_FILE.read_text(encoding="utf-8")).values())
