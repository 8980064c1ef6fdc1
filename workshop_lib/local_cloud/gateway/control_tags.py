"""Tags of APIs and stages; moto knows only those of stages."""

from __future__ import annotations

import re
from typing import Any

from werkzeug import Response

from workshop_lib.local_cloud.gateway.control_calls import (
    ControlCall,
    answer_json,
    bad_request,
    not_found,
)
from workshop_lib.local_cloud.gateway.live_apis import get_api

_ARN = re.compile(
    r"arn:aws[\w-]*:apigateway:[\w-]+::/restapis/(?P<api>[^/]+)(/stages/(?P<stage>[^/]+))?"
)
_MOST_TAGS = 50


def list_tags(call: ControlCall) -> Response:
    """Return the tags of an API or a stage.

    Raises:
        AwsError: the ARN names neither.
    """
    return answer_json({"tags": dict(_tagged(call).tags or {})})


def add_tags(call: ControlCall) -> Response:
    """Add tags to an API or a stage, over tags of the same key.

    Raises:
        AwsError: the ARN names neither, or there would be too many.
    """
    tagged = _tagged(call)
    tags = {**(tagged.tags or {}), **(call.document.get("tags") or {})}
    if len(tags) > _MOST_TAGS:
        raise bad_request(f"A resource can have at most {_MOST_TAGS} tags")
    tagged.tags = tags
    return Response(status=204)


def remove_tags(call: ControlCall) -> Response:
    """Take tags off an API or a stage.

    Raises:
        AwsError: the ARN names neither.
    """
    tagged = _tagged(call)
    gone = set(call.request.args.getlist("tagKeys"))
    tagged.tags = {key: value for key, value in (tagged.tags or {}).items() if key not in gone}
    return Response(status=204)


def _tagged(call: ControlCall) -> Any:
    match = _ARN.fullmatch(call.names["arn"])
    if match is None:
        raise bad_request("The local cloud tags REST APIs and stages: invalid resource ARN")
    api = get_api(call.account_id, match["api"])
    if match["stage"] is None:
        return api
    if match["stage"] not in api.stages:
        raise not_found("Stage")
    return api.stages[match["stage"]]
