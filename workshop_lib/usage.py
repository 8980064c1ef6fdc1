"""What an attendee has used so far, from what the services and her own calls tell.

Measured is what a service says itself: REPORT lines, sizes, metrics. Counted are requests that left
a trace each: a line in a function's log, an object that arrived, a call made here. Nothing is
guessed; what left no trace is not on the bill, which says so. The quantities are named by the keys
of `prices.toml`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from botocore.exceptions import ClientError

from workshop_lib.aws import functions, logs, metrics, topics
from workshop_lib.call_counts import CallCount
from workshop_lib.costs import add
from workshop_lib.logged_usage import count_arrivals, count_lines, read_lines
from workshop_lib.naming import FUNCTIONS, TABLE_INDEX, Names

Basis = Literal["measured", "counted"]
# AWS's bills call 2^30 bytes a gigabyte (the notes below S3's price list).
GIGABYTE = 2**30
MEGABYTES_IN_A_GIGABYTE = 1024
# CloudWatch Logs counts so many bytes beside the text of each event (its PutLogEvents reference).
EVENT_OVERHEAD = 26

ABSENT = frozenset({"NoSuchBucket", "404", "ResourceNotFoundException"})

# What one picture leads to at each function, as its source and its contract have it: the upload
# goes by the signed URL, and writing an item writes its index too. For estimates only.
CONSEQUENCES: dict[str, dict[str, Decimal]] = {
    "presigned-url": {"api-rest-calls": Decimal(1), "s3-writes": Decimal(1)},
    "reco-image": {"s3-reads": Decimal(1), "sns-publishes": Decimal(1)},
    "db-save": {"dynamodb-writes": Decimal(2), "sns-deliveries": Decimal(1)},
    "db-list": {"api-rest-calls": Decimal(1), "dynamodb-reads": Decimal("0.5")},
    "thumbnail-gen": {
        "s3-reads": Decimal(1), "s3-writes": Decimal(1), "sns-deliveries": Decimal(1),
    },
}  # fmt: skip

FREE_S3_OPERATIONS = ("Delete", "Abort")
WRITING_S3_OPERATIONS = ("Put", "Create", "Copy", "Complete", "Upload", "List", "Restore")
READING_TABLE_OPERATIONS = frozenset({"GetItem", "Query", "Scan", "BatchGetItem"})
WRITING_TABLE_OPERATIONS = frozenset({"PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem"})
LEAST_READ, LEAST_WRITE = Decimal("0.5"), Decimal(1)


@dataclass(frozen=True)
class UsageLine:
    """So much of one thing.

    Args:
        key: of `prices.toml`.
        quantity: in the price's unit.
        basis: whether a service measured it, or it is counted here.
        how: from what, in a few words.
    """

    key: str
    quantity: Decimal
    basis: Basis
    how: str


@dataclass(frozen=True)
class FunctionUse:
    """What one function's log tells of all its calls that are still there.

    Args:
        calls: how many ended.
        gigabyte_seconds: billed, the start of cold environments included.
        warm_calls: how many of them found an environment ready.
        log_bytes: written to its log.
        typical_gigabyte_seconds: of a warm call at the mean; of any call where none was warm.
    """

    calls: int = 0
    warm_calls: int = 0
    gigabyte_seconds: Decimal = Decimal(0)
    log_bytes: int = 0
    typical_gigabyte_seconds: Decimal = Decimal(0)


@dataclass(frozen=True)
class Storage:
    """The objects of a bucket, old versions included."""

    objects: int = 0
    size: int = 0
    keys: frozenset[str] = frozenset()

    @property
    def mean_size(self) -> Decimal:
        """Bytes of an object at the mean; 0 where there is none."""
        return Decimal(self.size) / self.objects if self.objects else Decimal(0)


@dataclass(frozen=True)
class Usage:
    """All that was used, and what it was found from."""

    lines: tuple[UsageLine, ...]
    functions: Mapping[str, FunctionUse]
    images: Storage
    thumbnails: Storage
    topic_stands: bool = True

    @property
    def quantities(self) -> dict[str, Decimal]:
        """The quantities by the keys of `prices.toml`, summed up."""
        return add(*({line.key: line.quantity} for line in self.lines))

    @property
    def worked(self) -> dict[str, FunctionUse]:
        """The functions that were called, by name."""
        return {name: use for name, use in self.functions.items() if use.calls}

    def one_picture(self) -> dict[str, Decimal]:
        """Return what one picture uses on its way through the parts that have worked so far.

        Each function once, warm, as it was measured; the picture and its thumbnail kept a month.
        """
        parts = [
            consequences(name, topic_stands=self.topic_stands) | _one_call(use)
            for name, use in self.worked.items()
        ]
        if "presigned-url" not in self.worked:
            parts.append({"s3-writes": Decimal(1)})
        stored = (self.images.mean_size + self.thumbnails.mean_size) / GIGABYTE
        return add(*parts, {"s3-storage": stored})


def consequences(name: str, *, topic_stands: bool) -> dict[str, Decimal]:
    """Return what a picture leads to at a function; without a topic, reco-image tells nobody."""
    led_to = CONSEQUENCES[name]
    return led_to if topic_stands else {k: q for k, q in led_to.items() if k != "sns-publishes"}


def _one_call(use: FunctionUse) -> dict[str, Decimal]:
    return {
        "lambda-requests": Decimal(1),
        "lambda-duration": use.typical_gigabyte_seconds,
        "logs-ingestion": Decimal(use.log_bytes) / use.calls / GIGABYTE,
    }


def measure_usage(cloud: Any, names: Names, counts: Iterable[CallCount]) -> Usage:
    """Ask the services what was used, and add what was counted of the calls made here.

    What clean-up has removed can no longer be asked: a function's log goes with it.

    Args:
        cloud: the connection; its calls are not among those that are counted here.
        names: the attendee's.
        counts: of the calls that she made, see :class:`workshop_lib.call_counts.CallCounts`.
    """
    client = cloud.client("logs")
    written = {name: logs.read_log(client, names.log_group(name)) for name in FUNCTIONS}
    used = {name: read_function_use(events) for name, events in written.items()}
    lines = {name: read_lines(events) for name, events in written.items()}
    topic_stands = topics.describe_topic(cloud.client("sns"), names.topic_arn) is not None
    stored = {bucket: measure_bucket(cloud.client("s3"), bucket) for bucket in names.buckets}
    arrivals = count_arrivals(lines, stored[names.images_bucket].keys)
    found = [
        *_function_lines(used),
        *_storage_lines(cloud, names, stored),
        UsageLine("s3-writes", Decimal(arrivals), "counted", "uploads that arrived"),
        *_counted_lines(cloud, names, count_lines(lines), count_recorded(counts)),
    ]
    return Usage(
        tuple(line for line in found if line.quantity),
        used,
        stored[names.images_bucket],
        stored[names.thumbnails_bucket],
        topic_stands,
    )


def read_function_use(events: Iterable[logs.LogEvent]) -> FunctionUse:
    """Return what a function's log tells of its calls."""
    written = list(events)
    reports = [report for event in written if (report := functions.parse_report(event.message))]
    billed = [_gigabyte_seconds(report) for report in reports]
    warm = [_gigabyte_seconds(report) for report in reports if report.init_ms is None]
    typical = warm or billed
    return FunctionUse(
        calls=len(reports),
        warm_calls=len(warm),
        gigabyte_seconds=sum(billed, Decimal(0)),
        log_bytes=sum(len(event.message.encode()) + EVENT_OVERHEAD for event in written),
        typical_gigabyte_seconds=sum(typical, Decimal(0)) / max(len(typical), 1),
    )


