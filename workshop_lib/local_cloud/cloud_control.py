"""The two calls of the launcher: is the cloud there, and would it please end.

Both are signed with the home's own key, and the answer proves that the cloud knows the secret: a
program that has taken the port learns nothing and cannot pass for the cloud.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import TYPE_CHECKING

from werkzeug import Request, Response

from workshop_lib.local_cloud.aws_errors import AwsError
from workshop_lib.local_cloud.cloud_calls import (
    CONTROL_SERVICE,
    NONCE_HEADER,
    PROOF_HEADER,
    make_proof,
)
from workshop_lib.local_cloud.credentials import Credentials
from workshop_lib.local_cloud.signing.signatures import SignedRequest

if TYPE_CHECKING:
    from workshop_lib.local_cloud.durability.recoveries import Recovery


class CloudControl:
    """Answers the launcher.

    Args:
        credentials: the home's own key pair; nobody else's calls are answered.
        shut_down: begins the end of the process and returns at once.
        time_scale: of the cloud; a part of its status.
        find_recovery: what was found of a former cloud's state, None while it is being read.
    """

    def __init__(
        self,
        credentials: Credentials,
        shut_down: Callable[[], None],
        time_scale: float,
        find_recovery: Callable[[], Recovery | None],
    ) -> None:
        self._credentials = credentials
        self._time_scale = time_scale
        self._shut_down = shut_down
        self._find_recovery = find_recovery

    def handle(self, path: str, request: Request, signed: SignedRequest) -> Response:
        """Answer a verified request.

        Raises:
            AwsError: it is not the owner's, or there is no such call.
        """
        own_key = signed.identity.access_key_id == self._credentials.access_key_id
        if signed.service != CONTROL_SERVICE or not own_key:
            raise AwsError("AccessDenied", "Only the launcher may ask this.", 403)
        if (request.method, path) == ("POST", "/shutdown"):
            self._shut_down()
        elif (request.method, path) != ("GET", "/status"):
            raise AwsError("NotFound", "There is no such call.", 404)
        nonce = request.headers.get(NONCE_HEADER, "")
        proof = make_proof(self._credentials.secret_access_key, nonce)
        recovery = self._find_recovery()
        status = {
            "pid": os.getpid(),
            "time_scale": self._time_scale,
            "recovery": None if recovery is None else recovery.as_json(),
        }
        body = json.dumps(status)
        return Response(body, 200, {PROOF_HEADER: proof}, content_type="application/json")
