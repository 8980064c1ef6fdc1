"""AWS Lambda functions: making them, letting others call them, calling them."""

from workshop_lib.aws.functions.concurrency import (
    UNRESERVABLE,
    choose_reserved,
    count_reservable,
    lift_reservation,
    read_account_concurrency,
    read_reservation,
    reserve_concurrency,
)
from workshop_lib.aws.functions.event_sources import (
    EventSource,
    delete_event_source,
    list_event_sources,
)
from workshop_lib.aws.functions.existence import (
    Function,
    count_versions,
    delete_function,
    describe_function,
    ensure_function,
)
from workshop_lib.aws.functions.invocations import (
    Invocation,
    Report,
    invoke_function,
    parse_report,
)
from workshop_lib.aws.functions.memory import keep_memory, set_memory
from workshop_lib.aws.functions.permissions import (
    allow_invocation,
    forbid_invocation,
    read_permissions,
)
from workshop_lib.aws.functions.retries import (
    AsynchronousRetries,
    describe_asynchronous_retries,
    set_asynchronous_retries,
)

__all__ = [
    "UNRESERVABLE",
    "AsynchronousRetries",
    "EventSource",
    "Function",
    "Invocation",
    "Report",
    "allow_invocation",
    "choose_reserved",
    "count_reservable",
    "count_versions",
    "delete_event_source",
    "delete_function",
    "describe_asynchronous_retries",
    "describe_function",
    "ensure_function",
    "forbid_invocation",
    "invoke_function",
    "keep_memory",
    "lift_reservation",
    "list_event_sources",
    "parse_report",
    "read_account_concurrency",
    "read_permissions",
    "read_reservation",
    "reserve_concurrency",
    "set_asynchronous_retries",
    "set_memory",
]
