"""moto's backends as bytes, and back.

Pickle keeps objects with everything that refers to them, and moto's models are nothing else. What
pickle cannot keep, or would keep wrongly, has a function here. Whoever can write to the home can
write pickles, so a snapshot is read only where its seal shows that this home's cloud wrote it (see
snapshots); beyond that, reading makes only objects of moto's, ours and plain Python's classes.
"""

from __future__ import annotations

import copyreg
import io
import pickle
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import FunctionType
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

PROTOCOL = 5
OWN_MODULES = ("workshop_lib.local_cloud.",)
PLAIN_CLASSES = {
    "builtins": frozenset(
        {
            "set",
            "frozenset",
            "dict",
            "list",
            "tuple",
            "str",
            "bytes",
            "bytearray",
            "int",
            "float",
            "bool",
            "object",
        }
    ),
    "collections": frozenset({"OrderedDict", "defaultdict", "deque", "Counter"}),
    "datetime": frozenset({"datetime", "date", "time", "timedelta", "timezone"}),
    "decimal": frozenset({"Decimal"}),
    "requests.structures": frozenset({"CaseInsensitiveDict"}),
    "types": frozenset({"SimpleNamespace"}),
    "weakref": frozenset({"WeakValueDictionary"}),
    "werkzeug.datastructures.headers": frozenset({"Headers"}),
}
PLAIN_FUNCTIONS = frozenset({
    ("copyreg", "_reconstructor"),
    ("re", "_compile"),
})  # fmt: skip
Reduced = tuple[Any, ...]


class BackendPickler(pickle.Pickler):
    """Writes objects of moto's; large bodies go into the store.

    Attributes:
        names: the bodies that what is written needs.
    """

    def __init__(self, stream: io.BytesIO, store: ContentStore) -> None:
        super().__init__(stream, PROTOCOL)
        self.names: set[str] = set()
        self._store = store
        self.dispatch_table = copyreg.dispatch_table.copy()
        self.dispatch_table.update(REDUCERS)
        self.dispatch_table.update({
            FakeKey: self._reduce_key,
            LambdaFunction: self._reduce_with_code,
            LayerVersion: self._reduce_with_code,
            **dict.fromkeys(_list_classes(BaseBackend), _reduce_backend),
        })  # fmt: skip

    def reducer_override(self, value: Any) -> Any:
        """Leave everything to the tables, and write no name that could not be read again."""
        if isinstance(value, type | FunctionType) and not _is_known(
            value.__module__, value.__qualname__
        ):
            name = f"{value.__module__}.{value.__qualname__}"
            raise pickle.PicklingError(f"{name} is nothing that a snapshot may hold")
        # A class of OpenSSL's for each kind of key, and none of them can be pickled.
        if type(value).__module__.startswith("cryptography.") and hasattr(value, "private_bytes"):
            return _restore_private_key, (_encode_private_key(value),)
        return NotImplemented

    def persistent_id(self, value: Any) -> Any:
        """Name a body instead of writing it."""
        if type(value) is not Content:
            return None
        self.names.add(value.name)
        return value.name, value.size

    def _reduce_key(self, key: FakeKey) -> Reduced:
        state = dict(key.__dict__)
        buffer = state.pop("_value_buffer")
        del state["lock"]
        if isinstance(buffer, ContentBuffer):
            value: Any = buffer.content
        else:
            value = self._shrink(b"" if key.disposed else key.value)
        return _restore_key, (FakeKey, state, value)

    def _reduce_with_code(self, owner: Any) -> Reduced:
        """Write a function or a layer, whose code may be there twice, as a zip and in base64."""
        state = {name: value for name, value in owner.__dict__.items() if "docker" not in name}
        for name, value in state.items():
            if isinstance(value, dict):
                state[name] = {key: self._shrink(part) for key, part in value.items()}
            else:
                state[name] = self._shrink(value)
        return _restore_with_code, (type(owner), state)

    def _shrink(self, value: Any) -> Any:
        if isinstance(value, bytes) and len(value) >= LEAST_BYTES:
            return self._store.put(value)
        if isinstance(value, str) and len(value) >= LEAST_BYTES:
            return _Text(self._store.put(value.encode()))
        return value


