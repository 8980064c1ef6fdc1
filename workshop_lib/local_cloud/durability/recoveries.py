"""Reading the state back when a cloud starts: the snapshot, then the changes since."""

from __future__ import annotations

import logging
import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from moto.backends import get_backend

from workshop_lib.local_cloud.changes import Changes
from workshop_lib.local_cloud.durability.journals import (
    Record,
    cut_journal,
    decode_change,
    read_journal,
)
from workshop_lib.local_cloud.durability.keepers import TASKS, StateKeeper, list_journals
from workshop_lib.local_cloud.durability.pickles import read_object
from workshop_lib.local_cloud.durability.service_states import (
    ReadService,
    apply_service,
    read_service,
)
from workshop_lib.local_cloud.durability.snapshots import Manifest, StateUnreadableError

log = logging.getLogger("workshop_lib.local_cloud.state")


@dataclass
class Recovery:
    """What was found when a cloud started.

    Attributes:
        snapshot: when the snapshot was written, seconds since 1970; None where there was none.
        changes: how many changes were carried out again: the last process did not end by itself.
        torn_bytes: half a change at the end, which nobody had been told of.
        events: how many events wait to be delivered.
        holdings: how many buckets, objects and so on there are; without what is imported late.
        set_aside: the folder of what could not be read, and why.
        seconds: how long it took.
    """

    snapshot: float | None = None
    changes: int = 0
    torn_bytes: int = 0
    events: int = 0
    holdings: dict[str, int] = field(default_factory=dict)
    set_aside: str = ""
    reason: str = ""
    seconds: float = 0.0

    def as_json(self) -> dict[str, Any]:
        """Return it for the launcher."""
        return asdict(self)


def recover(
    keeper: StateKeeper,
    changes: Changes,
    services: Iterable[str],
    load: Callable[[str], object],
    restore_tasks: Callable[[Any], None],
) -> Recovery:
    """Let moto and what waits to be delivered be as they were.

    Args:
        keeper: of the state; it writes nothing yet.
        changes: carries out what was written.
        services: those of moto that are imported.
        load: imports another that a change is about; the keeper's late parts come with it.
        restore_tasks: takes what waits to be delivered.
    """
    started = time.perf_counter()
    found = Recovery()
    try:
        manifest, parts, tasks = _read_snapshot(keeper, services)
        records = _read_journals(keeper, manifest, found)
        _check_kinds(records, changes)
    except Exception as error:
        # Whatever is wrong with a state, it is kept, and the cloud starts.
        log.exception("The state in %s cannot be read", keeper.folder)
        reason = str(error) if isinstance(error, StateUnreadableError) else repr(error)
        found = Recovery(reason=reason, set_aside=str(_set_aside_all(keeper)))
        manifest, parts, tasks, records = None, [], None, []
    for part in parts:
        apply_service(part)
    keeper.manifest = manifest
    keeper.loaded.update(services)
    if manifest is not None:
        found.snapshot = manifest.written
        changes.advance(manifest.next_number, manifest.nanoseconds)
    if tasks is not None:
        restore_tasks(tasks)
    _replay(records, changes, load)
    found.changes = keeper.changed = len(records)
    found.holdings = _count_holdings()
    found.seconds = time.perf_counter() - started
    return found


def restore_late(keeper: StateKeeper, service: str) -> None:
    """Give a service that is imported only now what the snapshot holds for it.

    Raises:
        StateUnreadableError: it cannot be read.
    """
    manifest = keeper.manifest
    if manifest is not None and service in manifest.parts and service not in keeper.loaded:
        content = keeper.files.read_part(manifest.parts[service])
        apply_service(read_service(service, content, keeper.contents))
    keeper.loaded.add(service)


def _read_snapshot(
    keeper: StateKeeper, services: Iterable[str]
) -> tuple[Manifest | None, list[ReadService], Any]:
    manifest = keeper.files.read_manifest()
    if manifest is None:
        if any(keeper.folder.glob("*.pickle")):
            raise StateUnreadableError("Its manifest is missing.")
        return None, [], None
    contents = {name: keeper.files.read_part(part) for name, part in manifest.parts.items()}
    parts = [
        read_service(name, contents[name], keeper.contents) for name in services if name in contents
    ]
    return manifest, parts, read_object(contents[TASKS], keeper.contents)


