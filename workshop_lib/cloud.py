"""The connection: the one place that makes AWS clients and knows local from AWS.

A :class:`Cloud` hands out boto3 clients that record every call for the learner, and the addresses
that differ between the two targets. Nothing else in the project asks which target it is.
"""

from __future__ import annotations

import json
import os
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from time import perf_counter
from typing import Any

import boto3
import botocore.session
import httpx
from botocore.config import Config
from botocore.exceptions import BotoCoreError

from workshop_lib.errors import SettingsError, WorkshopError
from workshop_lib.local_cloud import launcher
from workshop_lib.patience import be_patient
from workshop_lib.plain_requests import name_plain_request
from workshop_lib.settings import Settings, Target

RECORDED_CALLS = 2000
# Without the second, us-east-1 alone would use the host of no Region.
S3_ADDRESSES = {"addressing_style": "virtual", "us_east_1_regional_endpoint": "regional"}


@dataclass(frozen=True)
class ApiCall:
    """One AWS call as it happened.

    ``parameters`` are those the caller gave, before serialisation; ``status`` is the HTTP status,
    0 when no answer came; ``consumed_units`` the capacity that DynamoDB said the call consumed.
    """

    service: str
    operation: str
    parameters: dict[str, Any]
    status: int
    milliseconds: float
    request_id: str
    error_code: str | None
    started_at: datetime
    consumed_units: float | None = None


