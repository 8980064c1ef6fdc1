"""Everything that travels by itself: asynchronous invocations, S3's and SNS's deliveries."""

from __future__ import annotations

from typing import Any

from workshop_lib.local_cloud.configuration import CloudConfiguration
from workshop_lib.local_cloud.events.destinations import FinalDestinations
from workshop_lib.local_cloud.events.invocations import (
    InvocationQueue,
    Invoke,
    QueuedInvocation,
)
from workshop_lib.local_cloud.events.permissions import DeliveryPermissions
from workshop_lib.local_cloud.events.s3_notifications import S3Notifications
from workshop_lib.local_cloud.events.sns_deliveries import SnsDeliveries
from workshop_lib.local_cloud.events.tasks import DelayedTasks
from workshop_lib.local_cloud.lambda_runtime import LambdaRuntime
from workshop_lib.local_cloud.moto_hooks import (
    install_function_hooks,
    install_hooks,
    install_notification_hooks,
)


class EventDelivery:
    """The local cloud's events.

    Args:
        configuration: of the local cloud; its ``time_scale`` shortens AWS's waits.
        invoke: runs a function and waits for it.
        permissions: decides what may be handed to whom.
    """

    def __init__(
        self,
        configuration: CloudConfiguration,
        invoke: Invoke,
        permissions: DeliveryPermissions,
    ) -> None:
        self.tasks = DelayedTasks()
        destinations = FinalDestinations(permissions, self._invoke_for_destination)
        self._queue = InvocationQueue(self.tasks, invoke, destinations, configuration.time_scale)
        self.s3 = S3Notifications(self.tasks, permissions, self._invoke_for_s3)
        self.sns = SnsDeliveries(
            self.tasks, permissions, self._invoke_for_sns, configuration.time_scale
        )

    def start(self) -> None:
        """Begin to deliver."""
        self.tasks.start()

    def stop(self) -> None:
        """Stop delivering; what waits is kept for the next process."""
        self.tasks.stop()

    def wait_idle(self, seconds: float) -> bool:
        """Wait until every event has arrived or been given up; False when time was over first."""
        return self.tasks.wait_idle(seconds)

    def enqueue_invocation(
        self,
        function_arn: str,
        payload: bytes,
        *,
        source: str,
        request_id: str | None = None,
        trace_header: str | None = None,
        replaces: str | None = None,
    ) -> str:
        """Accept an asynchronous invocation and return its request id.

        Args:
            function_arn: with qualifier or without.
            payload: the event, as JSON.
            source: what caused it, for the operator's log, such as ``S3``.
            request_id: that of the request which asked for it; by default a new one.
            trace_header: the X-Amzn-Trace-Id of that request.
            replaces: the task that has ended with this.

        Raises:
            AwsError: the disk does not take it.
        """
        event = QueuedInvocation(function_arn, payload, source, trace_header)
        if request_id:
            event.request_id = request_id
        self._queue.accept(event, replaces=replaces)
        return event.request_id

    def on_s3_event(self, account_id: str, event_name: Any, bucket: Any, key: Any) -> None:
        """Take an event of S3, from moto's hook."""
        self.s3.on_event(account_id, event_name, bucket, key)

    def on_sns_delivery(
        self, subscription: Any, message: str, message_id: str, **further: Any
    ) -> None:
        """Take a message for a subscriber, from moto's hook."""
        self.sns.on_delivery(subscription, message, message_id, **further)

    def _invoke_for_s3(self, function_arn: str, payload: bytes, trace: str | None) -> None:
        self.enqueue_invocation(
            function_arn,
            payload,
            source="S3",
            trace_header=trace,
            replaces=self.tasks.find_running(),
        )

    def _invoke_for_sns(self, function_arn: str, payload: bytes, trace: str | None) -> None:
        self.enqueue_invocation(
            function_arn,
            payload,
            source="SNS",
            trace_header=trace,
            replaces=self.tasks.find_running(),
        )

    def _invoke_for_destination(self, function_arn: str, payload: bytes, trace: str | None) -> None:
        self.enqueue_invocation(function_arn, payload, source="Lambda", trace_header=trace)


def connect_events(
    configuration: CloudConfiguration, runtime: LambdaRuntime, permissions: DeliveryPermissions
) -> EventDelivery:
    """Make the delivery and connect it: to moto, and to the runtime in both directions."""
    delivery = EventDelivery(configuration, runtime.invoke, permissions)
    runtime.connect_events(delivery.enqueue_invocation)
    install_hooks(delivery.on_s3_event, delivery.on_sns_delivery)
    install_function_hooks()
    install_notification_hooks(delivery.s3.check_configuration, delivery.s3.send_test_events)
    return delivery
