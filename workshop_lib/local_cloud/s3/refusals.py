"""What S3 refuses of a request before it looks at the bucket, where moto would not.

Sources: S3 user guide, "General purpose bucket naming rules", "Namespaces for general purpose
buckets" and "Working with object metadata"; S3 API reference, error responses of each operation.
"""

from __future__ import annotations

import functools
import re
from urllib.parse import unquote

import botocore.session
from werkzeug import Request

from workshop_lib.local_cloud.aws_errors import AwsError, left_out
from workshop_lib.local_cloud.s3.bucket_configurations import check_cors, check_website
from workshop_lib.local_cloud.s3.documents import find_elements, find_text, malformed

BUCKET_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
ADDRESS = re.compile(r"\d{1,3}(\.\d{1,3}){3}")
RESERVED_PREFIXES = ("xn--", "sthree-", "amzn-s3-demo-")
RESERVED_SUFFIXES = ("-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3")
METADATA_PREFIX = "x-amz-meta-"
LARGEST_METADATA = 2048
MOST_OBJECTS = 1000
MOST_BUCKET_TAGS = 50
# What ends a name of an account's own namespace: the account, the Region, and "an".
ACCOUNT_REGIONAL_NAME = re.compile(r".+-\d{12}-[a-z]{2}(-[a-z]+)+-\d-an")
NAMESPACE_HEADER = "x-amz-bucket-namespace"
NAMESPACES = ("account-regional", "global")
KEY_SERVICE_ENCRYPTIONS = ("aws:kms", "aws:kms:dsse")
# moto's ids of versions are UUIDs; "null" is that of what was written before versioning.
VERSION_ID = re.compile(r"null|[0-9a-f-]{36}")
VERSIONING_STATES = ("Enabled", "Suspended")
# What makes a copy of an object onto itself a change of it.
COPY_CHANGES = (
    "x-amz-storage-class", "x-amz-server-side-encryption", "x-amz-website-redirect-location",
)  # fmt: skip


def check_bucket_request(request: Request, bucket: str | None) -> None:
    """Refuse a request about a bucket.

    Raises:
        AwsError: with the code of the operation that the request asks for.
    """
    args, body = request.args, request.get_data()
    match request.method:
        case "PUT" if not args and bucket is not None:
            check_bucket_name(bucket)
            check_namespace(bucket, request.headers.get(NAMESPACE_HEADER, "global"))
            check_location(body)
        case "PUT" if "versioning" in args and find_text(body, "Status") not in VERSIONING_STATES:
            message = "The versioning configuration specified in the request is invalid."
            raise AwsError("IllegalVersioningConfigurationException", message, 400)
        case "PUT" if "tagging" in args and len(find_elements(body, "Tag")) > MOST_BUCKET_TAGS:
            message = f"Bucket tag count cannot be greater than {MOST_BUCKET_TAGS}"
            raise AwsError("BadRequest", message, 400)
        case "PUT" if not {"website", "cors"}.isdisjoint(args):
            check_website(body) if "website" in args else check_cors(body)
        case "POST" if "delete" in args and len(find_elements(body, "Object")) > MOST_OBJECTS:
            raise malformed()
        case "GET" if "versions" in args and "delimiter" in args:
            raise left_out("delimiters of ListObjectVersions")
        case "GET" if "max-keys" in args:
            _check_limit(args["max-keys"])


def check_object_request(request: Request, bucket: str | None, key: str) -> None:
    """Refuse a request about an object.

    Raises:
        AwsError: with the code of the operation that the request asks for.
    """
    version_id = request.args.get("versionId")
    if version_id is not None and not VERSION_ID.fullmatch(version_id):
        raise _invalid_argument("Invalid version id specified", "versionId", version_id)
    if request.method == "POST" and "uploadId" in request.args:
        _check_parts(request.get_data())
    is_upload = request.method == "PUT" and not request.args
    if not is_upload and not (request.method == "POST" and "uploads" in request.args):
        return
    _check_metadata(request)
    encryption = request.headers.get("x-amz-server-side-encryption", "AES256")
    if encryption in KEY_SERVICE_ENCRYPTIONS:
        raise left_out("encryption with keys of KMS")
    if encryption != "AES256":
        message = "The encryption method specified is not supported"
        raise _invalid_argument(message, "x-amz-server-side-encryption", encryption)
    _check_copy(request, bucket, key)


