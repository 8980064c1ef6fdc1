"""What is kept has a format, and its number changes with it."""

from __future__ import annotations

import hashlib
from dataclasses import fields, is_dataclass
from importlib import import_module

from workshop_lib.local_cloud.changes import changes
from workshop_lib.local_cloud.durability.snapshots import STATE_FORMAT

# Where the classes are whose objects a snapshot holds.
MODULES = (
    "gateway.deployments", "events.tasks", "events.deliveries",
    "events.invocations",
)  # fmt: skip
KNOWN = {1: "e3650c81e7fea094", 2: "cae0a011939333ee", 3: "57c19ad415937096"}


def describe_classes() -> str:
    """Return each kept class with its fields, a line each."""
    lines = set()
    for name in MODULES:
        module = import_module(f"workshop_lib.local_cloud.{name}")
        for found in vars(module).values():
            if (
                isinstance(found, type)
                and is_dataclass(found)
                and found.__module__ in (module.__name__,)
            ):
                shown = ", ".join(f"{field.name}: {field.type}" for field in fields(found))
                lines.add(f"{found.__module__}.{found.__qualname__}: {shown}")
    return "\n".join(sorted(lines))


def test_the_format_has_a_number() -> None:
    """When a kept class changes, so does STATE_FORMAT: raise it and write the new digest here."""
    digest = hashlib.sha256(describe_classes().encode()).hexdigest()[:16]
    assert {STATE_FORMAT: digest} == {STATE_FORMAT: KNOWN.get(STATE_FORMAT)}


def test_a_change_is_written_before_it_happens() -> None:
    """What the ledger refuses does not happen; a change within a change is written once."""
    happened: list[str] = []

    def inner(*, name: str) -> None:
        happened.append(name)

    nested = changes.define("test inner", inner)
    outer = changes.define("test outer", lambda *, name: nested(name=name))
    written: list[tuple[str, list[str]]] = []

    class Ledger:
        def write(self, number: int, moment: object, kind: str, arguments: object) -> None:
            written.append((kind, list(happened)))
            if kind == "test inner":
                raise OSError("full")

        def settle(self) -> None:
            happened.append("settled")

    former = changes._ledger
    changes._ledger = Ledger()
    try:
        outer(name="one")
        try:
            nested(name="two")
        except OSError:
            happened.append("refused")
    finally:
        changes._ledger = former

    assert [("test outer", []), ("test inner", ["one", "settled"])] == written
    assert ["one", "settled", "refused"] == happened
