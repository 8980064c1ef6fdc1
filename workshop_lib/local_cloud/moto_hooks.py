"""The only module that patches moto or reaches into how it dispatches.

Every hook is one function and has a test that fails when moto changes under it. All calls into
moto, over HTTP or straight to a backend, are made under :data:`moto_lock`: moto's models are plain
dictionaries that were never meant for several threads.
"""

from __future__ import annotations

import functools
import inspect
import itertools
import os
import random
import re
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from io import BytesIO
from threading import Lock, RLock
from typing import Any
from urllib.parse import parse_qs, quote

import moto.iam.utils
import moto.s3.notifications
import moto.s3.responses
import moto.sts.utils
from flask import Flask
from moto.core.responses import BaseResponse
from moto.moto_server import werkzeug_app
from werkzeug import Request, Response
from werkzeug.datastructures import ImmutableMultiDict

moto_lock = RLock()

# What the front door has verified about a request, for whoever handles it after.
SIGNED_REQUEST = "workshop.signed_request"
REGION = "workshop.region"
BUCKET = "workshop.bucket"
KEY = "workshop.key"
UNDERSCORED_HEADERS = "workshop.underscored_headers"
# The operation that was authorised, and whether its parameters are in a form in the body.
OPERATION = "workshop.operation"
READS_FORM = "workshop.reads_form"
# The ARNs of those objects of a DeleteObjects that its caller may delete.
ALLOWED_RESOURCES = "workshop.allowed_resources"

ANONYMOUS_KEY_ID = "AKIAIOSFODNN7EXAMPLE"
# Query parameters of a presigned URL; moto would take some of them for the object's metadata.
SIGNATURE_PARAMETERS = frozenset({
    "x-amz-algorithm", "x-amz-credential", "x-amz-date", "x-amz-expires", "x-amz-signedheaders",
    "x-amz-signature", "x-amz-security-token", "x-amz-content-sha256",
})  # fmt: skip
DROPPED_HEADERS = ("HTTP_X_MOTO_ACCOUNT_ID", "HTTP_ORIGIN", "HTTP_TRANSFER_ENCODING")

_apps: dict[str, Flask] = {}
_apps_lock = Lock()
_current_request: ContextVar[Request | None] = ContextVar("current_request", default=None)


def call_moto(service: str, request: Request) -> Response:
    """Let moto's app of one service answer a request that the front door has verified.

    Args:
        service: moto's name of the service.
        request: its environ carries :data:`SIGNED_REQUEST` and :data:`REGION`, for S3 also
            :data:`BUCKET` and :data:`KEY`.

    Raises:
        NotImplementedError: moto does not have the operation.
    """
    app = load_service(service)
    environ = _make_moto_environ(service, request)
    with moto_lock:
        token = _current_request.set(request)
        try:
            return Response.from_app(app, environ, buffered=True)
        finally:
            _current_request.reset(token)


def current_request() -> Request | None:
    """Return the request that moto answers now, for the hooks; None outside of one."""
    return _current_request.get()


def load_service(service: str) -> Flask:
    """Return the app of one service, importing it at its first use (API Gateway: 2 s)."""
    if service not in _apps:
        app = werkzeug_app.create_backend_app(service)
        with _apps_lock:
            _apps.setdefault(service, app)
    return _apps[service]


# Hooks -----------------------------------------------------------------------------------------


def install_core_hooks() -> None:
    """Install the hooks that moto needs before it answers anything."""
    close_global_cors()
    pin_region()
    use_secure_randomness()


def install_hooks(on_s3_event: Callable[..., None], on_sns_delivery: Callable[..., None]) -> None:
    """Send what moto would deliver inside the caller's request elsewhere.

    Args:
        on_s3_event: called as ``(account_id, event_name, bucket, key)``, moto's own arguments.
        on_sns_delivery: called as ``(subscription, message, message_id, **further)``; moto would
            post to http(s) endpoints from here, so nothing leaves the machine any more.
    """
    redirect_s3_events(on_s3_event)
    redirect_sns_deliveries(on_sns_delivery)
    keep_docker_out()


def close_global_cors() -> None:
    """Keep moto from allowing every origin to read every answer."""
    werkzeug_app.DISABLE_GLOBAL_CORS = True


