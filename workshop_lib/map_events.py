"""What happens in the application, as the map shows it: read from logs and listings, look by look.

The same on the local cloud and on AWS. CloudWatch Logs answers an account only some questions a
second, and a class may share one: while nothing happens, a look lists the uploads and reads the log
of one function, in turn; once something has happened, all logs are read for a while.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import cycle
from typing import Any

from botocore.exceptions import ClientError

from workshop_lib.architecture import ARCHITECTURE, Flow
from workshop_lib.aws import logs
from workshop_lib.aws.buckets import list_objects
from workshop_lib.naming import FUNCTIONS, Names
from workshop_lib.passages import Try, read_tries

UPLOADS = "uploads/"
# A call that began before a look may end after it; its log is read again for so long.
OVERLAP = timedelta(seconds=90)
# So long after the last thing that happened every look reads all logs.
AWAKE = timedelta(seconds=45)

Way = tuple[str, str]

# What a function's call has passed before it began.
WOKEN_BY: dict[str, tuple[Way, ...]] = {
    "presigned-url": (("browser", "api"), ("api", "presigned-url")),
    "reco-image": (("images", "reco-image"),),
    "db-save": (("topic", "db-save"),),
    "db-list": (("browser", "api"), ("api", "db-list"), ("db-list", "table")),
    "thumbnail-gen": (("topic", "thumbnail-gen"),),
}
# Where what a function tells of has gone; what is not here has gone nowhere.
TOLD: dict[tuple[str, str], tuple[Way, ...]] = {
    ("reco-image", "recognised"): (("reco-image", "topic"),),
    ("db-save", "saved"): (("db-save", "table"),),
    ("thumbnail-gen", "thumbnail made"): (("thumbnail-gen", "thumbnails"),),
}


@dataclass(frozen=True)
class MapEvent:
    """Something that happened.

    Args:
        id: tells it from all others.
        moment: when.
        part: the id of the part that it happened in.
        flows: what was passed on the way, by :func:`flow_name`.
        words: one sentence.
        failed: whether a function failed.
    """

    id: str
    moment: datetime
    part: str
    flows: tuple[str, ...]
    words: str
    failed: bool = False


def flow_name(flow: Flow) -> str:
    """Return what tells a flow from all others: its ends, and the part that it serves."""
    return f"{flow.source} {flow.target} {flow.since}"


class ApplicationWatch:
    """Looks at an application again and again, and tells what is new.

    Args:
        cloud: the connection.
        names: the attendee's.
        since: what was before this moment is old; now, unless given.
    """

    def __init__(self, cloud: Any, names: Names, since: datetime | None = None) -> None:
        self._cloud = cloud
        self._names = names
        self._since = since or datetime.now(UTC)
        self._seen: set[str] = set()
        self._awake_until = self._since
        self._turns = cycle(FUNCTIONS)
        # The first look learns what is there already.
        self._seen.update(event.id for event in self._find_uploads())

    def look(self) -> list[MapEvent]:
        """Return what has happened since the last look, oldest first."""
        new = self._take_new(self._find_uploads())
        if datetime.now(UTC) < self._awake_until:
            for function in FUNCTIONS:
                new += self._take_new(self._find_calls(function))
        else:
            new += self._take_new(self._find_calls(next(self._turns)))
        return sorted(new, key=lambda event: event.moment)

    def _take_new(self, found: Iterable[MapEvent]) -> list[MapEvent]:
        new = [event for event in found if event.id not in self._seen]
        if new:
            self._seen.update(event.id for event in new)
            self._awake_until = datetime.now(UTC) + AWAKE
        return new

    def _find_uploads(self) -> Iterator[MapEvent]:
        s3, bucket = self._cloud.client("s3"), self._names.images_bucket
        try:
            stored = list_objects(s3, bucket, UPLOADS)
        except ClientError as error:
            if error.response["Error"]["Code"] != "NoSuchBucket":
                raise
            return
        for found in stored:
            yield MapEvent(
                id=f"{found.key} {found.etag} {found.modified}",
                moment=found.modified,
                part="images",
                flows=_flow_names([("browser", "images")], "images"),
                words=f"{short_name(found.key)} is stored in the images bucket.",
            )

    def _find_calls(self, function: str) -> Iterator[MapEvent]:
        events = logs.read_log(
            self._cloud.client("logs"),
            self._names.log_group(function),
            since=max(self._since, datetime.now(UTC) - OVERLAP),
        )
        for call in read_tries(events):
            yield from describe_call(function, call)


def describe_call(function: str, call: Try) -> Iterator[MapEvent]:
    """Yield what a call is on the map: that it was woken, what it told, that it failed."""
    name = f"{function} {call.request_id} {call.started}"
    start = ", in a new environment" if call.begin < call.started else ""
    ways = _flow_names(WOKEN_BY[function], function)
    yield MapEvent(f"{name} woken", call.begin, function, ways, f"{function} is called{start}.")
    for place, (moment, line) in enumerate(call.told):
        message = str(line.get("message", ""))
        if told := TOLD.get((function, message), ()):
            words = f"{function}: {message} {_subject(line)}."
            flows = _flow_names(told, *(end for _, end in told), function)
            yield MapEvent(f"{name} {place}", moment, function, flows, words)
    if call.failed:
        yield MapEvent(f"{name} failed", call.end, function, (), f"{function} failed.", failed=True)


def _flow_names(ways: Iterable[Way], *serving: str) -> tuple[str, ...]:
    """The flows of these ends; where several have the same, those that serve one of these parts."""
    return tuple(
        flow_name(flow)
        for source, target in ways
        for flow in ARCHITECTURE.flows
        if (flow.source, flow.target) == (source, target) and _serves(flow, serving)
    )


def _serves(flow: Flow, parts: tuple[str, ...]) -> bool:
    alike = [
        other
        for other in ARCHITECTURE.flows
        if (other.source, other.target) == (flow.source, flow.target)
    ]
    return len(alike) == 1 or flow.since in parts


def _subject(line: dict[str, Any]) -> str:
    key = str(line.get("name") or line.get("key") or str(line.get("id", "")).rpartition("#")[0])
    result = line.get("result")
    return f"{short_name(key)}, {result}" if result else short_name(key)


def short_name(key: str) -> str:
    """Return the last part of a key, which is the file's name."""
    return key.rpartition("/")[2]