def check_bucket_name(name: str) -> None:
    """Check a new bucket's name against S3's rules."""
    is_named = BUCKET_NAME.fullmatch(name) and ".." not in name and not ADDRESS.fullmatch(name)
    if not is_named or name.startswith(RESERVED_PREFIXES) or name.endswith(RESERVED_SUFFIXES):
        message = "The specified bucket is not valid."
        raise AwsError("InvalidBucketName", message, 400, {"BucketName": name})


def check_namespace(name: str, namespace: str) -> None:
    """Check that a name of an account's own namespace is asked for as one.

    The other way round, and whose the namespace is, moto checks.
    """
    if namespace not in NAMESPACES:
        raise _invalid_argument("The bucket namespace is not valid", NAMESPACE_HEADER, namespace)
    if namespace == "global" and ACCOUNT_REGIONAL_NAME.fullmatch(name):
        message = (
            "The requested bucket is an account-regional namespace bucket, but your request is "
            f"missing the required {NAMESPACE_HEADER} header."
        )
        raise AwsError("MissingNamespaceHeader", message, 400, {"Header": NAMESPACE_HEADER})


def check_location(body: bytes) -> None:
    """Check that a new bucket's Region is one."""
    region = find_text(body, "LocationConstraint") if body else ""
    if region and region != "EU" and region not in _list_regions():
        message = "The specified location-constraint is not valid"
        raise AwsError("InvalidLocationConstraint", message, 400, {"LocationConstraint": region})


@functools.cache
def _list_regions() -> frozenset[str]:
    return frozenset(botocore.session.get_session().get_available_regions("s3"))


def _check_limit(text: str) -> None:
    if not text.isdecimal() or int(text) >= 2**31:
        message = "Argument max-keys must be an integer between 0 and 2147483647"
        raise _invalid_argument(message, "max-keys", text)


def _check_parts(body: bytes) -> None:
    texts = [one.text or "" for one in find_elements(body, "PartNumber")]
    if not all(text.isdecimal() for text in texts):
        raise malformed()
    numbers = [int(text) for text in texts]
    if numbers != sorted(set(numbers)):
        message = (
            "The list of parts was not in ascending order. Parts must be ordered by part number."
        )
        raise AwsError("InvalidPartOrder", message, 400)


def _check_metadata(request: Request) -> None:
    size = sum(
        len(name) - len(METADATA_PREFIX) + len(value.encode("utf-8", "surrogatepass"))
        for name, value in request.headers.items()
        if name.lower().startswith(METADATA_PREFIX)
    )
    if size > LARGEST_METADATA:
        message = "Your metadata headers exceed the maximum allowed metadata size"
        details = {"Size": str(size), "MaxSizeAllowed": str(LARGEST_METADATA)}
        raise AwsError("MetadataTooLarge", message, 400, details)


def _check_copy(request: Request, bucket: str | None, key: str) -> None:
    source = unquote(request.headers.get("x-amz-copy-source", "").lstrip("/"))
    directive = request.headers.get("x-amz-metadata-directive", "COPY")
    is_changed = directive == "REPLACE" or any(name in request.headers for name in COPY_CHANGES)
    if source == f"{bucket}/{key}" and not is_changed:
        message = (
            "This copy request is illegal because it is trying to copy an object to itself without "
            "changing the object's metadata, storage class, website redirect location or "
            "encryption attributes."
        )
        raise AwsError("InvalidRequest", message, 400)


def _invalid_argument(message: str, name: str, value: str) -> AwsError:
    details = {"ArgumentName": name, "ArgumentValue": value}
    return AwsError("InvalidArgument", message, 400, details)
