"""What answers a call that the door has let in: a part of ours, or moto.

What only looks is answered at once. Everything else is a change: it is carried out on the request
as the journal keeps it, so that carrying it out again later cannot mean anything else.
"""

from __future__ import annotations

import re
import sys
from io import BytesIO
from typing import TYPE_CHECKING, Any

from werkzeug import Request, Response

from workshop_lib.local_cloud.changes import changes
from workshop_lib.local_cloud.door.received_requests import ReceivedRequest
from workshop_lib.local_cloud.messaging.long_polling import find_wait, has_messages, poll
from workshop_lib.local_cloud.moto_hooks import OPERATION, call_moto, load_service, moto_lock

if TYPE_CHECKING:
    from workshop_lib.local_cloud.composition import LateGateway
    from workshop_lib.local_cloud.lambda_runtime import LambdaRuntime

# As moto matches it, so that no invocation passes to moto, which would run it in Docker.
INVOCATION_PATH = re.compile(r"/[^/]+/functions/[^/]+/invocations/?")
# Operations that leave everything as it is; whatever is not surely one of them is a change.
LOOKS = re.compile(
    r"(Get|List|Describe|Head|Query|Scan|BatchGet|TransactGet|Filter|Test|Simulate|Select)"
)
# These come with API Gateway, whose tags they list.
LOADS_GATEWAY = frozenset({"resourcegroupstaggingapi"})
# Secrets and proofs, which have done their work and are nobody's to keep.
DROPPED = frozenset({"HTTP_AUTHORIZATION", "HTTP_X_AMZ_SECURITY_TOKEN"})
PLAIN = (str, bool, dict, type(None))
SERVERS = ("wsgi.", "werkzeug.", "waitress.")


class ServiceCalls:
    """Answers calls of all services.

    Args:
        functions: runs functions and answers for them.
        gateway: answers for APIs.
    """

    def __init__(self, functions: LambdaRuntime, gateway: LateGateway) -> None:
        self._functions = functions
        self._gateway = gateway
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
        if LOOKS.match(request.environ.get(OPERATION, "")):
            return self._answer(service, request)
        if service == "sqs" and (wait := find_wait(request)) is not None:
            return poll(request, wait, self._receive)
        return self._perform(service, request)

    def _perform(self, service: str, request: Request) -> Response:
        return self._change(service=service, environ=keep_environ(request), body=request.get_data())

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
            answer = self._gateway.handle_control(request)
        return call_moto(service, request) if answer is None else answer


def load(service: str) -> None:
    """Import a service of moto's, before anyone waits for it under the lock."""
    load_service(service)
    if service in LOADS_GATEWAY:
        load_service("apigateway")


def keep_environ(request: Request) -> dict[str, Any]:
    """Return what JSON can hold of a request; its body is kept beside it."""
    return {
        name: value
        for name, value in request.environ.items()
        if isinstance(value, PLAIN) and name not in DROPPED and not name.startswith(SERVERS)
    }


def read_kept_request(environ: dict[str, Any], body: bytes) -> Request:
    """Return the request again: the same for whoever answers it, now or later."""
    return ReceivedRequest(environ | {
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": BytesIO(body),
        # So that werkzeug reads it as it is, and not piece by piece.
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.url_scheme": "http",
        "wsgi.version": (1, 0),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    })  # fmt: skip
