"""The issue's table, made of what was found."""

from __future__ import annotations

from typing import Any

from tests.benchmarks.figures import Row

MINISTACK, MOTO = "ministack", "moto"


def make_rows(found: dict[str, Any]) -> list[Row]:
    """Return a row for each target, and the floors; what was not measured is left out."""
    rows = [
        *_make_start_rows(found),
        *_make_invocation_rows(found),
        *_make_upload_rows(found),
        *_make_store_rows(found),
        *_make_whole_rows(found),
    ]
    floors = [Row(f"floor: {name.removesuffix(' ms')}", "ms", value)
              for name, value in found.get("floors", {}).items()]  # fmt: skip
    return [row for row in rows if row.ours is not None] + floors


def _get(found: dict[str, Any], *names: str) -> float | None:
    value: Any = found
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _make_start_rows(found: dict[str, Any]) -> list[Row]:
    return [
        _compare(found, "starts", "first answer s", "start to first answer", "s", MOTO, 1.3),
        _compare(found, "starts", "idle MB", "idle memory", "MB", MOTO, 1.5),
    ]


def _make_invocation_rows(found: dict[str, Any]) -> list[Row]:
    printing = _get(found, "invocations", MINISTACK, "warm printing ms")
    rows = [_compare(found, "invocations", "cold ms", "cold invoke, p50", "ms", MINISTACK, 1 / 10)]
    for kind in ("printing", "silent"):
        ours = _get(found, "invocations", "workshop", f"warm {kind} ms")
        what, against = f"warm invoke, {kind}, p50", "ministack, printing"
        rows.append(Row(what, "ms", ours, printing, against, 1 / 3))
    for clients, bound in ((1, 3.0), (8, 1.0)):
        what = f"warm invokes per second, {clients} client{'s' if clients > 1 else ''}"
        name = f"per second, {clients}"
        rows.append(_compare(found, "invocations", name, what, "/s", MINISTACK, bound, more=True))
    return rows


def _make_upload_rows(found: dict[str, Any]) -> list[Row]:
    return [
        _compare(found, "uploads", "first ms", "upload → item, first", "ms", MINISTACK, 1 / 5),
        _compare(found, "uploads", "p50 ms", "upload → item, p50", "ms", MINISTACK, 1),
        _compare(found, "uploads", "p95 ms", "upload → item, p95", "ms", MINISTACK, 1 / 5),
        *_make_chain_rows(found.get("chain", {})),
    ]


def _make_chain_rows(chain: dict[str, Any]) -> list[Row]:
    """A cloud of the others' that was given up counts with what it had used by then."""
    ours, other = chain.get("workshop", {}), chain.get(MINISTACK, {})
    if ours.get("saved") != ours.get("uploads"):
        ours = {}
    against = MINISTACK
    if other.get("saved") != other.get("uploads"):
        against = f"{MINISTACK}, given up with {other['saved']} saved"
    return [
        Row(what, unit, ours.get(name), other.get(name), against, bound)
        for name, what, unit, bound in (
            ("seconds", "100 uploads, whole chain", "s", 1 / 4),
            ("memory MB", "memory after them", "MB", 1 / 10),
        )
    ]


def _make_store_rows(found: dict[str, Any]) -> list[Row]:
    rows = []
    for name, what in (("objects", "S3 PUT of 1 MB"), ("items", "DynamoDB PutItem")):
        for other, bound in ((MOTO, 1.0), (MINISTACK, None)):
            key = f"{name} per second"
            rows.append(_compare(found, "puts", key, what, "/s", other, bound, more=True))
    return rows


def _make_whole_rows(found: dict[str, Any]) -> list[Row]:
    photos, recovery = found.get("photos", {}), found.get("recovery", {})
    lessons = found.get("notebooks", {})
    return [
        Row("100 photos recognised, saved, thumbnailed", "s", photos.get("application s"),
            photos.get("recognition alone s"), "the recognition alone", 3),
        Row("recovery with 1000 objects and items", "s", recovery.get("recovered s"),
            recovery.get("clean s"), "a clean start", 2),
        Row("all eight notebooks, taught waits aside", "s", lessons.get("lessons s"),
            lessons.get("empty s"), "eight empty ones", 2.5),
    ]  # fmt: skip


def _compare(
    found: dict[str, Any], part: str, name: str, what: str, unit: str, other: str,
    bound: float | None, *, more: bool = False,
) -> Row:  # fmt: skip
    ours, others = _get(found, part, "workshop", name), _get(found, part, other, name)
    return Row(what, unit, ours, others, other, bound, more_is_better=more)
