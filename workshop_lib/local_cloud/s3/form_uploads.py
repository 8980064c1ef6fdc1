"""Uploads by an HTML form: the signed policy, and what the form must satisfy.

Source: S3 API reference, "Browser-based uploads using POST (AWS Signature Version 4)" and
"POST policy".
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from werkzeug import Request

from workshop_lib.local_cloud.aws_errors import AwsError
from workshop_lib.local_cloud.signing import signature_errors
from workshop_lib.local_cloud.signing.claims import read_form_claim
from workshop_lib.local_cloud.signing.signatures import (
    FindIdentity,
    SignedRequest,
    derive_signing_key,
    fits,
    identify,
)

# Fields that a policy need not mention.
FREE_FIELDS = frozenset({"x-amz-signature", "file", "policy", "awsaccesskeyid", "signature"})


@dataclass(frozen=True)
class FormUpload:
    """The fields of a form upload, names in lower case, and the size of its file in bytes."""

    fields: Mapping[str, str]
    size: int

    @property
    def key(self) -> str:
        """The object's key, with the file's own name in it where the form asks for it."""
        return self.fields["key"]


def is_form_upload(request: Request) -> bool:
    """Tell whether a request is an upload by an HTML form."""
    is_form = request.mimetype == "multipart/form-data"
    return request.method == "POST" and is_form and not request.query_string


def read_form(request: Request, bucket: str) -> FormUpload:
    """Read a form upload.

    Raises:
        AwsError: there is no file or no key, or a field comes twice.
    """
    # Parsed from a copy: whoever answers the request reads the body again.
    copy = Request(request.environ | {"wsgi.input": BytesIO(request.get_data())})
    names = [name.lower() for name, _ in copy.form.items(multi=True)]
    files = copy.files.getlist("file")
    if len(set(names)) < len(names) or len(files) != 1 or len(copy.files) != 1:
        message = "POST requires exactly one file upload per request."
        raise AwsError("InvalidArgument", message, 400, {"ArgumentName": "file"})
    fields = {name.lower(): value for name, value in copy.form.items()}
    if not fields.get("key"):
        message = "Bucket POST must contain a field named 'key'.  If it is specified, please "
        message += "check the order of the fields."
        raise AwsError("InvalidArgument", message, 400, {"ArgumentName": "key"})
    filename = (files[0].filename or "").replace("\\", "/").rsplit("/", 1)[-1]
    fields["key"] = fields["key"].replace("${filename}", filename)
    return FormUpload(fields | {"bucket": bucket}, len(files[0].read()))


def verify_form(form: FormUpload, find_identity: FindIdentity, now: datetime) -> SignedRequest:
    """Verify the signature of a form's policy, and that the form keeps to it.

    Raises:
        AwsError: S3's refusal.
    """
    claim = read_form_claim(form.fields)
    identity = identify(claim, find_identity, now, "rest-xml")
    signing_key = derive_signing_key(identity.secret_access_key, claim.scope)
    policy = form.fields["policy"]
    if not fits(signing_key, policy, claim.signature):
        key_id, signature = claim.access_key_id, claim.signature
        raise signature_errors.mismatch("rest-xml", key_id, signature, policy)
    check_policy(policy, form, now)
    return SignedRequest(identity, claim, signing_key)


def check_policy(encoded: str, form: FormUpload, now: datetime) -> None:
    """Check a form against its policy: the expiry, every condition, and no field beyond them.

    Raises:
        AwsError: S3's refusal, which names the condition that failed.
    """
    expiration, conditions = _read_policy(encoded)
    if now >= expiration:
        raise _refused("Policy expired.")
    named = FREE_FIELDS | {_check_condition(condition, form) for condition in conditions}
    for name in form.fields:
        if name not in named and name != "bucket" and not name.startswith("x-ignore-"):
            raise _refused(f"Extra input fields: {name}")
    if "bucket" not in named:
        raise _refused("Policy is missing the bucket condition.")


def _read_policy(encoded: str) -> tuple[datetime, list[Any]]:
    """Return when a policy ends, and its conditions."""
    try:
        policy = json.loads(base64.b64decode(encoded, validate=True))
        moment = re.sub(r"\.\d{1,6}Z", "Z", policy["expiration"])
        expiration = datetime.strptime(moment, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
        conditions = policy["conditions"]
    except (ValueError, TypeError, KeyError) as error:
        raise _malformed() from error
    if not isinstance(conditions, list):
        raise _malformed()
    return expiration, conditions


def _check_condition(condition: Any, form: FormUpload) -> str:
    """Check one condition and return the field it speaks of."""
    match condition:
        case [str(operator), smallest, largest] if operator.lower() == "content-length-range":
            _check_size(smallest, largest, form)
            return ""
        case [str(operator), str(name), str(value)]:
            operator, field = operator.lower(), name.removeprefix("$").lower()
        case dict() if len(condition) == 1:
            ((name, value),) = condition.items()
            operator, field = "eq", str(name).lower()
        case _:
            raise _malformed()
    if operator not in ("eq", "starts-with") or not isinstance(value, str):
        raise _malformed()
    sent = form.fields.get(field)
    # A list of content types must keep to the condition with every member.
    parts = (sent or "").split(",") if field == "content-type" else [sent or ""]
    begins = sent is not None and all(part.strip().startswith(value) for part in parts)
    if not (sent == value if operator == "eq" else begins):
        written = json.dumps([operator, f"${name.removeprefix('$')}", value])
        raise _refused(f"Policy Condition failed: {written}")
    return field


def _check_size(smallest: Any, largest: Any, form: FormUpload) -> None:
    try:
        low, high = int(smallest), int(largest)
    except (TypeError, ValueError) as error:
        raise _malformed() from error
    if low <= form.size <= high:
        return
    code, word, bound = (
        ("EntityTooLarge", "exceeds the maximum", {"MaxSizeAllowed": str(high)})
        if form.size > high
        else ("EntityTooSmall", "is smaller than the minimum", {"MinSizeAllowed": str(low)})
    )
    message = f"Your proposed upload {word} allowed size"
    raise AwsError(code, message, 400, {"ProposedSize": str(form.size), **bound})


def _refused(reason: str) -> AwsError:
    return AwsError("AccessDenied", f"Invalid according to Policy: {reason}", 403)


def _malformed() -> AwsError:
    message = (
        "The content of the form does not meet the conditions specified in the policy document."
    )
    return AwsError("InvalidPolicyDocument", message, 400)
