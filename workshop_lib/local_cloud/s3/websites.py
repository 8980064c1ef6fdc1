"""A bucket served as a website.

Source: S3 user guide, "Website endpoints", "Configuring an index document", "Configuring a custom
error document" and "(Optional) Configuring a webpage redirect".
"""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from urllib.parse import quote

from moto.s3.models import s3_backends
from werkzeug import Request, Response
from werkzeug.http import HTTP_STATUS_CODES

from workshop_lib.local_cloud.aws_error_bodies import make_request_id
from workshop_lib.local_cloud.aws_errors import AwsError
from workshop_lib.local_cloud.configuration import CloudConfiguration
from workshop_lib.local_cloud.door.received_requests import address_s3, replace_body
from workshop_lib.local_cloud.moto_hooks import moto_lock
from workshop_lib.local_cloud.s3.addresses import S3Address, read_address
from workshop_lib.local_cloud.s3.cross_origin import add_cors_headers, answer_preflight
from workshop_lib.local_cloud.s3.documents import find_text

AnswerS3 = Callable[[Request], Response]


class WebsiteEndpoint:
    """Serves every bucket that has a website configuration.

    Args:
        configuration: the cloud's.
        read_as_anyone: answers an S3 request without a signature: the object if the bucket lets
            everyone read it, else S3's refusal as an AwsError or an error answer.
    """

    def __init__(self, configuration: CloudConfiguration, read_as_anyone: AnswerS3) -> None:
        self._configuration = configuration
        self._read_as_anyone = read_as_anyone

    def handle(self, bucket: str, path: str, request: Request) -> Response:
        """Answer one request.

        Args:
            bucket: whose website it is.
            path: the encoded path inside the website; empty where even the slash is missing.
            request: as it was sent, so that its own path and host stand in redirects.
        """
        try:
            response = self._answer(bucket, path, request)
        except AwsError as error:
            response = render_error_page(error)
        if request.method == "HEAD":
            response.set_data(b"")
        add_cors_headers(response, request, bucket)
        return response

    def _answer(self, bucket: str, path: str, request: Request) -> Response:
        if request.method == "OPTIONS":
            return answer_preflight(request, bucket, is_object=True)
        if request.method not in ("GET", "HEAD"):
            message = "The specified method is not allowed against this resource."
            details = {"Method": request.method, "ResourceType": "OBJECT"}
            raise AwsError("MethodNotAllowed", message, 405, details)
        prefix = request.environ["REQUEST_URI"].split("?", 1)[0].removesuffix(path)
        if not path:
            return _redirect(f"{prefix}/", 302)
        website = self._find_website(bucket)
        return self._answer_key(
            bucket, read_address(path, bucket).key or "", prefix, website, request
        )

    def _find_website(self, bucket: str) -> bytes:
        with moto_lock:
            buckets = s3_backends[self._configuration.account_id]["aws"].buckets
            found = buckets.get(bucket)
            document = None if found is None else found.website_configuration
        details = {"BucketName": bucket}
        if found is None:
            raise AwsError("NoSuchBucket", "The specified bucket does not exist", 404, details)
        if document is None:
            message = "The specified bucket does not have a website configuration"
            raise AwsError("NoSuchWebsiteConfiguration", message, 404, details)
        return bytes(document)

    def _answer_key(
        self, bucket: str, key: str, prefix: str, website: bytes, request: Request
    ) -> Response:
        index = find_text(website, "Suffix")
        document = f"{key}{index}" if not key or key.endswith("/") else key
        response = self._read(bucket, document, request)
        if response.status_code < 400:
            return _serve(response, prefix)
        if document == key and self._read(bucket, f"{key}/{index}", request).status_code < 400:
            return _redirect(f"{prefix}/{quote(key, safe='/~')}/", 302)
        error = _describe_failure(response.status_code, document)
        error_key = find_text(website, "Key")
        if not error_key:
            return render_error_page(error)
        page = self._read(bucket, error_key, request)
        if page.status_code >= 400:
            return render_error_page(error, _describe_failure(page.status_code, error_key))
        page.status_code = response.status_code
        return page

    def _read(self, bucket: str, key: str, request: Request) -> Response:
        address = S3Address(bucket, key)
        plain = replace_body(request, b"", QUERY_STRING="", REQUEST_METHOD="GET")
        plain = address_s3(plain, address, self._configuration.port)
        try:
            return self._read_as_anyone(plain)
        except AwsError as error:
            return Response(status=error.status)


def render_error_page(error: AwsError, further: AwsError | None = None) -> Response:
    """Return the HTML page in which a website endpoint words an error."""
    request_id = make_request_id("rest-xml")
    title = f"{error.status} {HTTP_STATUS_CODES[error.status]}"
    body = f"<html>\n<head><title>{title}</title></head>\n<body>\n<h1>{title}</h1>\n"
    body += _list_details(error, RequestId=request_id)
    if further is not None:
        body += "<h3>An Error Occurred While Attempting to Retrieve a Custom Error Document</h3>\n"
        body += _list_details(further)
    body += "<hr/>\n</body>\n</html>\n"
    headers = {
        "x-amz-error-code": error.code,
        "x-amz-error-message": error.message,
        "x-amz-request-id": request_id,
    }
    return Response(body, error.status, headers, content_type="text/html; charset=utf-8")


def _list_details(error: AwsError, **further: str) -> str:
    items = {"Code": error.code, "Message": error.message, **error.details, **further}
    lines = (f"<li>{name}: {escape(text)}</li>\n" for name, text in items.items())
    return f"<ul>\n{''.join(lines)}</ul>\n"


def _describe_failure(status: int, key: str) -> AwsError:
    if status == 404:
        message = "The specified key does not exist."
        return AwsError("NoSuchKey", message, 404, {"Key": key})
    if status == 416:
        return AwsError("InvalidRange", "The requested range is not satisfiable", 416)
    return AwsError("AccessDenied", "Access Denied", 403)


def _serve(response: Response, prefix: str) -> Response:
    target = response.headers.get("x-amz-website-redirect-location")
    if target is None:
        return response
    return _redirect(f"{prefix}{target}" if target.startswith("/") else target, 301)


def _redirect(location: str, status: int) -> Response:
    return Response(status=status, headers={"Location": location})
