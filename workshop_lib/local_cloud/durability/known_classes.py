"""What a snapshot may name: classes of moto's, ours and plain Python's, and a few functions.

Pickle would call anything that a pickle names. A snapshot is read only where its seal shows that
this home's cloud wrote it; that it names nothing else is the second wall.
"""

from __future__ import annotations

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
