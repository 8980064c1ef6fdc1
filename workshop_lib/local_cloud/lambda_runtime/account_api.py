"""GetAccountSettings, which moto lacks: the limits that hold here, and what is used of them."""

from __future__ import annotations

import json

from moto.awslambda.models import lambda_backends
from werkzeug import Request, Response

from workshop_lib.local_cloud.configuration import CloudConfiguration
from workshop_lib.local_cloud.lambda_runtime.packages import UNZIPPED_BYTES
from workshop_lib.local_cloud.moto_hooks import REGION, moto_lock

PATH = "/2016-08-19/account-settings"
ZIPPED_BYTES = 52_428_800
# 75 GB of functions and layers in a Region: Lambda quotas, AWS Lambda developer guide.
STORED_BYTES = 75 * 1024**3


def handle_account_settings(
    request: Request, configuration: CloudConfiguration, concurrent_executions: int
) -> Response | None:
    """Answer GetAccountSettings; None for every other call.

    Args:
        request: the call.
        configuration: of the local cloud.
        concurrent_executions: how many functions this cloud runs at the same time.
    """
    if (request.method, request.path.rstrip("/")) != ("GET", PATH):
        return None
    region = request.environ.get(REGION, configuration.region)
    with moto_lock:
        backend = lambda_backends[configuration.account_id][region]
        functions = backend.list_functions()
        stored = sum(function.code_size for function in functions)
        stored += sum(
            version.code_size
            for layer in backend.list_layers()
            for version in backend.list_layer_versions(layer["LayerName"])
        )
        reserved = sum(int(function.reserved_concurrency or 0) for function in functions)
    answer = {
        "AccountLimit": {
            "TotalCodeSize": STORED_BYTES,
            "CodeSizeUnzipped": UNZIPPED_BYTES,
            "CodeSizeZipped": ZIPPED_BYTES,
            "ConcurrentExecutions": concurrent_executions,
            "UnreservedConcurrentExecutions": max(0, concurrent_executions - reserved),
        },
        "AccountUsage": {"TotalCodeSize": stored, "FunctionCount": len(functions)},
    }
    return Response(json.dumps(answer), 200, content_type="application/json")
