"""A hundred photos through the application, beside the recognition alone.

Run by the workshop's environment, ``python -m tests.benchmarks.photos application|alone COUNT``; it
prints one line of JSON. Both halves recognise the same photo with the same layer's code.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from tests.benchmarks.environments import ROOT, ensure_environment, find_weights

PHOTO = ROOT / "notebooks" / "pictures" / "cat.jpg"
LAYER = ROOT / "lambdas" / "layers" / "recogniser"
GIVE_UP_SECONDS = 300.0


def measure_photos(home: Path, count: int = 100) -> dict[str, float]:
    """Return the seconds of both halves, and the milliseconds of one recognition."""
    whole = _run("application", count, home)
    alone = _run("alone", count, home)
    return {
        "application s": whole["seconds"],
        "recognition alone s": alone["seconds"],
        "one recognition ms": alone["seconds"] * 1000 / count,
    }


def _run(half: str, count: int, home: Path) -> dict[str, float]:
    command = [str(ensure_environment("workshop")), "-m", "tests.benchmarks.photos", half]
    variables = {"WORKSHOP_HOME": str(home), "WORKSHOP_ATTENDEE": "bench"}
    done = subprocess.run(
        [*command, str(count)], check=True, cwd=ROOT, env=os.environ | variables,
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def send_through_application(count: int) -> float:
    """Upload the photos and wait until each is in the table and has its thumbnail."""
    from workshop_lib.background_applications import BackgroundApplication
    from workshop_lib.local_cloud import launcher
    from workshop_lib.workshop import open_lesson

    content = PHOTO.read_bytes()
    photos = [SimpleNamespace(name=f"{number}.jpg", content=content) for number in range(count)]
    try:
        lesson: Any = open_lesson(8)
        lesson.catch_up(say=lambda text: print(text, file=sys.stderr))
        lesson.lesson.build(lesson)
        application = BackgroundApplication(lesson.cloud, lesson.names)
        started = time.perf_counter()
        with ThreadPoolExecutor(4) as pool:
            keys = set(pool.map(application.upload, photos))
        _wait_for(lesson, keys)
        return time.perf_counter() - started
    finally:
        launcher.stop(Path(os.environ["WORKSHOP_HOME"]) / "cloud")


def _wait_for(lesson: Any, keys: set[str]) -> None:
    deadline = time.monotonic() + GIVE_UP_SECONDS
    while missing := keys - _find_finished(lesson, len(keys)):
        if time.monotonic() > deadline:
            raise RuntimeError(f"{len(missing)} photos have not arrived")
        # Rarely: to list a hundred items is work for the cloud, too.
        time.sleep(0.25)


def _find_finished(lesson: Any, count: int) -> set[str]:
    """Return the keys of photos that are in the table and have a thumbnail, by two calls."""
    from workshop_lib.aws.tables import list_newest_items

    items = list_newest_items(lesson.client("dynamodb"), lesson.names.table, limit=count)
    bucket = lesson.names.thumbnails_bucket
    thumbnails = lesson.client("s3").list_objects_v2(Bucket=bucket).get("Contents", [])
    return {item["name"] for item in items} & {found["Key"] for found in thumbnails}


def recognise_alone(count: int) -> float:
    """Recognise the photos in this bare process, with the layer as it is packed."""
    folder = Path(os.environ["WORKSHOP_HOME"]) / "layer"
    shutil.copytree(LAYER, folder)
    weights = find_weights(Path(os.environ["WORKSHOP_HOME"]))
    if weights is not None:
        shutil.copy(weights, folder / "recogniser")
    sys.path.insert(0, str(folder))
    from recogniser import recognise  # type: ignore[import-not-found]

    content = PHOTO.read_bytes()
    recognise(content)
    started = time.perf_counter()
    for _ in range(count):
        recognise(content)
    return time.perf_counter() - started


if __name__ == "__main__":
    model = find_weights(Path(os.environ["WORKSHOP_HOME"]))
    if model:
        os.environ["WORKSHOP_MODEL"] = str(model.parent)
    half = send_through_application if sys.argv[1] == "application" else recognise_alone
    print(json.dumps({"seconds": half(int(sys.argv[2]))}))
