"""Putting objects and items, and coming back after a crash with a thousand of each."""

from __future__ import annotations

import os
import time
from pathlib import Path

from tests.benchmarks.clouds import RunningCloud, start_workshop
from tests.benchmarks.figures import median
from tests.benchmarks.functions import create_table


def measure_puts(cloud: RunningCloud, objects: int = 60, items: int = 300) -> dict[str, float]:
    """Return how many objects of 1 MB and how many items are put per second, one by one."""
    s3, body = cloud.client("s3"), os.urandom(1_000_000)
    s3.create_bucket(Bucket="bench-puts")
    s3.put_object(Bucket="bench-puts", Key="first", Body=body)
    started = time.perf_counter()
    for number in range(objects):
        s3.put_object(Bucket="bench-puts", Key=f"object-{number}", Body=body)
    found = {"objects per second": objects / (time.perf_counter() - started)}
    dynamodb = create_table(cloud)
    put_item(cloud, "first")
    started = time.perf_counter()
    for number in range(items):
        put_item(cloud, f"item-{number}")
    found["items per second"] = items / (time.perf_counter() - started)
    dynamodb.delete_table(TableName="uploads")
    return found


def measure_recovery(folder: Path, count: int = 1000, times: int = 3) -> dict[str, float]:
    """Return the seconds to the first answer of a cloud that is new, and of one that was killed."""
    clean = []
    for number in range(times):
        cloud = start_workshop(folder / f"clean-{number}")
        clean.append(cloud.first_answer)
        cloud.stop()
    cloud = start_workshop(folder / "crashed")
    cloud.client("s3").create_bucket(Bucket="bench-recovery")
    create_table(cloud)
    for number in range(count):
        cloud.client("s3").put_object(Bucket="bench-recovery", Key=str(number), Body=b"x" * 5000)
        put_item(cloud, str(number))
    recovered = []
    for number in range(times):
        cloud.client("s3").put_object(Bucket="bench-recovery", Key=f"last-{number}", Body=b"x")
        cloud.kill()
        cloud = start_workshop(folder / "crashed")
        recovered.append(cloud.first_answer)
    cloud.stop()
    return {"clean s": median(clean), "recovered s": median(recovered), "worst s": max(recovered)}


def put_item(cloud: RunningCloud, name: str) -> None:
    """Put one item of some fifty bytes."""
    cloud.client("dynamodb").put_item(
        TableName="uploads", Item={"id": {"S": name}, "label": {"S": "a cat, asleep"}}
    )