class BackendUnpickler(pickle.Unpickler):
    """Reads what :class:`BackendPickler` has written."""

    def __init__(self, stream: io.BytesIO, store: ContentStore) -> None:
        super().__init__(stream)
        self._store = store

    def persistent_load(self, pid: Any) -> _Stored:
        """Return a body's place.

        Raises:
            pickle.UnpicklingError: it is not there whole.
        """
        content = Content(*pid)
        if self._store.find_size(content.name) != content.size:
            raise pickle.UnpicklingError(f"the body {content.name} is missing or not whole")
        return _Stored(self._store, content)

    def find_class(self, module: str, name: str) -> Any:
        """Return a class that may be made.

        Raises:
            pickle.UnpicklingError: it may not.
        """
        if not _is_known(module, name):
            raise pickle.UnpicklingError(f"{module}.{name} is nothing that a snapshot holds")
        found = super().find_class(module, name)
        if not (isinstance(found, type) or _is_function(module, name)):
            raise pickle.UnpicklingError(f"{module}.{name} is no class")
        return found


def _is_known(module: str, name: str) -> bool:
    return (
        name in PLAIN_CLASSES.get(module, ())
        or module.startswith(("moto.", *OWN_MODULES))
        or _is_function(module, name)
    )


def _is_function(module: str, name: str) -> bool:
    is_restorer = module == __name__ and name.startswith("_restore")
    return is_restorer or (module, name) in PLAIN_FUNCTIONS


class _Text:
    """A text of which the UTF-8 is in the store."""

    def __init__(self, content: Any) -> None:
        self.content = content


class _Stored:
    """A body in a store, found while reading."""

    def __init__(self, store: ContentStore, content: Content) -> None:
        self.store, self.content = store, content


# Services --------------------------------------------------------------------------------------


def pickle_service(service: str, store: ContentStore) -> tuple[bytes, set[str]]:
    """Return all that one of moto's services holds, and the bodies it needs.

    Args:
        service: moto's name, such as ``s3``.
    """
    stream = io.BytesIO()
    pickler = BackendPickler(stream, store)
    pickler.dump((_list_backends(service), _read_globals(service)))
    return stream.getvalue(), pickler.names


@dataclass(frozen=True)
class ReadService:
    """What was kept of one of moto's services, read and not yet in place."""

    service: str
    backends: dict[tuple[str, str], dict[str, Any]]
    settings: dict[str, Any]


def read_service(service: str, pickled: bytes, store: ContentStore) -> ReadService:
    """Read what :func:`pickle_service` returned.

    Raises:
        Exception: it cannot be read; pickle fails in many ways.
    """
    return ReadService(service, *BackendUnpickler(io.BytesIO(pickled), store).load())


def apply_service(read: ReadService) -> None:
    """Let one of moto's services hold what was kept."""
    for (account_id, region), state in read.backends.items():
        backend = get_backend(read.service)[account_id][region]
        if read.service == "iam":
            _add_managed_policies(backend, state)
        backend.__dict__.clear()
        backend.__dict__.update(state)
    _write_globals(read.service, read.settings)


def pickle_object(value: Any, store: ContentStore) -> tuple[bytes, set[str]]:
    """Return an object of ours as bytes, and the bodies it needs."""
    stream = io.BytesIO()
    pickler = BackendPickler(stream, store)
    pickler.dump(value)
    return stream.getvalue(), pickler.names


def read_object(pickled: bytes, store: ContentStore) -> Any:
    """Return an object of ours.

    Raises:
        Exception: it cannot be read.
    """
    return BackendUnpickler(io.BytesIO(pickled), store).load()


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
        for policy in backend.aws_managed_policies
        if policy.attachment_count
    }
    return state


def _add_managed_policies(backend: Any, state: dict[str, Any]) -> None:
    counts = state["aws_managed_policies"]
    state["aws_managed_policies"] = backend.aws_managed_policies
    for policy in backend.aws_managed_policies:
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


# What pickle cannot keep by itself --------------------------------------------------------------


