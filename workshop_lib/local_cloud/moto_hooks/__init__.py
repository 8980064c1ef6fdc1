"""The only package that patches moto or reaches into how it dispatches.

Every hook is one function and has a test that fails when moto changes under it. All calls into
moto, over HTTP or straight to a backend, are made under :data:`moto_lock`: moto's models are plain
dictionaries that were never meant for several threads.
"""

from workshop_lib.local_cloud.moto_hooks.dispatch import (
    ACCESS_KEY_ID,
    ALLOWED_RESOURCES,
    BUCKET,
    CALL,
    KEY,
    OPERATION,
    PRINCIPAL_ID,
    READS_FORM,
    REGION,
    UNDERSCORED_HEADERS,
    call_moto,
    current_request,
    hook_at_load,
    load_service,
    moto_lock,
)
from workshop_lib.local_cloud.moto_hooks.door_hooks import (
    install_core_hooks,
    install_hooks,
)
from workshop_lib.local_cloud.moto_hooks.function_hooks import install_function_hooks
from workshop_lib.local_cloud.moto_hooks.notification_hooks import install_notification_hooks
from workshop_lib.local_cloud.moto_hooks.object_hooks import keep_large_values
from workshop_lib.local_cloud.moto_hooks.permission_hooks import install_permission_hooks

__all__ = [
    "ACCESS_KEY_ID",
    "ALLOWED_RESOURCES",
    "BUCKET",
    "CALL",
    "KEY",
    "OPERATION",
    "PRINCIPAL_ID",
    "READS_FORM",
    "REGION",
    "UNDERSCORED_HEADERS",
    "call_moto",
    "current_request",
    "hook_at_load",
    "install_core_hooks",
    "install_function_hooks",
    "install_hooks",
    "install_notification_hooks",
    "install_permission_hooks",
    "keep_large_values",
    "load_service",
    "moto_lock",
]