class CallRecorder:
    """Keeps the last calls of every client it watches, oldest first."""

    def __init__(self) -> None:
        self._calls: deque[ApiCall] = deque(maxlen=RECORDED_CALLS)
        self._total = 0
        # Widgets upload in threads of their own.
        self._lock = threading.Lock()

    @property
    def total(self) -> int:
        """How many calls were made so far, those already forgotten included."""
        return self._total

    def since(self, total: int) -> list[ApiCall]:
        """Return the calls made after the moment when :attr:`total` had this value."""
        newer = min(self._total - total, len(self._calls))
        return list(self._calls)[len(self._calls) - newer :] if newer else []

    def watch(self, client: Any) -> None:
        """Record every call that this boto3 client makes from now on."""
        events = client.meta.events
        events.register_first("before-parameter-build.*.*", self._begin)
        events.register_last("after-call.*.*", self._end)
        events.register_last("after-call-error.*.*", self._fail)

    def _begin(self, params: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
        context["workshop"] = (dict(params), datetime.now(UTC), perf_counter())

    def _end(self, parsed: dict[str, Any], model: Any, context: dict[str, Any], **_: Any) -> None:
        metadata = parsed.get("ResponseMetadata", {})
        self._record(
            model,
            context,
            status=metadata.get("HTTPStatusCode", 0),
            request_id=metadata.get("RequestId", ""),
            error_code=parsed.get("Error", {}).get("Code"),
            consumed_units=_read_consumed_units(parsed),
        )

    def _fail(self, exception: Exception, context: dict[str, Any], **event: Any) -> None:
        # botocore's error event carries no operation model; its name ends the event's name.
        _, service, operation = event["event_name"].split(".", 2)
        self._append(service, operation, context, 0, "", type(exception).__name__)

    def _record(self, model: Any, context: dict[str, Any], **outcome: Any) -> None:
        service = model.service_model.service_name
        self._append(service, model.name, context, *outcome.values())

    def _append(
        self,
        service: str,
        operation: str,
        context: dict[str, Any],
        status: int,
        request_id: str,
        error_code: str | None,
        consumed_units: float | None = None,
    ) -> None:
        if "workshop" not in context:
            return
        parameters, started_at, started = context["workshop"]
        milliseconds = (perf_counter() - started) * 1000
        self.add(
            ApiCall(
                service, operation, parameters, status, milliseconds, request_id, error_code,
                started_at, consumed_units,
            )
        )  # fmt: skip

    def add(self, call: ApiCall) -> None:
        """Keep one more call."""
        with self._lock:
            self._total += 1
            self._calls.append(call)


def _read_consumed_units(parsed: dict[str, Any]) -> float | None:
    """DynamoDB's word on one table, or on each table of a batch."""
    consumed = parsed.get("ConsumedCapacity")
    if not consumed:
        return None
    tables = consumed if isinstance(consumed, list) else [consumed]
    return float(sum(table.get("CapacityUnits", 0.0) for table in tables))


@dataclass
class Cloud:
    """A connection to one of the two targets; made by :func:`connect`."""

    target: Target
    region: str
    session: Any
    endpoint_url: str | None = None
    boundary: str | None = None
    recorder: CallRecorder = field(default_factory=CallRecorder)
    # What plain HTTP asked of S3: it is no call of boto3's, and it is paid all the same.
    plain_requests: CallRecorder = field(default_factory=CallRecorder)
    _clients: dict[str, Any] = field(default_factory=dict)

    def client(self, service: str) -> Any:
        """Return the boto3 client of a service; made once, its calls are recorded."""
        if service not in self._clients:
            client = self.make_client(service)
            self.recorder.watch(client)
            self._clients[service] = client
        return self._clients[service]

    def make_client(self, service: str, **credentials: str) -> Any:
        """Return a new client whose calls are not recorded, with other credentials if given.

        Args:
            service: boto3's name of the service.
            credentials: ``aws_access_key_id``, ``aws_secret_access_key``, ``aws_session_token``.
        """
        config = Config(
            region_name=self.region,
            # A class makes AWS throttle; standard retries of botocore then wait up to a minute.
            retries={"mode": "standard", "max_attempts": 5 if self.endpoint_url else 10},
            # {} rather than None: None would let the environment's proxies in.
            proxies={} if self.endpoint_url else None,
            # SigV4 and the Region's own host must be asked for, or S3 presigns with SigV2
            # and the global host in several Regions.
            signature_version="s3v4" if service == "s3" else None,
            s3=S3_ADDRESSES if service == "s3" else None,
        )
        client = self.session.client(
            service, endpoint_url=self.endpoint_url, config=config, **credentials
        )
        if self.endpoint_url is None:
            be_patient(client)
        if service == "iam" and self.boundary:
            client.meta.events.register("provide-client-params.iam.CreateRole", self._bound_role)
        return client

    def _bound_role(self, params: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Put every new role under the boundary; an attendee may make no other."""
        return {"PermissionsBoundary": self.boundary, **params}

    @cached_property
    def account_id(self) -> str:
        """The number of the account that the credentials belong to."""
        account: str = self.make_client("sts").get_caller_identity()["Account"]
        return account

    @cached_property
    def http(self) -> httpx.Client:
        """A plain HTTP client, for presigned URLs, the API and the website.

        Locally it goes through no proxy, whatever the environment says.
        """
        return httpx.Client(
            trust_env=self.endpoint_url is None,
            timeout=60,
            event_hooks={"response": [self._note_plain_request]},
        )

    def _note_plain_request(self, answer: httpx.Response) -> None:
        credentials = self.session.get_credentials()
        operation = name_plain_request(answer, credentials.access_key if credentials else "")
        if operation:
            self.plain_requests.add(
                ApiCall("s3", operation, {}, answer.status_code, 0.0, "", None, datetime.now(UTC))
            )

    @property
    def architecture(self) -> str | None:
        """The architecture of Lambda's machines; None when functions run on this machine."""
        return None if self.endpoint_url else "x86_64"

    # Addresses ---------------------------------------------------------------------------

    def api_url(self, api_id: str, stage: str) -> str:
        """Return a deployed stage's address for Python; append the route."""
        if self.endpoint_url:
            return f"{self.endpoint_url}/_execute-api/{api_id}/{stage}"
        return f"https://{api_id}.execute-api.{self.region}.amazonaws.com/{stage}"

    def browser_api_url(self, api_id: str, stage: str) -> str:
        """Return a deployed stage's address for a browser, an origin of its own."""
        if self.endpoint_url:
            return f"http://{api_id}.execute-api.localhost:{self._port}/{stage}"
        return self.api_url(api_id, stage)

    def website_url(self, bucket: str) -> str:
        """Return a bucket's website address for Python, with a slash at the end."""
        if self.endpoint_url:
            return f"{self.endpoint_url}/_website/{bucket}/"
        return f"{self.website_origin(bucket)}/"

    def browser_website_url(self, bucket: str) -> str:
        """Return a bucket's website address for a browser, with a slash at the end."""
        return f"{self.website_origin(bucket)}/"

    def website_origin(self, bucket: str) -> str:
        """Return the origin of a bucket's website, as a browser sends it.

        Source: the S3 website endpoints, whose shape depends on the Region
        (AmazonS3/latest/userguide/WebsiteEndpoints.html).
        """
        if self.endpoint_url:
            return f"http://{bucket}.s3-website.localhost:{self._port}"
        separator = "-" if self.region in WEBSITE_DASH_REGIONS else "."
        return f"http://{bucket}.s3-website{separator}{self.region}.amazonaws.com"

    def objects_url(self, bucket: str) -> str:
        """Return the address under which a bucket's public objects are read by their keys."""
        if self.endpoint_url:
            return f"{self.endpoint_url}/{bucket}"
        return f"https://{bucket}.s3.{self.region}.amazonaws.com"

    @property
    def _port(self) -> int:
        return httpx.URL(self.endpoint_url or "").port or 0


# The Regions opened before the dotted website endpoints; all others use the dot.
WEBSITE_DASH_REGIONS = frozenset({
    "us-east-1", "us-west-1", "us-west-2", "ap-southeast-1", "ap-southeast-2", "ap-northeast-1",
    "eu-west-1", "sa-east-1",
})  # fmt: skip


def connect(settings: Settings, say: Callable[[str], None] = lambda _: None) -> Cloud:
    """Return a connection to the target of these settings, starting the local cloud if need be.

    Args:
        settings: where to connect.
        say: is told, in a sentence, what takes a moment.

    Raises:
        LocalCloudError: the local cloud does not start.
        WorkshopError: on AWS, there are no credentials.
    """
    if settings.target == "aws":
        return _connect_to_aws(settings)
    running = launcher.ensure_running(
        settings.home / "cloud", port=settings.port, region=settings.region
    )
    say(f"The local cloud answers at {running.endpoint_url}.")
    key_pair = (running.access_key_id, running.secret_access_key)
    access_key_id, secret_access_key = _read_identity(settings.identity) or key_pair
    session = boto3.Session(
        botocore_session=_isolated_session(),
        aws_access_key_id=access_key_id,
        aws_secret_access_key=secret_access_key,
        region_name=settings.region,
    )
    return Cloud("local", settings.region, session, running.endpoint_url, settings.boundary)


def _read_identity(file: Path | None) -> tuple[str, str] | None:
    """Return the key pair of a user of the local cloud other than its owner."""
    if file is None:
        return None
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        return str(content["access_key_id"]), str(content["secret_access_key"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SettingsError(
            f"{file} holds no key pair: {error!r}.",
            "Unset WORKSHOP_IDENTITY to be the local cloud's owner.",
        ) from error


def _connect_to_aws(settings: Settings) -> Cloud:
    try:
        session = boto3.Session(region_name=settings.region)
        credentials = session.get_credentials()
    except BotoCoreError as error:
        raise WorkshopError(
            f"The AWS credentials cannot be read: {error}",
            "Sign in with `aws login` or `aws sso login`, or mend AWS_PROFILE.",
        ) from error
    if credentials is None:
        raise WorkshopError(
            "There are no AWS credentials.",
            "Sign in with `aws login` or set AWS_PROFILE; or unset WORKSHOP_TARGET to use the "
            "local cloud.",
        )
    return Cloud("aws", settings.region, session, boundary=settings.boundary)


def _isolated_session() -> botocore.session.Session:
    """Return a session that sees no profile, no ~/.aws, and no instance metadata."""
    return botocore.session.Session(
        session_vars={
            "profile": (None, None, None, None),
            "config_file": (None, None, os.devnull, None),
            "credentials_file": (None, None, os.devnull, None),
            "metadata_service_num_attempts": (None, None, 0, int),
        }
    )