def _list_classes(base: type) -> Iterator[type]:
    subclasses: list[type] = base.__subclasses__()
    for found in subclasses:
        yield found
        yield from _list_classes(found)


def _reduce_backend(backend: Any) -> Reduced:
    service = type(backend).__module__.split(".")[1]
    return _restore_backend, (service, backend.account_id, backend.region_name)


def _restore_backend(module: str, account_id: str, region: str) -> Any:
    return get_backend({"awslambda": "lambda"}.get(module, module))[account_id][region]


def _encode_private_key(key: Any) -> bytes:
    from cryptography.hazmat.primitives import serialization

    encoded: bytes = key.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return encoded


def _restore_private_key(encoded: bytes) -> Any:
    from cryptography.hazmat.primitives.serialization import load_der_private_key

    return load_der_private_key(encoded, None)


def _restore_key(kind: Any, state: dict[str, Any], value: Any) -> Any:
    key = kind.__new__(kind)
    key.__dict__.update(state)
    key.lock = threading.Lock()
    if isinstance(value, _Stored):
        key._value_buffer = ContentBuffer(value.store, value.content)
    else:
        key._value_buffer = io.BytesIO(value)
    return key


def _restore_with_code(kind: Any, state: dict[str, Any]) -> Any:
    owner = kind.__new__(kind)
    for name, value in state.items():
        if isinstance(value, dict):
            state[name] = {key: _expand(part) for key, part in value.items()}
        else:
            state[name] = _expand(value)
    owner.__dict__.update(state)
    return owner


def _expand(value: Any) -> Any:
    if isinstance(value, _Stored):
        return value.store.read(value.content)
    if isinstance(value, _Text):
        return value.content.store.read(value.content.content).decode()
    return value


def _reduce_store(store: Any) -> Reduced:
    """Write all versions of each key: the store's own ``items`` gives the last ones only."""
    return _restore_store, ({key: dict.__getitem__(store, key) for key in dict.keys(store)},)


def _restore_store(versions: dict[str, list[Any]]) -> Any:
    store = _VersionedKeyStore()
    dict.update(store, versions)
    return store


def _reduce_functions(storage: Any) -> Reduced:
    state = dict(storage.__dict__)
    state["_aliases"] = dict(storage._aliases)
    return _restore_functions, (state,)


def _restore_functions(state: dict[str, Any]) -> Any:
    storage = LambdaStorage.__new__(LambdaStorage)
    storage.__dict__.update(state)
    storage._aliases = defaultdict(dict, state["_aliases"])
    return storage


def _reduce_queue(queue: Any) -> Reduced:
    state = {name: value for name, value in queue.__dict__.items() if name != "_messages_lock"}
    return _restore_queue, (), state, None, None, _set_queue_state


def _restore_queue() -> Any:
    queue = Queue.__new__(Queue)
    queue._messages_lock = threading.Condition()
    return queue


def _restore_queue_state(queue: Any, state: dict[str, Any]) -> None:
    queue.__dict__.update(state)


_set_queue_state = _restore_queue_state


def _reduce_weak(held: Any) -> Reduced:
    return _restore_weak, (dict(held),)


def _restore_weak(held: dict[str, Any]) -> Any:
    return WeakValueDictionary(held)


def _reduce_managed_policy(policy: Any) -> Reduced:
    return _restore_managed_policy, (policy.arn,)


def _restore_managed_policy(arn: str) -> Any:
    policies = iam_backends[ACCOUNT_ID]["aws"].aws_managed_policies
    return next(policy for policy in policies if policy.arn == arn)


def _restore_lock() -> Any:
    return threading.Lock()


def _restore_recursive_lock() -> Any:
    return threading.RLock()


REDUCERS: dict[type, Callable[[Any], Reduced]] = {
    _VersionedKeyStore: _reduce_store,
    LambdaStorage: _reduce_functions,
    Queue: _reduce_queue,
    WeakValueDictionary: _reduce_weak,
    AWSManagedPolicy: _reduce_managed_policy,
    type(threading.Lock()): lambda _: (_restore_lock, ()),
    type(threading.RLock()): lambda _: (_restore_recursive_lock, ()),
}