def _read_journals(keeper: StateKeeper, manifest: Manifest | None, found: Recovery) -> list[Record]:
    """Return the changes that the snapshot does not hold, without a gap."""
    expected = manifest.next_number if manifest else 1
    records: list[Record] = []
    files = list_journals(keeper.folder)
    for place, file in enumerate(files):
        content = read_journal(file)
        for payload in content.records:
            record = decode_change(payload, keeper.contents)
            if record.number < expected:
                continue
            if record.number > expected:
                raise StateUnreadableError(f"A change is missing before {file.name}.")
            records.append(record)
            expected += 1
        later = files[place + 1 :]
        if content.damaged or (content.torn and later):
            found.reason = f"{file.name} is damaged after change {expected - 1}."
            found.set_aside = str(_copy_aside(keeper, [file, *later]))
            for other in later:
                other.unlink()
            cut_journal(file, content)
            break
        if content.torn:
            found.torn_bytes = content.torn
        if content.torn or not content.records:
            cut_journal(file, content)
    return records


def _check_kinds(records: list[Record], changes: Changes) -> None:
    for record in records:
        if not changes.knows(record.kind):
            raise StateUnreadableError(f"Nothing is known here of the change {record.kind!r}.")


def _replay(records: list[Record], changes: Changes, load: Callable[[str], object]) -> None:
    for service in {record.arguments["service"] for record in records if record.kind == "request"}:
        load(service)
    for record in records:
        try:
            changes.replay(record.number, record.moment, record.kind, record.arguments)
        except Exception as error:  # noqa: BLE001 - it failed the first time too, for its caller
            log.debug("Change %d, %s, failed again: %r", record.number, record.kind, error)


def _set_aside_all(keeper: StateKeeper) -> Path:
    """Move the whole state away and begin an empty one."""
    aside = _name_aside(keeper)
    keeper.folder.rename(aside)
    keeper.folder.mkdir(mode=0o700)
    keeper.contents.folder.mkdir(mode=0o700)
    return aside


def _copy_aside(keeper: StateKeeper, files: Iterable[Path]) -> Path:
    aside = _name_aside(keeper)
    aside.mkdir(mode=0o700)
    for file in files:
        shutil.copy2(file, aside / file.name)
    return aside


def _name_aside(keeper: StateKeeper) -> Path:
    stamp = time.strftime("%Y%m%d-%H%M%S")
    plain = keeper.folder.with_name(f"{keeper.folder.name}-set-aside-{stamp}")
    numbered = (plain.with_name(f"{plain.name}-{number}") for number in range(2, 1000))
    return next(path for path in (plain, *numbered) if not path.exists())


def _count_holdings() -> dict[str, int]:
    """Return how many buckets, objects, tables, items, functions and so on there are, by word."""
    buckets = [bucket for one in _list_backends("s3") for bucket in one.buckets.values()]
    tables = [table for one in _list_backends("dynamodb") for table in one.tables.values()]
    counts = {
        "bucket": len(buckets),
        "object": sum(len(dict.keys(bucket.keys)) for bucket in buckets),
        "table": len(tables),
        "item": sum(len(list(table.all_items())) for table in tables),
        "function": sum(len(one._lambdas._functions) for one in _list_backends("lambda")),
        "topic": sum(len(one.topics) for one in _list_backends("sns")),
        "queue": sum(len(one.queues) for one in _list_backends("sqs")),
        "role": sum(len(one.roles) for one in _list_backends("iam")),
        "log group": sum(len(one.groups) for one in _list_backends("logs")),
    }
    return {word: number for word, number in counts.items() if number}


def _list_backends(service: str) -> Iterator[Any]:
    for _, _, backend in get_backend(service).iter_backends():
        yield backend
