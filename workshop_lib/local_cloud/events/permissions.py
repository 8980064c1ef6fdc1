"""What a delivery asks before it hands anything over."""

from __future__ import annotations

from typing import Protocol


class DeliveryPermissions(Protocol):
    """The two questions of a delivery, as the local cloud's Authorizer answers them."""

    def may_service_perform(
        self,
        action: str,
        resource_arn: str,
        service: str,
        source_arn: str | None = None,
        source_account: str | None = None,
    ) -> bool:
        """Tell whether a service, acting for a bucket or topic, may use a destination."""

    def may_role_perform(self, role_arn: str, action: str, *resource_arns: str) -> bool:
        """Tell whether a function's role may do something."""
