"""What S3 refuses of a bucket's website and CORS rules when they are put.

Source: S3 API reference, PutBucketWebsite and PutBucketCors; the sentences as their readers report
them.
"""

from __future__ import annotations

from workshop_lib.local_cloud.aws_errors import AwsError, left_out
from workshop_lib.local_cloud.s3.documents import find_elements, find_text

NO_INDEX = "A value for IndexDocument Suffix must be provided if RedirectAllRequestsTo is empty"
BAD_INDEX = "The IndexDocument Suffix is not well formed"


def check_website(document: bytes) -> None:
    """Check a website's index document, and that the rest can be served here.

    Raises:
        AwsError: InvalidArgument, or what is left out.
    """
    for name in ("RoutingRules", "RedirectAllRequestsTo"):
        if find_elements(document, name):
            raise left_out(f"{name} of websites")
    suffix = find_text(document, "Suffix")
    if not find_elements(document, "IndexDocument"):
        raise _refuse_index(NO_INDEX, "null")
    if not suffix or "/" in suffix:
        raise _refuse_index(BAD_INDEX, suffix)


def check_cors(document: bytes) -> None:
    """Check the wildcards of CORS rules.

    Raises:
        AwsError: InvalidRequest.
    """
    for name in ("AllowedOrigin", "AllowedHeader"):
        for text in _list_texts(document, name):
            if text.count("*") > 1:
                message = f'{name} "{text}" can not have more than one wildcard.'
                raise AwsError("InvalidRequest", message, 400)
    for text in _list_texts(document, "ExposeHeader"):
        if "*" in text:
            message = (
                f'ExposeHeader "{text}" contains wildcard. We currently do not support wildcard '
                "for ExposeHeader."
            )
            raise AwsError("InvalidRequest", message, 400)


def _list_texts(document: bytes, name: str) -> list[str]:
    return [element.text or "" for element in find_elements(document, name)]


def _refuse_index(message: str, value: str) -> AwsError:
    details = {"ArgumentName": "IndexDocument", "ArgumentValue": value}
    return AwsError("InvalidArgument", message, 400, details)
