"""From an upload to its item: by S3's event, or the whole chain by way of SNS."""

from __future__ import annotations

import json
import os
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection

from tests.benchmarks.clouds import RunningCloud
from tests.benchmarks.figures import median, percentile
from tests.benchmarks.functions import (
    HEARING,
    READING,
    SAVING,
    create_function,
    create_role,
    create_table,
    let_invoke,
    notify,
)
from tests.benchmarks.invocations import sign_once

GIVE_UP_SECONDS = 180.0
PHOTO_BYTES = 100_000


def measure_upload_to_item(cloud: RunningCloud, count: int = 40) -> dict[str, float]:
    """Return the milliseconds from the upload to its item: of the first, p50, p95."""
    role = create_role(cloud)
    create_table(cloud)
    notify(cloud, "bench-direct", create_function(cloud, role, "saving", SAVING))
    time.sleep(2)
    taken = [_upload_and_wait(cloud, f"photo-{number}") for number in range(count)]
    return {
        "first ms": taken[0],
        "p50 ms": median(taken[1:]),
        "p95 ms": percentile(taken[1:], 0.95),
    }


def measure_chain(cloud: RunningCloud, count: int = 100, clients: int = 4) -> dict[str, float]:
    """Return the seconds until all uploads have items, and the megabytes of memory after.

    A cloud that takes too long is given up, and how many it had saved by then is told.
    """
    role = create_role(cloud)
    dynamodb = create_table(cloud)
    topic = cloud.client("sns").create_topic(Name="bench")["TopicArn"]
    hearing = create_function(cloud, role, "hearing", HEARING)
    let_invoke(cloud, hearing, "sns.amazonaws.com", topic)
    cloud.client("sns").subscribe(TopicArn=topic, Protocol="lambda", Endpoint=hearing)
    code = READING.replace("TOPIC", repr(topic))
    notify(cloud, "bench-chain", create_function(cloud, role, "reading", code))
    time.sleep(2)
    body, s3 = os.urandom(PHOTO_BYTES), cloud.client("s3")
    started = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        names = [f"photo-{number}" for number in range(count)]
        list(pool.map(lambda name: s3.put_object(Bucket="bench-chain", Key=name, Body=body), names))
    while (saved := dynamodb.scan(TableName="uploads", Select="COUNT")["Count"]) < count:
        if time.perf_counter() - started > GIVE_UP_SECONDS:
            break
        time.sleep(0.05)
    seconds = time.perf_counter() - started
    return {
        "seconds": seconds, "memory MB": cloud.measure_memory(), "saved": saved, "uploads": count,
    }  # fmt: skip


def _upload_and_wait(cloud: RunningCloud, name: str) -> float:
    body = json.dumps({"TableName": "uploads", "Key": {"id": {"S": name}}}).encode()
    headers = {
        "X-Amz-Target": "DynamoDB_20120810.GetItem",
        "Content-Type": "application/x-amz-json-1.0",
    }
    ask = sign_once(cloud, "dynamodb", "POST", "/", body, headers)
    connection = HTTPConnection("127.0.0.1", cloud.port, timeout=60)
    started = time.perf_counter()
    cloud.client("s3").put_object(Bucket="bench-direct", Key=name, Body=b"x" * PHOTO_BYTES)
    while b'"Item"' not in ask(connection)[1]:
        if time.perf_counter() - started > GIVE_UP_SECONDS:
            raise RuntimeError(f"{cloud.name} has not saved {name}")
        time.sleep(0.002)
    connection.close()
    return (time.perf_counter() - started) * 1000