def _gigabyte_seconds(report: functions.Report) -> Decimal:
    return Decimal(report.billed_ms) / 1000 * report.memory_mb / MEGABYTES_IN_A_GIGABYTE


def _function_lines(used: Mapping[str, FunctionUse]) -> list[UsageLine]:
    calls = sum(use.calls for use in used.values())
    seconds = sum((use.gigabyte_seconds for use in used.values()), Decimal(0))
    written = Decimal(sum(use.log_bytes for use in used.values()))
    return [
        UsageLine("lambda-requests", Decimal(calls), "measured", "REPORT lines"),
        UsageLine("lambda-duration", seconds, "measured", "REPORT lines, cold starts included"),
        UsageLine("logs-ingestion", written / GIGABYTE, "measured", "size of the functions' logs"),
    ]


def measure_bucket(s3: Any, bucket: str) -> Storage:
    """Return how much lies in a bucket, old versions included; nothing where there is none."""
    try:
        pages = s3.get_paginator("list_object_versions").paginate(Bucket=bucket)
        versions = [entry for page in pages for entry in page.get("Versions", [])]
    except ClientError as error:
        if error.response["Error"]["Code"] in ABSENT:
            return Storage()
        raise
    keys = frozenset(entry["Key"] for entry in versions)
    return Storage(len(versions), sum(entry["Size"] for entry in versions), keys)


