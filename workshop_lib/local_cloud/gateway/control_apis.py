"""CreateRestApi and DeleteRestApi where moto drops what AWS keeps.

moto forgets the binary media types of a new API.
"""

from __future__ import annotations

from werkzeug import Response

from workshop_lib.local_cloud.gateway.control_calls import (
    ControlCall,
    answer_json,
    left_out,
    read_document,
)
from workshop_lib.local_cloud.gateway.live_apis import get_api
from workshop_lib.local_cloud.moto_hooks import call_moto


def create_rest_api(call: ControlCall) -> Response:
    """Create an API, with its binary media types.

    Raises:
        AwsError: it has a resource policy, which nobody would evaluate.
    """
    document = call.document
    if document.get("policy"):
        raise left_out("resource policies of APIs", "Guard the method with a Lambda authorizer.")
    answer = call_moto("apigateway", call.request)
    if answer.status_code >= 400:
        return answer
    api = get_api(call.account_id, read_document(answer.get_data())["id"])
    api.binaryMediaTypes = list(document.get("binaryMediaTypes") or [])
    described = {name: value for name, value in api.to_dict().items() if value is not None}
    return answer_json(described, 201)


def delete_rest_api(call: ControlCall) -> Response:
    """Delete an API and forget what was cached for it.

    Raises:
        AwsError: there is none.
    """
    api_id = call.api.id
    answer = call_moto("apigateway", call.request)
    call.forget(api_id)
    return Response(status=202) if answer.status_code < 400 else answer
