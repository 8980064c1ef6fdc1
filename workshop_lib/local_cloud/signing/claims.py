"""What a request says about its own signature, before anything of it is believed.

Source: IAM user guide, "Elements of an AWS API request signature"; S3 API reference,
"Authenticating requests: using query parameters".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Literal

from werkzeug import Request

from workshop_lib.local_cloud.aws_errors import AwsError
from workshop_lib.local_cloud.services import Protocol
from workshop_lib.local_cloud.signing import signature_errors

ALGORITHM = "AWS4-HMAC-SHA256"
WEEK_SECONDS = 604_800
TIME_PATTERN = re.compile(r"\d{8}T\d{6}Z", re.ASCII)
QUERY_PARAMETERS = (
    "X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature", "X-Amz-Date", "X-Amz-SignedHeaders",
    "X-Amz-Expires",
)  # fmt: skip
# What a query has that is signed in any way, the old one's too.
SIGNS = ("X-Amz-Signature", "X-Amz-Algorithm", "X-Amz-Credential", "Signature", "AWSAccessKeyId")
MISSING_PARAMETERS = (
    "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, "
    "X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters."
)
TOO_LONG = (
    "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be "
    f"less than {WEEK_SECONDS} seconds"
)
TWO_SIGNATURES = (
    "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query "
    "string parameter or the Authorization header should be specified"
)
MALFORMED_CREDENTIAL = (
    "The authorization header is malformed; the Credential is mal-formed; expecting "
    '"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".'
)


@dataclass(frozen=True)
class SignatureClaim:
    """A signature as the caller presents it.

    ``expires_seconds`` is a presigned URL's; None for the other ways of signing.
    """

    way: Literal["header", "query", "form"]
    access_key_id: str
    date: str
    region: str
    service: str
    signed_headers: tuple[str, ...]
    signature: str
    signed_at: datetime
    session_token: str | None = field(repr=False, default=None)
    expires_seconds: int | None = None

    @property
    def scope(self) -> str:
        """The credential scope, as it is part of what is signed."""
        return f"{self.date}/{self.region}/{self.service}/aws4_request"


def read_scope_name(request: Request) -> str | None:
    """Return the service that a request claims to be signed for, unverified; None if it cannot
    be told. It decides the protocol in which even a malformed signature is refused.
    """
    credential = request.args.get("X-Amz-Credential") or ""
    match = re.search(r"Credential=([^,\s]+)", request.headers.get("Authorization", ""))
    parts = (match.group(1) if match else credential).split("/")
    return parts[-2].lower() if len(parts) >= 5 else None


def is_signed(request: Request) -> bool:
    """Tell whether a request carries any kind of signature in its header or query."""
    return "Authorization" in request.headers or any(name in request.args for name in SIGNS)


def read_claim(request: Request, protocol: Protocol) -> SignatureClaim:
    """Read the signature from a request's header or query.

    Raises:
        AwsError: there is none, there are two, or it cannot be read.
    """
    header = request.headers.get("Authorization")
    in_query = "X-Amz-Signature" in request.args or "X-Amz-Algorithm" in request.args
    if header is not None and in_query:
        raise AwsError("InvalidArgument", TWO_SIGNATURES, 400)
    if header is not None:
        return _read_header(request, header, protocol)
    if in_query:
        return _read_query(request, protocol)
    if is_signed(request):
        raise signature_errors.old_signature(protocol)
    raise signature_errors.unsigned(protocol)


def _read_header(request: Request, header: str, protocol: Protocol) -> SignatureClaim:
    algorithm, _, rest = header.strip().partition(" ")
    if algorithm != ALGORITHM:
        raise signature_errors.old_signature(protocol)
    fields = dict(re.findall(r"\s*(\w+)=([^,]*)(?:,|$)", rest))
    for name in ("Credential", "SignedHeaders", "Signature"):
        if not fields.get(name):
            message = f"Authorization header requires '{name}' parameter."
            raise signature_errors.incomplete(protocol, message)
    return SignatureClaim(
        "header",
        *read_credential(fields["Credential"], protocol),
        read_header_names(fields["SignedHeaders"]),
        fields["Signature"].strip(),
        _read_header_time(request, protocol),
        request.headers.get("X-Amz-Security-Token"),
    )


def _read_header_time(request: Request, protocol: Protocol) -> datetime:
    compact = request.headers.get("X-Amz-Date")
    if compact is None and "Date" in request.headers:
        try:
            return parsedate_to_datetime(request.headers["Date"]).astimezone(UTC)
        except ValueError:
            compact = request.headers["Date"]
    if compact is not None:
        message = "Date must be in ISO-8601 'basic format'."
        return read_time(compact, signature_errors.incomplete(protocol, message))
    message = "AWS authentication requires a valid Date or x-amz-date header"
    if protocol == "rest-xml":
        raise AwsError("AccessDenied", message, 403)
    raise signature_errors.incomplete(protocol, message)


def _read_query(request: Request, protocol: Protocol) -> SignatureClaim:
    values = {name: request.args.get(name, "") for name in QUERY_PARAMETERS}
    if not all(values.values()):
        raise signature_errors.bad_query(protocol, MISSING_PARAMETERS)
    if values["X-Amz-Algorithm"] != ALGORITHM:
        message = f'X-Amz-Algorithm only supports "{ALGORITHM}"'
        raise signature_errors.bad_query(protocol, message)
    message = "X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\""
    return SignatureClaim(
        "query",
        *read_credential(values["X-Amz-Credential"], protocol),
        read_header_names(values["X-Amz-SignedHeaders"]),
        values["X-Amz-Signature"],
        read_time(values["X-Amz-Date"], signature_errors.bad_query(protocol, message)),
        request.args.get("X-Amz-Security-Token"),
        _read_expiry(values["X-Amz-Expires"], protocol),
    )


def _read_expiry(text: str, protocol: Protocol) -> int:
    if not re.fullmatch(r"-?\d{1,18}", text, re.ASCII):
        raise signature_errors.bad_query(protocol, "X-Amz-Expires should be a number")
    if int(text) < 0:
        raise signature_errors.bad_query(protocol, "X-Amz-Expires must be non-negative")
    if int(text) > WEEK_SECONDS:
        raise signature_errors.bad_query(protocol, TOO_LONG)
    return int(text)


def read_credential(credential: str, protocol: Protocol) -> tuple[str, str, str, str]:
    """Split ``KEY/date/region/service/aws4_request`` into its first four parts.

    Raises:
        AwsError: it has another form.
    """
    parts = credential.strip().split("/")
    if len(parts) != 5 or parts[4] != "aws4_request" or not all(parts):
        raise signature_errors.incomplete(protocol, MALFORMED_CREDENTIAL)
    return parts[0], parts[1], parts[2], parts[3]


def read_header_names(text: str) -> tuple[str, ...]:
    """Split a list of signed headers."""
    return tuple(text.strip().lower().split(";"))


def read_time(compact: str, error: AwsError) -> datetime:
    """Read ``20150830T123600Z``.

    Raises:
        AwsError: the error given, for any other form.
    """
    if not TIME_PATTERN.fullmatch(compact):
        raise error
    try:
        return datetime.strptime(compact, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError as impossible:
        raise error from impossible


def read_form_claim(form: Mapping[str, str]) -> SignatureClaim:
    """Read the signature from the lower-cased fields of an S3 form upload.

    Raises:
        AwsError: a field is missing or cannot be read.
    """
    for name in ("policy", "x-amz-algorithm", "x-amz-credential", "x-amz-date", "x-amz-signature"):
        if not form.get(name):
            message = f"Bucket POST must contain a field named '{name}'.  If it is specified, "
            message += "please check the order of the fields."
            raise AwsError("InvalidArgument", message, 400, {"ArgumentName": name})
    if form["x-amz-algorithm"] != ALGORITHM:
        raise signature_errors.old_signature("rest-xml")
    date_error = AwsError("InvalidArgument", "X-Amz-Date must be formated via ISO8601.", 400)
    return SignatureClaim(
        "form",
        *read_credential(form["x-amz-credential"], "rest-xml"),
        (),
        form["x-amz-signature"],
        read_time(form["x-amz-date"], date_error),
        form.get("x-amz-security-token"),
    )