def pin_region() -> None:
    """Make moto take the Region that the caller signed.

    It would read one from the User-Agent, or from an S3 key that contains ``.amazonaws.com``.
    """

    def get_region_from_url(self: BaseResponse, request: Any, full_url: str) -> str:
        region: str = request.environ.get(REGION, self.default_region)
        return region

    # Without a Region in the URL, S3 falls back to the one in the Authorization header.
    def parse_region_from_url(url: str, use_default_region: bool = True) -> str | None:
        return "us-east-1" if use_default_region else None

    BaseResponse.get_region_from_url = get_region_from_url
    moto.s3.responses.parse_region_from_url = parse_region_from_url


def use_secure_randomness() -> None:
    """Make moto draw secrets from the operating system, not from a predictable generator."""
    moto.iam.utils.random = random.SystemRandom()
    moto.sts.utils.random = random.SystemRandom()


def keep_docker_out() -> None:
    """Keep moto from running a function: it would use Docker, or make the answer up."""
    from moto.awslambda.models import LambdaFunction

    def refuse(self: Any, *arguments: Any, **further: Any) -> None:
        raise NotImplementedError("The local cloud runs functions itself.")

    LambdaFunction.invoke = refuse
    LambdaFunction._invoke_lambda = refuse


def redirect_s3_events(on_s3_event: Callable[..., None]) -> None:
    """Hand each S3 event to our own delivery, which is asynchronous as AWS's is."""

    def send_event(account_id: str, event_name: Any, bucket: Any, key: Any) -> None:
        on_s3_event(account_id, event_name, bucket, key)

    moto.s3.notifications.send_event = send_event


def redirect_sns_deliveries(on_sns_delivery: Callable[..., None]) -> None:
    """Hand each message for a subscription to our own delivery."""
    from moto.sns.models import Subscription

    def publish(self: Any, message: str, message_id: str, **further: Any) -> None:
        on_sns_delivery(self, message, message_id, **further)

    Subscription.publish = publish


def install_permission_hooks(account_id: str, protect_new_bucket: Callable[[Any], None]) -> None:
    """Make moto keep what permissions are decided on, and decide nothing itself.

    Args:
        account_id: whose AWS managed policies are loaded.
        protect_new_bucket: called with each bucket that moto makes.
    """
    act_on_what_was_authorised()
    load_managed_policies(account_id)
    leave_decisions_to_us()
    protect_new_buckets(protect_new_bucket)
    keep_session_limits()
    keep_user_boundaries()
    keep_queue_policies()


def act_on_what_was_authorised() -> None:
    """Make moto read a request as permissions read it.

    Left alone, moto looks for an operation and its parameters wherever text could hold them: in a
    JSON body or an uploaded file (``…&Action=DeleteTable&…``), and at last in the headers.
    """
    plain_setup = inspect.unwrap(BaseResponse.setup_class)
    plain_action = inspect.unwrap(BaseResponse._get_action)

    @functools.wraps(plain_setup)
    def setup_class(self: Any, request: Any, *arguments: Any, **further: Any) -> None:
        reads_form = request.environ.get(READS_FORM, False)
        if not reads_form:
            request.data = request.get_data(cache=True)
            request.form = request.files = ImmutableMultiDict()
        plain_setup(self, request, *arguments, **further)
        if not reads_form:
            self.querystring = parse_qs(self.parsed_url.query, keep_blank_values=True)
            self.data = self.querystring

    @functools.wraps(plain_action)
    def get_action(self: Any) -> str:
        request = getattr(self, "normalized_request", None)
        operation = request.environ.get(OPERATION) if request is not None else None
        # moto's S3 goes by path and query alone, and keeps names of its own for its operations.
        if operation and self.service_name != "s3":
            return str(operation)
        return str(plain_action(self))

    BaseResponse.setup_class = setup_class
    BaseResponse._get_action = get_action


def load_managed_policies(account_id: str) -> None:
    """Have AWS's own managed policies, which moto leaves out unless its environment asks."""
    from moto.iam.models import iam_backends

    os.environ["MOTO_IAM_LOAD_MANAGED_POLICIES"] = "true"
    backend = iam_backends[account_id]["aws"]
    if not backend.aws_managed_policies:
        backend.aws_managed_policies = backend._init_aws_policies()
        backend.managed_policies.update(backend._init_managed_policies())


