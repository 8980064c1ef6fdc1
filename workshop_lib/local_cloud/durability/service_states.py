"""All that one of moto's services holds: taken out to be kept, and put in place again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from moto.backends import get_backend
from moto.iam.models import AWSManagedPolicy

from workshop_lib.local_cloud.durability.contents import ContentStore
from workshop_lib.local_cloud.durability.pickles import pickle_object, read_object


@dataclass(frozen=True)
class ReadService:
    """What was kept of one of moto's services, read and not yet in place."""

    service: str
    backends: dict[tuple[str, str], dict[str, Any]]
    settings: dict[str, Any]


def pickle_service(service: str, store: ContentStore) -> tuple[bytes, set[str]]:
    """Return all that one of moto's services holds, and the bodies it needs.

    Args:
        service: moto's name, such as ``s3``.
    """
    return pickle_object((_list_backends(service), _read_globals(service)), store)


def read_service(service: str, pickled: bytes, store: ContentStore) -> ReadService:
    """Read what :func:`pickle_service` returned.

    Raises:
        Exception: it cannot be read; pickle fails in many ways.
    """
    return ReadService(service, *read_object(pickled, store))


def apply_service(read: ReadService) -> None:
    """Let one of moto's services hold what was kept."""
    for (account_id, region), state in read.backends.items():
        backend = get_backend(read.service)[account_id][region]
        if read.service == "iam":
            _add_managed_policies(backend, state)
        backend.__dict__.clear()
        backend.__dict__.update(state)
    _write_globals(read.service, read.settings)


def _list_backends(service: str) -> dict[tuple[str, str], dict[str, Any]]:
    return {
        (account_id, region): _read_iam(backend) if service == "iam" else dict(backend.__dict__)
        for account_id, region, backend in get_backend(service).iter_backends()
    }


def _read_iam(backend: Any) -> dict[str, Any]:
    """Leave AWS's own policies out, but for how often they are attached."""
    state = dict(backend.__dict__)
    own = {arn for arn, one in state["managed_policies"].items() if type(one) is AWSManagedPolicy}
    state["managed_policies"] = {
        arn: policy for arn, policy in state["managed_policies"].items() if arn not in own
    }
    state["aws_managed_policies"] = {
        policy.arn: policy.attachment_count
        for policy in state["aws_managed_policies"]
        if policy.attachment_count
    }
    return state


def _add_managed_policies(backend: Any, state: dict[str, Any]) -> None:
    counts = state["aws_managed_policies"]
    # Those that nobody has attached need not be read now.
    of_aws = backend.aws_managed_policies if counts else backend.__dict__["aws_managed_policies"]
    state["aws_managed_policies"] = of_aws
    for policy in of_aws:
        policy.attachment_count = counts.get(policy.arn, 0)
        state["managed_policies"][policy.arn] = policy


def _read_globals(service: str) -> dict[str, Any]:
    """Return what a service keeps beside its backends."""
    if service == "s3":
        return {"bucket_accounts": get_backend("s3").bucket_accounts}
    if service == "logs":
        from moto.logs.models import LogEvent

        return {"event_id": LogEvent._event_id}
    return {}


def _write_globals(service: str, settings: dict[str, Any]) -> None:
    if service == "s3":
        get_backend("s3").bucket_accounts.update(settings["bucket_accounts"])
    if service == "logs":
        from moto.logs.models import LogEvent

        LogEvent._event_id = max(LogEvent._event_id, settings["event_id"])
