"""What happens by itself after a request: events delivered as AWS does, asynchronously."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from workshop_lib.local_cloud.events.deliveries import Deliveries
from workshop_lib.local_cloud.events.invocations import InvocationQueue
from workshop_lib.local_cloud.events.s3_notifications import S3Notifications
from workshop_lib.local_cloud.events.sns_deliveries import deliver_message, make_signing_key
from workshop_lib.local_cloud.events.tasks import DelayedTasks
from workshop_lib.local_cloud.moto_hooks import (
    hook_at_load,
    install_function_hooks,
    install_hooks,
    install_notification_hooks,
)

if TYPE_CHECKING:
    from workshop_lib.local_cloud.configuration import CloudConfiguration
    from workshop_lib.local_cloud.lambda_runtime import LambdaRuntime
    from workshop_lib.local_cloud.permissions.authorizer import Authorizer


def connect_events(
    configuration: CloudConfiguration, runtime: LambdaRuntime, authorizer: Authorizer
) -> DelayedTasks:
    """Connect all that travels by itself: to moto, and to the runtime in both directions.

    Returns:
        The tasks that deliver it, once they are started.
    """
    tasks = DelayedTasks()
    queue = InvocationQueue(tasks, runtime.invoke, authorizer, configuration.time_scale)
    deliveries = Deliveries(tasks, authorizer, queue.enqueue)
    s3 = S3Notifications(deliveries)
    # It takes a tenth of a second, for which no publisher should wait.
    hook_at_load("sns", make_signing_key)
    runtime.connect_events(queue.enqueue)
    install_hooks(s3.on_event, partial(deliver_message, deliveries))
    install_function_hooks()
    install_notification_hooks(s3.check_configuration, s3.send_test_events)
    return tasks
