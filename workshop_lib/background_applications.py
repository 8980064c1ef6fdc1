"""The application as threads use it: it asks often, and its calls stand under no cell."""

from __future__ import annotations

import httpx

from workshop_lib.application import Application
from workshop_lib.cloud import Cloud
from workshop_lib.naming import Names


class BackgroundApplication(Application):
    """One attendee's application; make it in the main thread, use it in any.

    It remembers its API's id as long as the API answers: where a class shares one account,
    API Gateway's control plane would refuse so many questions.
    """

    def __init__(self, cloud: Cloud, names: Names) -> None:
        own = Cloud(
            cloud.target,
            cloud.region,
            cloud.session,
            cloud.endpoint_url,
            plain_requests=cloud.plain_requests,
        )
        super().__init__(own, names)
        self._known_api_id: str | None = None
        # boto3 makes clients in one thread only, so this is the moment for it.
        own.client("apigateway")

    @property
    def _api_id(self) -> str:
        if self._known_api_id is None:
            self._known_api_id = super()._api_id
        return self._known_api_id

    def _get(self, address: str, who: str, **parameters: str) -> httpx.Response:
        answer = super()._get(address, who, **parameters)
        if answer.status_code in (403, 404):
            # The API may have been removed and made anew.
            self._known_api_id = None
        return answer
