"""Objects of moto's and ours as bytes, and back; large bodies are in the store beside them.

Pickle keeps objects with everything that refers to them, and moto's models are nothing else. What
it cannot keep by itself is taken apart by :mod:`reducers`.

Pickle would call anything that a pickle names. A snapshot is read only where its seal shows that
this home's cloud wrote it; that it names nothing but classes of moto's, ours and plain Python's,
and a few functions, is the second wall.
"""

from __future__ import annotations

import copyreg
import io
import pickle
from types import FunctionType
from typing import Any

from workshop_lib.local_cloud.durability.contents import Content, ContentStore
from workshop_lib.local_cloud.durability.reducers import StoredBody, make_reducers

PROTOCOL = 5
OWN_MODULES = ("moto.", "workshop_lib.local_cloud.")
# The functions here that make what pickle cannot; they begin with ``restore_``.
RESTORING_MODULE = "workshop_lib.local_cloud.durability.reducers"
PLAIN_CLASSES = {
    "builtins": ("bool bytearray bytes dict float frozenset int list object set str tuple"),
    "collections": "Counter OrderedDict defaultdict deque",
    "datetime": "date datetime time timedelta timezone",
    "decimal": "Decimal",
    "requests.structures": "CaseInsensitiveDict",
    "types": "SimpleNamespace",
    "weakref": "WeakValueDictionary",
    "werkzeug.datastructures.headers": "Headers",
}
PLAIN_FUNCTIONS = frozenset({("copyreg", "_reconstructor"), ("re", "_compile")})


class BackendPickler(pickle.Pickler):
    """Writes objects of moto's; large bodies go into the store.

    Attributes:
        names: the bodies that what is written needs.
    """

    def __init__(self, stream: io.BytesIO, store: ContentStore) -> None:
        super().__init__(stream, PROTOCOL)
        self.names: set[str] = set()
        self.dispatch_table = {**copyreg.dispatch_table, **make_reducers(store)}

    def reducer_override(self, value: Any) -> Any:
        """Leave everything to the tables, and write no name that could not be read again."""
        if isinstance(value, type | FunctionType) and not is_known(
            value.__module__, value.__qualname__
        ):
            name = f"{value.__module__}.{value.__qualname__}"
            raise pickle.PicklingError(f"{name} is nothing that a snapshot may hold")
        return NotImplemented

    def persistent_id(self, value: Any) -> Any:
        """Name a body instead of writing it."""
        if type(value) is not Content:
            return None
        self.names.add(value.name)
        return value.name, value.size


class BackendUnpickler(pickle.Unpickler):
    """Reads what :class:`BackendPickler` has written."""

    def __init__(self, stream: io.BytesIO, store: ContentStore) -> None:
        super().__init__(stream)
        self._store = store

    def persistent_load(self, pid: Any) -> StoredBody:
        """Return a body's place.

        Raises:
            pickle.UnpicklingError: it is not there whole.
        """
        content = Content(*pid)
        if self._store.find_size(content.name) != content.size:
            raise pickle.UnpicklingError(f"the body {content.name} is missing or not whole")
        return StoredBody(self._store, content)

    def find_class(self, module: str, name: str) -> Any:
        """Return a class that may be made.

        Raises:
            pickle.UnpicklingError: it may not.
        """
        if not is_known(module, name):
            raise pickle.UnpicklingError(f"{module}.{name} is nothing that a snapshot holds")
        found = super().find_class(module, name)
        if not (isinstance(found, type) or is_function(module, name)):
            raise pickle.UnpicklingError(f"{module}.{name} is no class")
        return found


def pickle_object(value: Any, store: ContentStore) -> tuple[bytes, set[str]]:
    """Return an object as bytes, and the bodies it needs."""
    stream = io.BytesIO()
    pickler = BackendPickler(stream, store)
    pickler.dump(value)
    return stream.getvalue(), pickler.names


def read_object(pickled: bytes, store: ContentStore) -> Any:
    """Return an object.

    Raises:
        Exception: it cannot be read; pickle fails in many ways.
    """
    return BackendUnpickler(io.BytesIO(pickled), store).load()


def is_known(module: str, name: str) -> bool:
    """Tell whether a snapshot may name this."""
    return (
        name in PLAIN_CLASSES.get(module, "").split()
        or module.startswith(OWN_MODULES)
        or is_function(module, name)
    )


def is_function(module: str, name: str) -> bool:
    """Tell whether this is one of the functions that a snapshot may call."""
    is_restorer = module == RESTORING_MODULE and name.startswith("restore_")
    return is_restorer or (module, name) in PLAIN_FUNCTIONS
