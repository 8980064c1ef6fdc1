"""What answers a call that the door has let in: a part of ours, or moto.

What only looks is answered at once. Everything else is a change: it is carried out on the request
as the journal keeps it, so that carrying it out again later cannot mean anything else.
"""

from __future__ import annotations

import re
from typing import Any, Protocol

from werkzeug import Request, Response

from workshop_lib.local_cloud.changes import changes
from workshop_lib.local_cloud.kept_requests import keep_request, read_kept_request
from workshop_lib.local_cloud.messaging.long_polling import find_wait, has_messages, poll
from workshop_lib.local_cloud.moto_hooks import OPERATION, call_moto, load_service, moto_lock

# As moto matches it, so that no invocation passes to moto, which would run it in Docker.
INVOCATION_PATH = re.compile(r"/[^/]+/functions/[^/]+/(invocations|invoke-async)/?")
# Operations that leave everything as it is; whatever is not surely one of them is a change.
LOOKS = re.compile(
    r"(Get|List|Describe|Head|Query|Scan|BatchGet|TransactGet|Filter|Test|Simulate|Select)"
)
# moto makes the keys it has not yet when it is asked for them, so even a look may be a change.
NEVER_LOOKS = frozenset({"kms"})
# These come with API Gateway, whose tags they list.
LOADS_GATEWAY = frozenset({"resourcegroupstaggingapi"})


class RunsFunctions(Protocol):
    """Answers the Lambda Invoke API, and refuses functions that Lambda would not have."""

    def handle(self, request: Request) -> Response:
        """Answer one request to invoke."""

    def handle_control(self, request: Request) -> Response | None:
        """Answer a control call, refuse it with an AwsError, or return None to let moto answer."""


class ControlsStages(Protocol):
    """Answers the control calls of API Gateway that moto lacks."""

    def handle_control(self, request: Request) -> Response | None:
        """Answer a control call, or return None to let moto."""


class ServiceCalls:
    """Answers calls of all services.

    Args:
        functions: runs functions and answers for them.
        stages: answers for APIs.
    """

    def __init__(self, functions: RunsFunctions, stages: ControlsStages) -> None:
        self._functions = functions
        self._stages = stages
        self._change = changes.define("request", self._answer_kept)

    def answer(self, service: str, path: str, request: Request) -> Response:
        """Answer a request that the front door has verified and authorised.

        Args:
            service: moto's name.
            path: as it was sent.
            request: with what the door found in its environ.

        Raises:
            AwsError: a part refuses it.
            NotImplementedError: moto does not have the operation.
        """
        load(service)
        if service == "lambda" and INVOCATION_PATH.fullmatch(path):
            return self._functions.handle(request)
        if _only_looks(service, request):
            return self._answer(service, request)
        if service == "sqs" and (wait := find_wait(request)) is not None:
            return poll(request, wait, self._receive)
        return self._perform(service, request)

    def _perform(self, service: str, request: Request) -> Response:
        environ = keep_request(request)
        return self._change(service=service, environ=environ, body=request.get_data())

    def _receive(self, request: Request) -> Response:
        """Receive messages: a change where there are some."""
        # Under one lock, or a message could come in between and be received unwritten.
        with moto_lock:
            if has_messages(request):
                return self._perform("sqs", request)
            return call_moto("sqs", request)

    def _answer_kept(self, service: str, environ: dict[str, Any], body: bytes) -> Response:
        return self._answer(service, read_kept_request(environ, body))

    def _answer(self, service: str, request: Request) -> Response:
        answer = None
        if service == "lambda":
            answer = self._functions.handle_control(request)
        elif service == "apigateway":
            answer = self._stages.handle_control(request)
        return call_moto(service, request) if answer is None else answer


def load(service: str) -> None:
    """Import a service of moto's, before anyone waits for it under the lock."""
    load_service(service)
    if service in LOADS_GATEWAY:
        load_service("apigateway")


def _only_looks(service: str, request: Request) -> bool:
    operation = request.environ.get(OPERATION, "")
    return service not in NEVER_LOOKS and LOOKS.match(operation) is not None