def _storage_lines(cloud: Any, names: Names, stored: Mapping[str, Storage]) -> Iterator[UsageLine]:
    size = Decimal(sum(storage.size for storage in stored.values()))
    yield UsageLine("s3-storage", size / GIGABYTE, "measured", "what lies there")
    yield UsageLine(
        "dynamodb-storage",
        _table_size(cloud.client("dynamodb"), names.table) / GIGABYTE,
        "measured",
        "the table's word, hours old on AWS",
    )


def _table_size(dynamodb: Any, table: str) -> Decimal:
    try:
        return Decimal(dynamodb.describe_table(TableName=table)["Table"].get("TableSizeBytes", 0))
    except ClientError as error:
        if error.response["Error"]["Code"] in ABSENT:
            return Decimal(0)
        raise


def _counted_lines(
    cloud: Any, names: Names, theirs: Mapping[str, Decimal], own: Mapping[str, Decimal]
) -> Iterator[UsageLine]:
    """What the functions' lines and the attendee's calls tell, unless a metric knows it."""
    measured = _read_metrics(cloud.client("cloudwatch"), names)
    for key, quantity in measured.items():
        yield UsageLine(key, quantity, "measured", "CloudWatch metrics")
    for key, quantity in theirs.items():
        if key not in measured:
            yield UsageLine(key, quantity, "counted", "lines of your functions' logs")
    for key, quantity in own.items():
        if key not in measured:
            yield UsageLine(key, quantity, "counted", "your own calls")


def _read_metrics(cloudwatch: Any, names: Names) -> dict[str, Decimal]:
    def ask(key: str, namespace: str, metric: str, *places: dict[str, str]) -> None:
        sums = [metrics.sum_metric(cloudwatch, namespace, metric, place) for place in places]
        found = [Decimal(str(value)) for value in sums if value is not None]
        if found:
            known[key] = sum(found, Decimal(0))

    known: dict[str, Decimal] = {}
    table = {"TableName": names.table}
    index = {**table, "GlobalSecondaryIndexName": TABLE_INDEX}
    ask("api-rest-calls", "AWS/ApiGateway", "Count", {"ApiName": names.api})
    ask("dynamodb-writes", "AWS/DynamoDB", "ConsumedWriteCapacityUnits", table, index)
    ask("dynamodb-reads", "AWS/DynamoDB", "ConsumedReadCapacityUnits", table, index)
    return known


def count_recorded(counts: Iterable[CallCount]) -> dict[str, Decimal]:
    """Return what the attendee's own calls use; calls that cost nothing are left out.

    Functions that she calls are measured by their logs. Where DynamoDB did not say what a call
    consumed, the least is taken: half a unit for reading, one for writing.
    """
    return add(*(_count(count) for count in counts))


def _count(count: CallCount) -> dict[str, Decimal]:
    calls, operation = Decimal(count.calls), count.operation
    match count.service:
        case "s3" if operation.startswith(FREE_S3_OPERATIONS):
            return {}
        case "s3":
            writes = operation.startswith(WRITING_S3_OPERATIONS)
            return {"s3-writes" if writes else "s3-reads": calls}
        case "sns" if operation.startswith("Publish"):
            return {"sns-publishes": calls}
        case "sqs":
            return {"sqs-requests": calls}
        case "dynamodb" if operation in READING_TABLE_OPERATIONS:
            return {"dynamodb-reads": _units(count, LEAST_READ)}
        case "dynamodb" if operation in WRITING_TABLE_OPERATIONS:
            return {"dynamodb-writes": _units(count, LEAST_WRITE)}
        case "rekognition" if operation == "DetectLabels":
            return {"rekognition-labels": calls}
    return {}


def _units(count: CallCount, least: Decimal) -> Decimal:
    return Decimal(str(count.units)) + (count.calls - count.reporting) * least
