"""A gateway behind a real loopback port, without the front door: boto3 in front, moto behind.

Functions are Python callables by name; who may call them is a set of source ARN patterns. All the
rest is the gateway's own code and moto's.
"""

from __future__ import annotations

import fnmatch
import json
import threading
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import httpx
import pytest
from botocore.config import Config
from werkzeug import Request, Response
from werkzeug.serving import make_server

from workshop_lib.local_cloud.aws_errors import AwsError
from workshop_lib.local_cloud.configuration import CloudConfiguration
from workshop_lib.local_cloud.gateway import ApiGateway
from workshop_lib.local_cloud.moto_hooks import REGION, call_moto

ACCOUNT = "123456789012"
AWS_REGION = "us-east-1"


@dataclass(frozen=True)
class Result:
    """What a function gives back, in the shape of the Lambda runtime's own result."""

    payload: bytes
    function_error: str | None = None
    request_id: str = "11111111-2222-3333-4444-555555555555"


@dataclass
class Functions:
    """The functions of a test, by name, the events they got, and who may call them."""

    handlers: dict[str, Callable[[Any], Any]] = field(default_factory=dict)
    events: list[Any] = field(default_factory=list)
    allowed: list[str] = field(default_factory=lambda: ["*"])

    def arn(self, name: str) -> str:
        return f"arn:aws:lambda:{AWS_REGION}:{ACCOUNT}:function:{name}"

    def invoke(self, function_arn: str, payload: bytes) -> Result:
        event = json.loads(payload)
        self.events.append(event)
        handler = self.handlers.get(function_arn.rpartition(":")[2])
        if handler is None:
            raise AwsError("ResourceNotFoundException", f"Function not found: {function_arn}", 404)
        try:
            return Result(json.dumps(handler(event)).encode())
        except Exception as error:  # noqa: BLE001 - a function's error is an answer
            document = {"errorMessage": str(error), "errorType": type(error).__name__}
            return Result(json.dumps(document).encode(), "Unhandled")

    def can_invoke(self, function_arn: str, source_arn: str) -> bool:
        return any(fnmatch.fnmatchcase(source_arn, pattern) for pattern in self.allowed)


class RestApi:
    """A REST API under test: builds it with boto3, calls its stages over HTTP."""

    def __init__(self, client: Any, endpoint: str, functions: Functions, **settings: Any) -> None:
        self.client = client
        self.endpoint = endpoint
        self.functions = functions
        self.id = client.create_rest_api(name=f"api-{uuid.uuid4().hex[:8]}", **settings)["id"]
        self.paths = {"/": client.get_resources(restApiId=self.id)["items"][0]["id"]}

    def another(self, **settings: Any) -> RestApi:
        """Make another API beside it, with settings that only a new one can have."""
        return RestApi(self.client, self.endpoint, self.functions, **settings)

    def resource(self, path: str) -> str:
        """Make a path, with all above it, and return its id."""
        if path not in self.paths:
            parent, _, part = path.rpartition("/")
            answer = self.client.create_resource(
                restApiId=self.id, parentId=self.resource(parent or "/"), pathPart=part
            )
            self.paths[path] = answer["id"]
        return self.paths[path]

    def place(self, path: str, verb: str) -> dict[str, str]:
        return {"restApiId": self.id, "resourceId": self.resource(path), "httpMethod": verb}

    def method(self, path: str, verb: str = "GET", **settings: Any) -> dict[str, str]:
        """Make a method open to everyone unless settings say otherwise."""
        place = self.place(path, verb)
        self.client.put_method(**place, **{"authorizationType": "NONE", **settings})
        return place

    def lambda_uri(self, name: str) -> str:
        arn = name if name.startswith("arn:") else self.functions.arn(name)
        return f"arn:aws:apigateway:{AWS_REGION}:lambda:path/2015-03-31/functions/{arn}/invocations"

    def proxy(
        self, path: str, verb: str = "GET", name: str = "echo", **settings: Any
    ) -> dict[str, str]:
        """Make a method with a Lambda proxy integration."""
        place = self.method(path, verb, **settings)
        self.client.put_integration(
            **place, type="AWS_PROXY", integrationHttpMethod="POST", uri=self.lambda_uri(name)
        )
        return place

    def mock(self, path: str, verb: str = "GET", body: str = "") -> dict[str, str]:
        """Make a method with a MOCK integration that answers 200 and a body."""
        place = self.method(path, verb)
        self.client.put_integration(
            **place, type="MOCK", requestTemplates={"application/json": '{"statusCode": 200}'}
        )
        self.client.put_method_response(**place, statusCode="200")
        self.client.put_integration_response(
            **place, statusCode="200", responseTemplates={"application/json": body}
        )
        return place

    def deploy(self, stage: str = "dev", **settings: Any) -> str:
        answer = self.client.create_deployment(restApiId=self.id, stageName=stage, **settings)
        return str(answer["id"])

    def patch_stage(self, *operations: tuple[str, str, str | None], stage: str = "dev") -> Any:
        """Update a stage by (op, path, value)."""
        listed = [
            {"op": op, "path": path} | ({} if value is None else {"value": value})
            for op, path, value in operations
        ]
        return self.client.update_stage(restApiId=self.id, stageName=stage, patchOperations=listed)

    def url(self, path: str, stage: str = "dev") -> str:
        return f"{self.endpoint}/_execute-api/{self.id}/{stage}{path}"

    def call(
        self, path: str, verb: str = "GET", stage: str = "dev", **settings: Any
    ) -> httpx.Response:
        return httpx.request(verb, self.url(path, stage), timeout=30, trust_env=False, **settings)


