"""The drawings of lessons and slides, by name: `DRAWINGS["presigned-url"]()` is an SVG element.

Each is drawn by our own code from a few lines of data: accessible, light and dark by the design
tokens, legible at the back of a room, one colour for each service.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from workshop_lib.drawings import (
    connections,
    days,
    functions,
    gateways,
    messages,
    permissions,
    storage,
    tables,
)
from workshop_lib.errors import LessonError

DRAWINGS: Mapping[str, Callable[[], str]] = {
    "who-manages": days.draw_who_manages,
    "event-driven": days.draw_event_driven,
    "clean-up": days.draw_clean_up,
    "s3-request": storage.draw_request,
    "s3-object": storage.draw_object,
    "presigned-url": storage.draw_presigned_url,
    "versions": storage.draw_versions,
    "website-origins": storage.draw_website,
    "policy-decision": permissions.draw_policy_decision,
    "role": permissions.draw_role,
    "two-permissions": permissions.draw_two_permissions,
    "invocations": functions.draw_invocations,
    "cold-and-warm": functions.draw_starts,
    "asynchronous-call": functions.draw_asynchronous_call,
    "layers": functions.draw_layers,
    "layer-upload": functions.draw_layer_upload,
    "recursion": functions.draw_recursion,
    "api-request-path": gateways.draw_request_path,
    "integrations": gateways.draw_integrations,
    "preflight": gateways.draw_preflight,
    "refused-preflight": gateways.draw_refused_preflight,
    "route-steps": gateways.draw_route_steps,
    "stages": gateways.draw_stages,
    "authorizer": gateways.draw_authorizer,
    "throttling": gateways.draw_throttle,
    "bucket-event": connections.draw_bucket_event,
    "queue-subscription": connections.draw_queue_subscription,
    "function-subscription": connections.draw_function_subscription,
    "fan-out": messages.draw_fan_out,
    "envelope": messages.draw_envelope,
    "filter-policy": messages.draw_filter,
    "encryption": messages.draw_encryption,
    "chain-or-fan-out": messages.draw_chain_or_fan_out,
    "table": tables.draw_table,
    "index": tables.draw_index,
    "consistency": tables.draw_consistency,
    "capacity": tables.draw_capacity,
    "query-and-scan": tables.draw_query_and_scan,
    "pages": tables.draw_pages,
}


def draw(name: str) -> str:
    """Return a drawing by its name, as an SVG element.

    Raises:
        LessonError: there is no such drawing; the message names those that are.
    """
    if name not in DRAWINGS:
        raise LessonError(f"There is no drawing {name!r}.", f"There are {', '.join(DRAWINGS)}.")
    return DRAWINGS[name]()
