"""The WSGI application: whoever comes in is who they say, asks for what is here, and may.

The order is: host, route, origin, signature, permission; then moto or one of our own parts answers.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote
from xml.parsers.expat import ExpatError

from botocore.utils import normalize_url_path
from werkzeug import Request, Response

from workshop_lib.local_cloud.aws_error_bodies import render_error
from workshop_lib.local_cloud.aws_errors import AwsError
from workshop_lib.local_cloud.cloud_control import CloudControl
from workshop_lib.local_cloud.configuration import CloudConfiguration
from workshop_lib.local_cloud.door.hosts import Destination, find_destination
from workshop_lib.local_cloud.door.received_requests import (
    address_s3,
    check_body_is_whole,
    check_body_size,
    receive_request,
    replace_body,
    replace_path,
)
from workshop_lib.local_cloud.door.request_log import ACTION, RequestLog
from workshop_lib.local_cloud.moto_hooks import ACCESS_KEY_ID, PRINCIPAL_ID, REGION
from workshop_lib.local_cloud.s3 import cross_origin
from workshop_lib.local_cloud.s3.addresses import S3Address, read_address
from workshop_lib.local_cloud.s3.chunked_bodies import check_digests, decode_body
from workshop_lib.local_cloud.s3.form_uploads import is_form_upload, read_form, verify_form
from workshop_lib.local_cloud.services import find_protocol, find_service
from workshop_lib.local_cloud.signing import signature_errors
from workshop_lib.local_cloud.signing.canonical_requests import raw_path
from workshop_lib.local_cloud.signing.claims import is_signed, read_scope_name
from workshop_lib.local_cloud.signing.signatures import (
    FindIdentity,
    SignedRequest,
    verify_signature,
)

if TYPE_CHECKING:
    from workshop_lib.local_cloud.composition import LateGateway
    from workshop_lib.local_cloud.permissions.authorizer import Authorizer
    from workshop_lib.local_cloud.s3.websites import WebsiteEndpoint
    from workshop_lib.local_cloud.service_calls import ServiceCalls

StartResponse = Callable[..., Any]
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Parts:
    """What stands behind the door."""

    authorizer: Authorizer
    services: ServiceCalls
    gateway: LateGateway
    websites: WebsiteEndpoint


class FrontDoor:
    """The WSGI application of one local cloud.

    Args:
        configuration: the cloud's.
        find_identity: who holds a key; waits for the state of the last cloud to be read.
        find_owner: the same for the launcher's own key, without waiting.
        control: answers the launcher.
        wait_for_parts: returns what stands behind the door, once it does.
    """

    def __init__(
        self,
        configuration: CloudConfiguration,
        find_identity: FindIdentity,
        find_owner: FindIdentity,
        control: CloudControl,
        wait_for_parts: Callable[[], Parts],
    ) -> None:
        self._configuration = configuration
        self._find_identity = find_identity
        self._find_owner = find_owner
        self._control = control
        self._wait_for_parts = wait_for_parts
        self._log = RequestLog()

    @property
    def _parts(self) -> Parts:
        return self._wait_for_parts()

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request; no exception leaves here."""
        started = time.perf_counter()
        request = Request(environ)
        response = self._answer(request)
        self._log.write(request, response, time.perf_counter() - started)
        return response(environ, start_response)

    def _answer(self, request: Request) -> Response:
        try:
            check_body_is_whole(request)
            check_body_size(request, self._find_identity, _now())
            request = receive_request(request.environ)
            destination = find_destination(
                request.headers.get("Host", ""), raw_path(request), self._configuration.port
            )
            return self._route(destination, request)
        except AwsError as error:
            return self._refuse(error, request)
        except NotImplementedError as error:
            log.warning("The local cloud does not have what %s asks for.", request.path)
            sentence = f"The local cloud does not have this operation. {error}"
            return self._refuse(AwsError("NotImplemented", sentence, 501), request)
        except (RecursionError, ExpatError) as error:
            return self._refuse(_unreadable(error), request)
        except Exception:
            log.exception("%s %s failed inside the local cloud", request.method, request.path)
            sentence = "The local cloud failed; its log (workshop cloud status) tells why."
            return self._refuse(AwsError("InternalFailure", sentence, 500), request)

    def _refuse(self, error: AwsError, request: Request) -> Response:
        scope_name = read_scope_name(request)
        protocol = find_protocol(scope_name, request)
        return render_error(error, protocol, scope_name or "", request)

    def _route(self, destination: Destination, request: Request) -> Response:
        if destination.part == "stage":
            return self._answer_stage(destination, request)
        if destination.part == "website":
            # The request goes on as it was sent: redirects must name its own host and prefix.
            return self._parts.websites.handle(destination.name, destination.path, request)
        if destination.part == "control":
            return self._answer_control(destination, request)
        bucket = destination.name if destination.part == "bucket" else None
        return self._answer_api(request, bucket)

    def _answer_stage(self, destination: Destination, request: Request) -> Response:
        stage, slash, rest = destination.path.removeprefix("/").partition("/")
        path = unquote(f"/{rest}" if slash else "")
        return self._parts.gateway.handle(destination.name, unquote(stage), path, request)

    def _answer_control(self, destination: Destination, request: Request) -> Response:
        cross_origin.refuse_foreign_origin(request)
        signed = verify_signature(request, self._find_owner, _now())
        return self._control.handle(destination.path, request, signed)

    def _answer_api(self, request: Request, host_bucket: str | None) -> Response:
        scope_name = read_scope_name(request)
        self._wait_for_parts()
        is_s3 = host_bucket is not None or find_protocol(scope_name, request) == "rest-xml"
        if is_s3 and scope_name in ("s3", None):
            return self._answer_s3(request, host_bucket)
        cross_origin.refuse_foreign_origin(request)
        signed = verify_signature(request, self._find_identity, _now())
        service = find_service(signed.service)
        if service.name == "s3":
            return self._answer_s3(request, host_bucket)
        path = _check_path(request)
        request.environ[ACTION] = _read_action(request)
        request = replace_path(request, path, **self._describe(signed))
        self._parts.authorizer.authorize(request, signed, signed.service, signed.region)
        return self._parts.services.answer(service.name, path, request)

    # S3: the only service that strangers and web pages may reach ------------------------------

    def _answer_s3(self, request: Request, host_bucket: str | None) -> Response:
        address = read_address(raw_path(request), host_bucket)
        try:
            if request.method == "OPTIONS" and address.bucket is not None:
                return cross_origin.answer_preflight(
                    request, address.bucket, is_object=address.key is not None
                )
            _check_s3_origin(request, address)
            response = self._answer_known_s3(request, address)
        except AwsError as error:
            response = self._refuse(error, request)
        if address.bucket is not None:
            cross_origin.add_cors_headers(response, request, address.bucket)
        return response

    def _answer_known_s3(self, request: Request, address: S3Address) -> Response:
        signed = self._verify_s3(request, address)
        if signed is not None and signed.way != "form":
            request = _decode_s3_body(request, signed)
        request = address_s3(request, address, self._configuration.port)
        request = replace_body(request, request.get_data(), **self._describe(signed))
        region = request.environ[REGION]
        self._parts.authorizer.authorize(request, signed, "s3", region)
        return self._parts.services.answer("s3", address.path, request)

    def _verify_s3(self, request: Request, address: S3Address) -> SignedRequest | None:
        if is_signed(request):
            signed = verify_signature(request, self._find_identity, _now())
        elif is_form_upload(request) and address.bucket is not None:
            form = read_form(request, address.bucket)
            if "policy" not in form.fields:
                return None
            signed = verify_form(form, self._find_identity, _now())
        elif address.bucket is None:
            raise signature_errors.unsigned("rest-xml")
        else:
            return None
        if signed.service != "s3":
            message = f"The service {signed.service!r} is wrong; expecting 's3'."
            raise signature_errors.incomplete("rest-xml", message)
        return signed

    def _describe(self, signed: SignedRequest | None) -> dict[str, Any]:
        region = signed.region if signed else self._configuration.region
        host = f"127.0.0.1:{self._configuration.port}"
        caller = signed.identity if signed else None
        return {
            ACCESS_KEY_ID: caller and caller.access_key_id,
            PRINCIPAL_ID: caller and caller.principal_id,
            REGION: region,
            "HTTP_HOST": host,
        }


