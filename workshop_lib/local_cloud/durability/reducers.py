"""What pickle cannot keep by itself, or would keep wrongly: how it is taken apart and made again.

A ``reduce_`` function returns what to write of an object: the ``restore_`` function that makes it
again, and that function's arguments.
"""

from __future__ import annotations

import io
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any
from weakref import WeakValueDictionary

from moto.awslambda.models import LambdaFunction, LambdaStorage, LayerVersion
from moto.backends import get_backend
from moto.core.base_backend import BaseBackend
from moto.iam.models import AWSManagedPolicy, iam_backends
from moto.s3.models import FakeKey
from moto.s3.utils import _VersionedKeyStore
from moto.sqs.models import Queue

from workshop_lib.local_cloud.configuration import ACCOUNT_ID
from workshop_lib.local_cloud.durability.contents import (
    LEAST_BYTES,
    Content,
    ContentBuffer,
    ContentStore,
)

Reduced = tuple[Any, ...]
Reducer = Callable[[Any], Reduced]


class StoredText:
    """A text of which the UTF-8 is in the store; ``content`` is read as :class:`StoredBody`."""

    def __init__(self, content: Any) -> None:
        self.content = content


class StoredBody:
    """A body in a store, found while reading."""

    def __init__(self, store: ContentStore, content: Content) -> None:
        self.store, self.content = store, content

    def read(self) -> bytes:
        """Return the body."""
        return self.store.read(self.content)


def make_reducers(store: ContentStore) -> dict[type, Reducer]:
    """Return what takes objects apart, by their class; large bodies go into the store."""

    def reduce_key(key: FakeKey) -> Reduced:
        state = dict(key.__dict__)
        buffer = state.pop("_value_buffer")
        del state["lock"]
        if isinstance(buffer, ContentBuffer):
            return restore_key, (FakeKey, state, buffer.content)
        return restore_key, (FakeKey, state, _shrink(b"" if key.disposed else key.value, store))

    def reduce_with_code(owner: Any) -> Reduced:
        """Write a function or a layer, whose code may be there twice, as a zip and in base64."""
        state = {name: value for name, value in owner.__dict__.items() if "docker" not in name}
        return restore_with_code, (
            type(owner),
            _map_parts(lambda part: _shrink(part, store), state),
        )

    return {
        FakeKey: reduce_key,
        LambdaFunction: reduce_with_code,
        LayerVersion: reduce_with_code,
        LambdaStorage: reduce_functions,
        _VersionedKeyStore: reduce_versions,
        Queue: reduce_queue,
        WeakValueDictionary: lambda held: (restore_weak, (dict(held),)),
        AWSManagedPolicy: lambda policy: (restore_managed_policy, (policy.arn,)),
        type(threading.Lock()): lambda _: (restore_lock, ()),
        type(threading.RLock()): lambda _: (restore_recursive_lock, ()),
        **dict.fromkeys(_list_classes(BaseBackend), reduce_backend),
    }


def _make(kind: Any, state: dict[str, Any]) -> Any:
    made = kind.__new__(kind)
    made.__dict__.update(state)
    return made


# Code and objects' values ------------------------------------------------------------------------


def restore_key(kind: Any, state: dict[str, Any], value: Any) -> Any:
    """Make a version of an object again."""
    key = _make(kind, state)
    key.lock = threading.Lock()
    if isinstance(value, StoredBody):
        key._value_buffer = ContentBuffer(value.store, value.content)
    else:
        key._value_buffer = io.BytesIO(value)
    return key


def restore_with_code(kind: Any, state: dict[str, Any]) -> Any:
    """Make a function or a layer again."""
    return _make(kind, _map_parts(_expand, state))


def _map_parts(change: Callable[[Any], Any], state: dict[str, Any]) -> dict[str, Any]:
    """Change each value, and each value in a value that is a dictionary."""
    return {
        name: {key: change(part) for key, part in value.items()}
        if isinstance(value, dict)
        else change(value)
        for name, value in state.items()
    }


def _shrink(value: Any, store: ContentStore) -> Any:
    if isinstance(value, bytes) and len(value) >= LEAST_BYTES:
        return store.put(value)
    if isinstance(value, str) and len(value) >= LEAST_BYTES:
        return StoredText(store.put(value.encode()))
    return value


def _expand(value: Any) -> Any:
    if isinstance(value, StoredText):
        return value.content.read().decode()
    return value.read() if isinstance(value, StoredBody) else value


# moto's own collections --------------------------------------------------------------------------


def reduce_versions(store: Any) -> Reduced:
    """Write all versions of each key: the store's own ``items`` gives the last ones only."""
    return restore_versions, ({key: dict.__getitem__(store, key) for key in dict.keys(store)},)


def restore_versions(versions: dict[str, list[Any]]) -> Any:
    """Make a bucket's keys again."""
    store = _VersionedKeyStore()
    dict.update(store, versions)
    return store


def reduce_functions(storage: Any) -> Reduced:
    """Write all functions; a dictionary of theirs has a default that is a function without name."""
    return restore_functions, ({**storage.__dict__, "_aliases": dict(storage._aliases)},)


def restore_functions(state: dict[str, Any]) -> Any:
    """Make all functions again."""
    return _make(LambdaStorage, {**state, "_aliases": defaultdict(dict, state["_aliases"])})


def reduce_queue(queue: Any) -> Reduced:
    """Write a queue; its state comes after it, for its messages refer to it."""
    state = {name: value for name, value in queue.__dict__.items() if name != "_messages_lock"}
    return restore_queue, (), state, None, None, restore_queue_state


def restore_queue() -> Any:
    """Make a queue again."""
    return _make(Queue, {"_messages_lock": threading.Condition()})


def restore_queue_state(queue: Any, state: dict[str, Any]) -> None:
    """Give a queue its state."""
    queue.__dict__.update(state)


def restore_weak(held: dict[str, Any]) -> Any:
    """Make a dictionary again that keeps nothing alive."""
    return WeakValueDictionary(held)


# What there is once ------------------------------------------------------------------------------


def _list_classes(base: type) -> Iterator[type]:
    subclasses: list[type] = base.__subclasses__()
    for found in subclasses:
        yield found
        yield from _list_classes(found)


def reduce_backend(backend: Any) -> Reduced:
    """Write which backend it is; what it holds is written elsewhere."""
    service = type(backend).__module__.split(".")[1]
    return restore_backend, (service, backend.account_id, backend.region_name)


def restore_backend(module: str, account_id: str, region: str) -> Any:
    """Return the backend."""
    return get_backend({"awslambda": "lambda"}.get(module, module))[account_id][region]


def restore_managed_policy(arn: str) -> Any:
    """Return one of AWS's own policies."""
    policies = iam_backends[ACCOUNT_ID]["aws"].aws_managed_policies
    return next(policy for policy in policies if policy.arn == arn)


def restore_lock() -> Any:
    """Make a lock that nobody holds."""
    return threading.Lock()


def restore_recursive_lock() -> Any:
    """Make a lock that nobody holds, which its holder may take again."""
    return threading.RLock()
