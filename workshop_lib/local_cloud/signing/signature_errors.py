"""What AWS answers to a signature it does not accept, in each protocol's own code and words.

Sources: S3 API reference, "List of error codes" and "Troubleshooting"; IAM user guide,
"Troubleshoot Signature Version 4"; DynamoDB and Lambda API references, "Common errors". Where the
references are silent the words are those that the services answer.
"""

from __future__ import annotations

from datetime import datetime

from workshop_lib.local_cloud.aws_errors import AwsError
from workshop_lib.local_cloud.services import Protocol

SKEW_SECONDS = 900
INVALID_TOKEN = "The security token included in the request is invalid."  # noqa: S105
MISMATCH = "The request signature we calculated does not match the signature you provided. Check "


def unknown_key(protocol: Protocol, access_key_id: str) -> AwsError:
    """Refuse a key that belongs to nobody, or comes without the session token it needs."""
    if protocol == "rest-xml":
        message = "The AWS Access Key Id you provided does not exist in our records."
        return AwsError("InvalidAccessKeyId", message, 403, {"AWSAccessKeyId": access_key_id})
    code = "InvalidClientTokenId" if protocol == "query" else "UnrecognizedClientException"
    return AwsError(code, INVALID_TOKEN, refusal_status(protocol))


def wrong_token(protocol: Protocol, token: str) -> AwsError:
    """Refuse a session token that is not this session's."""
    if protocol == "rest-xml":
        message = "The provided token is malformed or otherwise invalid."
        return AwsError("InvalidToken", message, 400, {"Token-0": token})
    return unknown_key(protocol, "")


def expired_token(protocol: Protocol, token: str) -> AwsError:
    """Refuse a session that has ended."""
    if protocol == "rest-xml":
        return AwsError("ExpiredToken", "The provided token has expired.", 400, {"Token-0": token})
    code = "ExpiredToken" if protocol == "query" else "ExpiredTokenException"
    message = "The security token included in the request is expired"
    return AwsError(code, message, refusal_status(protocol))


def mismatch(
    protocol: Protocol,
    access_key_id: str,
    signature: str,
    string_to_sign: str,
    canonical_request: str = "",
) -> AwsError:
    """Refuse a signature that another key made, or over another request."""
    if protocol != "rest-xml":
        further = "Consult the service documentation for details."
        message = f"{MISMATCH}your AWS Secret Access Key and signing method. {further}"
        return bad_signature(protocol, message)
    details = {
        "AWSAccessKeyId": access_key_id,
        "StringToSign": string_to_sign,
        "SignatureProvided": signature,
        "StringToSignBytes": string_to_sign.encode().hex(" "),
        "CanonicalRequest": canonical_request,
        "CanonicalRequestBytes": canonical_request.encode().hex(" "),
    }
    shown = {name: text for name, text in details.items() if text}
    message = f"{MISMATCH}your key and signing method."
    return AwsError("SignatureDoesNotMatch", message, 403, shown)


def bad_signature(protocol: Protocol, message: str) -> AwsError:
    """Refuse a signature for a reason that the message gives."""
    json = protocol in ("json", "rest-json", "cbor")
    code = "InvalidSignatureException" if json else "SignatureDoesNotMatch"
    return AwsError(code, message, refusal_status(protocol))


def skewed(protocol: Protocol, signed_at: datetime, now: datetime) -> AwsError:
    """Refuse a request whose clock is more than fifteen minutes away from ours."""
    signed, limit = format_compact(signed_at), format_compact(now)
    if protocol == "rest-xml":
        message = "The difference between the request time and the current time is too large."
        details = {
            "RequestTime": signed,
            "ServerTime": format_time(now),
            "MaxAllowedSkewMilliseconds": str(SKEW_SECONDS * 1000),
        }
        return AwsError("RequestTimeTooSkewed", message, 403, details)
    if signed_at < now:
        message = f"Signature expired: {signed} is now earlier than {limit} - 15 min."
    else:
        message = f"Signature not yet current: {signed} is still later than {limit} + 15 min."
    return bad_signature(protocol, message)


def expired_url(protocol: Protocol, ends: datetime, now: datetime, seconds: int) -> AwsError:
    """Refuse a presigned URL after its end."""
    if protocol != "rest-xml":
        times = f"{format_compact(ends)} is now earlier than {format_compact(now)}"
        return bad_signature(protocol, f"Signature expired: {times}")
    details = {
        "X-Amz-Expires": str(seconds),
        "Expires": format_time(ends),
        "ServerTime": format_time(now),
    }
    return AwsError("AccessDenied", "Request has expired", 403, details)


def incomplete(protocol: Protocol, message: str) -> AwsError:
    """Refuse an Authorization header that cannot be read."""
    codes = {"rest-xml": "AuthorizationHeaderMalformed", "query": "IncompleteSignature"}
    return AwsError(codes.get(protocol, "IncompleteSignatureException"), message, 400)


def bad_query(protocol: Protocol, message: str) -> AwsError:
    """Refuse presigned parameters that cannot be read."""
    if protocol == "rest-xml":
        return AwsError("AuthorizationQueryParametersError", message, 400)
    return incomplete(protocol, message)


def unsigned(protocol: Protocol) -> AwsError:
    """Refuse a request that carries no signature at all."""
    if protocol == "rest-xml":
        return AwsError("AccessDenied", "Access Denied", 403)
    if protocol == "query":
        message = "Request is missing Authentication Token"
        return AwsError("MissingAuthenticationToken", message, 403)
    message = "Missing Authentication Token"
    return AwsError("MissingAuthenticationTokenException", message, refusal_status(protocol))


def old_signature(protocol: Protocol) -> AwsError:
    """Refuse Signature Version 2, which this cloud does not verify."""
    message = "The authorization mechanism you have provided is not supported. Please use "
    message += "AWS4-HMAC-SHA256."
    if protocol == "rest-xml":
        return AwsError("InvalidRequest", message, 400)
    return incomplete(protocol, message)


def refusal_status(protocol: Protocol) -> int:
    """Return the HTTP status of a refused caller: JSON services say 400, all others 403."""
    return 400 if protocol in ("json", "cbor") else 403


def format_time(moment: datetime) -> str:
    """Return a moment as S3's error documents write it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def format_compact(moment: datetime) -> str:
    """Return a moment as X-Amz-Date writes it."""
    return moment.strftime("%Y%m%dT%H%M%SZ")