def _read_action(request: Request) -> str:
    """Return the operation that a header or a form names; empty where the path does."""
    target: str = request.headers.get("X-Amz-Target", "").rpartition(".")[2]
    return target or request.values.get("Action", "")


def _check_path(request: Request) -> str:
    """Return the path of a call to any service but S3, if it can be read in one way only."""
    path = raw_path(request)
    if normalize_url_path(path) != path:
        raise AwsError("UnknownOperationException", "The path has dots or double slashes.", 404)
    return path


def _check_s3_origin(request: Request, address: S3Address) -> None:
    """Let pages reach objects, and buckets only as far as their CORS rules say."""
    if address.key is not None or is_form_upload(request) or "Origin" not in request.headers:
        return
    bucket, origin = address.bucket, request.headers["Origin"]
    if not bucket or cross_origin.find_cors_rule(bucket, origin, request.method) is None:
        cross_origin.refuse_foreign_origin(request)


def _decode_s3_body(request: Request, signed: SignedRequest) -> Request:
    body, trailers = decode_body(request, signed)
    if request.method == "PUT":
        check_digests(request, body)
    encodings = [part.strip() for part in request.headers.get("Content-Encoding", "").split(",")]
    kept = ",".join(part for part in encodings if part and part != "aws-chunked")
    changes: dict[str, Any] = {"HTTP_CONTENT_ENCODING": kept or None}
    for name, value in trailers.items():
        if name.startswith("x-amz-checksum-"):
            changes["HTTP_" + name.upper().replace("-", "_")] = value
    return replace_body(request, body, **changes)


def _unreadable(error: Exception) -> AwsError:
    """Refuse a document in a body or a parameter that no part could read."""
    if isinstance(error, ExpatError):
        sentence = "The XML you provided was not well-formed or did not validate against our schema"
        return AwsError("MalformedXML", f"{sentence}: {error}", 400)
    return AwsError("SerializationException", "The document is nested too deeply.", 400)


def _now() -> datetime:
    return datetime.now(UTC)