class Door:
    """Routes as the front door does: stages to the gateway, the rest to it and then to moto."""

    def __init__(self) -> None:
        self.gateway: ApiGateway | None = None

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        environ[REGION] = AWS_REGION
        return self.answer(Request(environ))(environ, start_response)

    def answer(self, request: Request) -> Response:
        assert self.gateway is not None
        if request.path.startswith("/_execute-api/"):
            raw_path = request.environ["REQUEST_URI"].partition("?")[0]
            api_id, stage, *rest = raw_path.removeprefix("/_execute-api/").split("/", 2)
            return self.gateway.handle(api_id, stage, "/" + "".join(rest), request)
        service = "logs" if "Logs_" in request.headers.get("X-Amz-Target", "") else "apigateway"
        try:
            answer = self.gateway.handle_control(request) if service == "apigateway" else None
        except AwsError as error:
            return Response(
                json.dumps({"message": error.message}),
                error.status,
                {"x-amzn-ErrorType": error.code},
            )
        return call_moto(service, request) if answer is None else answer


@pytest.fixture(scope="session")
def door() -> Iterator[tuple[Door, str, int]]:
    """One server for all tests; each test gives it a gateway of its own."""
    door = Door()
    server = make_server("127.0.0.1", 0, door, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield door, f"http://127.0.0.1:{server.port}", server.port
    server.shutdown()
    thread.join()


@pytest.fixture
def functions() -> Functions:
    """Functions for a test; ``echo`` answers with the event it got."""

    def echo(event: Any) -> dict[str, Any]:
        return {"statusCode": 200, "body": json.dumps(event)}

    return Functions({"echo": echo})


@pytest.fixture
def endpoint(door: tuple[Door, str, int], functions: Functions, tmp_path: Path) -> str:
    """The address of a fresh gateway."""
    front, url, port = door
    configuration = CloudConfiguration(home=tmp_path, port=port)
    front.gateway = ApiGateway(configuration, functions.invoke, functions.can_invoke)
    return url


def make_client(service: str, endpoint: str) -> Any:
    """Return a boto3 client of the gateway under test."""
    return boto3.client(
        service,
        endpoint_url=endpoint,
        region_name=AWS_REGION,
        aws_access_key_id="AKIATEST",
        aws_secret_access_key="secret",
        config=Config(retries={"total_max_attempts": 1}),
    )


@pytest.fixture
def client(endpoint: str) -> Any:
    """A boto3 client of the control plane."""
    return make_client("apigateway", endpoint)


@pytest.fixture
def logs(endpoint: str) -> Any:
    """A boto3 client of CloudWatch Logs."""
    return make_client("logs", endpoint)


@pytest.fixture
def api(client: Any, endpoint: str, functions: Functions) -> RestApi:
    """An empty REST API."""
    return RestApi(client, endpoint, functions)