def leave_decisions_to_us() -> None:
    """Keep moto from deciding on a bucket's policy, of which it does not read the conditions.

    It asks again for each key of a DeleteObjects, and hears which of them were allowed.
    """
    from moto.iam.access_control import PermissionResult
    from moto.s3.models import FakeBucket

    def get_permission(self: Any, action: str, resource: str) -> PermissionResult:
        request = current_request()
        allowed = request.environ.get(ALLOWED_RESOURCES) if request is not None else None
        if allowed is None or resource in allowed:
            return PermissionResult.PERMITTED
        return PermissionResult.DENIED

    FakeBucket.get_permission = get_permission


def protect_new_buckets(protect: Callable[[Any], None]) -> None:
    """Let every new bucket start as AWS's do: moto's are open, with ACLs."""
    from moto.s3.models import FakeBucket

    plain = inspect.unwrap(FakeBucket.__init__)

    @functools.wraps(plain)
    def make_bucket(self: Any, *arguments: Any, **further: Any) -> None:
        plain(self, *arguments, **further)
        protect(self)

    FakeBucket.__init__ = make_bucket


def keep_session_limits() -> None:
    """Keep the managed session policies and the tags of AssumeRole, which moto drops.

    They become the session's ``policy_arns`` and ``session_tags``.
    """
    from moto.sts.models import STSBackend

    plain = inspect.unwrap(STSBackend.assume_role)

    @functools.wraps(plain)
    def assume_role(self: Any, *arguments: Any, **further: Any) -> Any:
        session = plain(self, *arguments, **further)
        request = current_request()
        fields = dict(request.values) if request is not None else {}
        session.policy_arns = tuple(_read_members(fields, "PolicyArns.member.{}.arn"))
        names = _read_members(fields, "Tags.member.{}.Key")
        values = _read_members(fields, "Tags.member.{}.Value")
        session.session_tags = dict(zip(names, values, strict=False))
        return session

    STSBackend.assume_role = assume_role


def _read_members(fields: Mapping[str, str], pattern: str) -> list[str]:
    """Read a list of the query protocol, whose members are counted from one."""
    names = itertools.takewhile(fields.__contains__, map(pattern.format, itertools.count(1)))
    return [fields[name] for name in names]


def keep_user_boundaries() -> None:
    """Give users permissions boundaries, which moto has for roles only."""
    from moto.core.responses import ActionResult, EmptyResult
    from moto.iam.models import User
    from moto.iam.responses import IamResponse

    plain = inspect.unwrap(IamResponse.create_user)

    @functools.wraps(plain)
    def create_user(self: Any) -> ActionResult:
        result = plain(self)
        _bound_user(self, self._get_param("PermissionsBoundary"))
        return result

    def put_user_permissions_boundary(self: Any) -> ActionResult:
        _bound_user(self, self._get_param("PermissionsBoundary"))
        return EmptyResult()

    def delete_user_permissions_boundary(self: Any) -> ActionResult:
        _bound_user(self, None)
        return EmptyResult()

    IamResponse.create_user = create_user
    IamResponse.put_user_permissions_boundary = put_user_permissions_boundary
    IamResponse.delete_user_permissions_boundary = delete_user_permissions_boundary
    User.permissions_boundary = property(_describe_boundary)


def _bound_user(response: Any, boundary: str | None) -> None:
    user = response.backend.get_user(response._get_param("UserName"))
    user.permissions_boundary_arn = boundary


