"""The hooks without which nobody may reach moto."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial
from importlib import import_module
from typing import Any

import moto.s3.notifications
import moto.s3.responses
from moto.core.responses import BaseResponse
from moto.moto_server import werkzeug_app

from workshop_lib.local_cloud.moto_hooks.dispatch import REGION, hook_at_load
from workshop_lib.local_cloud.moto_hooks.function_policy_hooks import install_function_policy_hooks
from workshop_lib.local_cloud.moto_hooks.identity_hooks import (
    bound_sessions,
    install_identity_hooks,
)
from workshop_lib.local_cloud.moto_hooks.import_hooks import (
    leave_out_documentation,
    leave_out_openapi,
)
from workshop_lib.local_cloud.moto_hooks.log_hooks import install_log_hooks
from workshop_lib.local_cloud.moto_hooks.moments import use_moments, use_moments_in
from workshop_lib.local_cloud.moto_hooks.object_hooks import install_object_hooks
from workshop_lib.local_cloud.moto_hooks.queue_hooks import install_queue_hooks
from workshop_lib.local_cloud.moto_hooks.table_hooks import install_table_hooks
from workshop_lib.local_cloud.moto_hooks.topic_hooks import install_topic_hooks
from workshop_lib.local_cloud.moto_hooks.version_hooks import install_version_hooks

# Modules that ask the clock or the operating system by themselves, beside moto's own functions.
OWN_CLOCKS = (
    ("s3", "moto.s3.models"),
    ("iam", "moto.iam.models"),
    ("sts", "moto.sts.utils"),
    ("apigateway", "moto.apigateway.models"),
    ("cloudwatch", "moto.cloudwatch.models"),
)


def install_core_hooks() -> None:
    """Install the hooks that moto needs before it answers anything."""
    leave_out_openapi()
    leave_out_documentation()
    close_global_cors()
    pin_region()
    use_moments()
    remember_method_names()
    for service, module in OWN_CLOCKS:
        hook_at_load(service, partial(_use_moments_in, module))
    hook_at_load("iam", install_identity_hooks)
    hook_at_load("sts", bound_sessions)
    hook_at_load("lambda", install_function_policy_hooks)
    hook_at_load("dynamodb", install_table_hooks)
    hook_at_load("s3", install_s3_hooks)
    hook_at_load("logs", install_log_hooks)
    hook_at_load("sns", install_topic_hooks)
    hook_at_load("sqs", install_queue_hooks)


def install_s3_hooks() -> None:
    """Install the hooks into S3 that need nothing of ours to call."""
    install_version_hooks()
    install_object_hooks()


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


def remember_method_names() -> None:
    """Look a class's methods up once; moto would look through all of them for each request."""
    import moto.core.responses as responses

    if not hasattr(responses.method_names_from_class, "cache_info"):
        responses.method_names_from_class = lru_cache(None)(responses.method_names_from_class)


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


def _use_moments_in(module: str) -> None:
    use_moments_in(import_module(module))


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