def _describe_boundary(user: Any) -> dict[str, str] | None:
    arn = getattr(user, "permissions_boundary_arn", None)
    if not arn:
        return None
    return {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": arn}


def keep_queue_policies() -> None:
    """Keep a queue's policy when other attributes are set; moto would drop it."""
    from moto.sqs.models import Queue

    plain = inspect.unwrap(Queue._set_attributes)

    @functools.wraps(plain)
    def set_attributes(self: Any, attributes: dict[str, Any], now: Any = None) -> None:
        kept = getattr(self, "_policy_json", None)
        plain(self, attributes, now)
        if "Policy" not in attributes and kept is not None:
            self._policy_json = kept

    Queue._set_attributes = set_attributes


# Functions and events: see lambda_runtime and events --------------------------------------------


def install_function_hooks() -> None:
    """Make moto keep what asynchronous invocations need, and run no function by itself."""
    keep_dead_letter_configurations()
    keep_one_invoke_configuration()
    refuse_event_source_mappings()


def install_notification_hooks(
    check_configuration: Callable[[Any, Any], None], send_test_events: Callable[[Any], None]
) -> None:
    """Let our own rules decide on buckets' notification configurations.

    Args:
        check_configuration: called with moto's bucket and its new configuration; may raise.
        send_test_events: called with the bucket once the configuration is in place.
    """
    read_filters_in_any_case()
    check_bucket_notifications(check_configuration)
    moto.s3.notifications.send_test_event = lambda account_id, bucket: send_test_events(bucket)
    announce_delete_markers()
    announce_multipart_uploads_once()


def keep_dead_letter_configurations() -> None:
    """Keep a function's DeadLetterConfig, which moto ignores, and updates of two other settings."""
    from moto.awslambda.models import LambdaFunction

    plain_init = inspect.unwrap(LambdaFunction.__init__)
    plain_update = inspect.unwrap(LambdaFunction.update_configuration)
    plain_describe = inspect.unwrap(LambdaFunction.get_configuration)

    @functools.wraps(plain_init)
    def init(self: Any, account_id: str, spec: dict[str, Any], *rest: Any, **named: Any) -> None:
        plain_init(self, account_id, spec, *rest, **named)
        self.dead_letter_config = spec.get("DeadLetterConfig")

    @functools.wraps(plain_update)
    def update_configuration(self: Any, updates: dict[str, Any]) -> Any:
        if "DeadLetterConfig" in updates:
            self.dead_letter_config = updates["DeadLetterConfig"]
        if updates.get("EphemeralStorage"):
            self.ephemeral_storage = updates["EphemeralStorage"]["Size"]
        if updates.get("TracingConfig"):
            self.tracing_config = updates["TracingConfig"]
        # An Environment without Variables empties it; moto would fail on it.
        if "Environment" in updates:
            updates = {**updates, "Environment": {"Variables": {}, **updates["Environment"]}}
        return plain_update(self, updates)

    @functools.wraps(plain_describe)
    def get_configuration(self: Any, *rest: Any, **named: Any) -> Any:
        described = plain_describe(self, *rest, **named)
        if (getattr(self, "dead_letter_config", None) or {}).get("TargetArn"):
            described["DeadLetterConfig"] = self.dead_letter_config
        return described

    LambdaFunction.__init__ = init
    LambdaFunction.update_configuration = update_configuration
    LambdaFunction.get_configuration = get_configuration


def keep_one_invoke_configuration() -> None:
    """Let PutFunctionEventInvokeConfig replace and Update… merge; moto answers with the first."""
    from moto.awslambda.models import LambdaBackend

    plain_put = inspect.unwrap(LambdaBackend.put_function_event_invoke_config)

    @functools.wraps(plain_put)
    def put(self: Any, function_name: str, config: dict[str, Any]) -> Any:
        self.get_function(function_name).event_invoke_config.clear()
        return plain_put(self, function_name, config)

    def update(self: Any, function_name: str, config: dict[str, Any]) -> Any:
        held = self.get_function(function_name).event_invoke_config
        return put(self, function_name, {**(held[-1].config if held else {}), **config})

    LambdaBackend.put_function_event_invoke_config = put
    LambdaBackend.update_function_event_invoke_config = update


def refuse_event_source_mappings() -> None:
    """Refuse what is not built; moto would start Docker inside the sender's request."""
    from moto.awslambda.models import LambdaBackend

    def create_event_source_mapping(self: Any, spec: dict[str, Any]) -> Any:
        raise NotImplementedError(
            "Functions are invoked by S3, SNS, API Gateway and Invoke; queues and streams are not "
            "polled here."
        )

    LambdaBackend.create_event_source_mapping = create_event_source_mapping


def read_filters_in_any_case() -> None:
    """Accept ``Prefix`` and ``Suffix`` as S3 does, and answer what is malformed with MalformedXML.

    moto takes lower case only, and fails on anything else.
    """
    from moto.s3.exceptions import MalformedXML
    from moto.s3.responses import S3Response

    plain = inspect.unwrap(S3Response._notification_config_from_body)

    @functools.wraps(plain)
    def notification_config_from_body(self: Any) -> Any:
        body = self.body if isinstance(self.body, str) else self.body.decode()
        names = re.compile(r"<Name>\s*(prefix|suffix)\s*</Name>", re.IGNORECASE)
        self.body = names.sub(lambda found: f"<Name>{found[1].lower()}</Name>", body)
        try:
            return plain(self)
        except (AssertionError, KeyError, TypeError) as error:
            raise MalformedXML() from error

    S3Response._notification_config_from_body = notification_config_from_body


def check_bucket_notifications(check_configuration: Callable[[Any, Any], None]) -> None:
    """Have a notification configuration checked before it replaces the bucket's."""
    from moto.s3.models import FakeBucket, NotificationConfiguration

    plain = inspect.unwrap(FakeBucket.set_notification_configuration)

    @functools.wraps(plain)
    def set_notification_configuration(self: Any, configuration: dict[str, Any] | None) -> None:
        if configuration:
            read = NotificationConfiguration(
                topic=configuration.get("TopicConfiguration"),
                queue=configuration.get("QueueConfiguration"),
                cloud_function=configuration.get("CloudFunctionConfiguration"),
            )
            check_configuration(self, read)
        plain(self, configuration)

    FakeBucket.set_notification_configuration = set_notification_configuration


def announce_multipart_uploads_once() -> None:
    """Keep moto from sending ObjectCreated:Put as well when a multipart upload is complete."""
    from moto.s3.models import S3Backend

    plain = inspect.unwrap(S3Backend.put_object)

    @functools.wraps(plain)
    def put_object(self: Any, *arguments: Any, **named: Any) -> Any:
        if named.get("multipart") is not None:
            named["disable_notification"] = True
        return plain(self, *arguments, **named)

    S3Backend.put_object = put_object


def announce_delete_markers() -> None:
    """Send s3:ObjectRemoved:DeleteMarkerCreated, which moto knows but never sends."""
    from moto.s3.models import S3Backend

    plain = inspect.unwrap(S3Backend._set_delete_marker)

    @functools.wraps(plain)
    def set_delete_marker(self: Any, bucket_name: str, key_name: str) -> Any:
        marker = plain(self, bucket_name, key_name)
        event = moto.s3.notifications.S3NotificationEvent.OBJECT_REMOVED_DELETE_MARKER_CREATED_EVENT
        bucket = self.get_bucket(bucket_name)
        moto.s3.notifications.send_event(self.account_id, event, bucket, marker)
        return marker

    S3Backend._set_delete_marker = set_delete_marker


# The request as moto sees it -------------------------------------------------------------------


def _make_moto_environ(service: str, request: Request) -> dict[str, Any]:
    body = request.get_data()
    environ = dict(request.environ)
    for header in DROPPED_HEADERS:
        environ.pop(header, None)
    environ["wsgi.input"] = BytesIO(body)
    environ["CONTENT_LENGTH"] = str(len(body))
    environ["QUERY_STRING"] = _drop_signature(environ.get("QUERY_STRING", ""))
    environ["HTTP_AUTHORIZATION"] = _make_authorization(service, environ)
    environ["moto.preserved_header_names"] = environ.get(UNDERSCORED_HEADERS, {})
    if service == "s3":
        _address_s3(environ)
    return environ


def _drop_signature(query: str) -> str:
    pairs = query.split("&")
    kept = [pair for pair in pairs if pair.partition("=")[0].lower() not in SIGNATURE_PARAMETERS]
    return "&".join(kept)


def _make_authorization(service: str, environ: dict[str, Any]) -> str:
    """Return the header from which moto learns who calls, the same for every way of signing.

    moto does not verify it; requests allowed without a signature get the key of nobody.
    """
    signed = environ.get(SIGNED_REQUEST)
    key_id = signed.identity.access_key_id if signed else ANONYMOUS_KEY_ID
    scope = f"{key_id}/20150830/{environ[REGION]}/{service}/aws4_request"
    return f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=verified"


def _address_s3(environ: dict[str, Any]) -> None:
    """Set the path from which moto's S3 reads bucket and key, so that every key survives.

    moto takes both from RAW_URI. Flask routes by PATH_INFO, and would merge double slashes and
    resolve nothing else; a fixed name keeps it to its two routes.
    """
    bucket, key = environ.get(BUCKET), environ.get(KEY)
    path = "/" if bucket is None else f"/{bucket}"
    environ["PATH_INFO"] = path if not key else f"{path}/key"
    environ["RAW_URI"] = path if not key else f"{path}/{quote(key, safe='/~')}"
    # moto decodes these itself, and would take our decoded body for an encoded one.
    if re.match("STREAMING-", environ.get("HTTP_X_AMZ_CONTENT_SHA256", "")):
        environ["HTTP_X_AMZ_CONTENT_SHA256"] = "UNSIGNED-PAYLOAD"
