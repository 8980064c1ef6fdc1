"""``make bench``: measure, print the table, write ``build/bench.json``.

Everything is measured in this one run, one cloud at a time, so that the ratios hold on any machine.
"""

from __future__ import annotations

import argparse
import json
import platform
import shutil
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil
from rich.console import Console
from rich.table import Table

from tests.benchmarks import environments, floors, invocations, notebooks, photos, stores, uploads
from tests.benchmarks.clouds import RunningCloud, start_ministack, start_moto, start_workshop
from tests.benchmarks.rows import make_rows

Start = Callable[[Path], RunningCloud]
STARTS: dict[str, Start] = {
    "workshop": start_workshop,
    "ministack": start_ministack,
    "ministack with auth": lambda home: start_ministack(home, auth=True),
    "moto": start_moto,
}
# moto runs functions in Docker only, so there is nothing to compare in it.
RUN_FUNCTIONS = ("workshop", "ministack", "ministack with auth")
IDLE_SECONDS = 5.0
STARTED_TIMES = 5
PARTS = ("starts", "invocations", "uploads", "chain", "puts", "recovery", "photos", "notebooks")


class Bench:
    """One run of all measurements.

    Args:
        folder: for the clouds' homes; removed after.
        quick: measure a little of everything, to see that it can be measured.
    """

    def __init__(self, folder: Path, *, quick: bool) -> None:
        self.folder = folder
        self.quick = quick
        self.found: dict[str, Any] = {}

    def measure(self, part: str) -> None:
        """Measure one part, in each cloud that has it."""
        getattr(self, f"_measure_{part}")()

    def _in_each(
        self, part: str, names: tuple[str, ...], measure: Callable[[RunningCloud], dict[str, float]]
    ) -> None:
        for name in names:
            print(f"{part}: {name} …", flush=True)
            cloud = STARTS[name](self._home())
            try:
                # Until what it prepares in the background is there.
                time.sleep(1 if self.quick else IDLE_SECONDS)
                self.found.setdefault(part, {})[name] = measure(cloud)
            except Exception as error:  # noqa: BLE001 - what one cannot do is a result too
                print(f"{part}: {name}: {error}", flush=True)
                self.found.setdefault(part, {})[name] = {}
            finally:
                cloud.kill()

    def _measure_floors(self) -> None:
        self.found["floors"] = floors.measure_floors(3 if self.quick else 9)

    def _measure_starts(self) -> None:
        for name in STARTS:
            print(f"starts: {name} …", flush=True)
            seconds, memory = [], []
            for _ in range(1 if self.quick else STARTED_TIMES):
                cloud = STARTS[name](self._home())
                seconds.append(cloud.first_answer)
                time.sleep(0 if self.quick else IDLE_SECONDS)
                memory.append(cloud.measure_memory())
                cloud.kill()
            found = {"first answer s": sorted(seconds)[len(seconds) // 2], "idle MB": min(memory)}
            self.found.setdefault("starts", {})[name] = found

    def _measure_invocations(self) -> None:
        counts = {"cold": 2, "warm": 5, "seconds": 0.2} if self.quick else {}
        self._in_each(
            "invocations", RUN_FUNCTIONS,
            lambda cloud: invocations.measure_invocations(cloud, **counts),
        )  # fmt: skip

    def _measure_uploads(self) -> None:
        count = 3 if self.quick else 40
        self._in_each(
            "uploads", RUN_FUNCTIONS, lambda cloud: uploads.measure_upload_to_item(cloud, count)
        )

    def _measure_chain(self) -> None:
        count = 4 if self.quick else 100
        self._in_each(
            "chain", ("workshop", "ministack"), lambda cloud: uploads.measure_chain(cloud, count)
        )  # fmt: skip

    def _measure_puts(self) -> None:
        counts = (2, 5) if self.quick else (60, 300)
        self._in_each("puts", tuple(STARTS), lambda cloud: stores.measure_puts(cloud, *counts))

    def _measure_recovery(self) -> None:
        print("recovery …", flush=True)
        counts = (20, 1) if self.quick else (1000, 3)
        self.found["recovery"] = stores.measure_recovery(self._home(), *counts)

    def _measure_photos(self) -> None:
        print("photos …", flush=True)
        self.found["photos"] = photos.measure_photos(self._home(), 2 if self.quick else 100)

    def _measure_notebooks(self) -> None:
        print("notebooks …", flush=True)
        self.found["notebooks"] = notebooks.measure_notebooks(self._home(), 1 if self.quick else 8)

    def _home(self) -> Path:
        return Path(tempfile.mkdtemp(dir=self.folder))


def main() -> None:
    """Measure what is asked for, by default everything."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[[], *PARTS], help="by default all")
    parser.add_argument("--quick", action="store_true", help="a little of everything")
    parser.add_argument("--output", type=Path, default=environments.ROOT / "build" / "bench.json")
    wanted = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="bench-"))
    bench = Bench(folder, quick=wanted.quick)
    try:
        for part in ("floors", *(wanted.parts or PARTS)):
            bench.measure(part)
            # What is measured is kept, should a later part fail or be ended.
            _write(bench.found, wanted.output)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    _print(make_rows(bench.found), describe_machine(), wanted.output)


def _write(found: dict[str, Any], output: Path) -> None:
    rows = [row.as_json() for row in make_rows(found)]
    output.parent.mkdir(parents=True, exist_ok=True)
    document = {"machine": describe_machine(), "rows": rows, "found": found}
    output.write_text(json.dumps(document, indent=1))


def describe_machine() -> dict[str, Any]:
    """Return what the figures were taken on, and with."""
    processor = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.processor(),
    ) if Path("/proc/cpuinfo").exists() else platform.processor()  # fmt: skip
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "system": platform.platform(),
        "processor": processor,
        "processors": psutil.cpu_count(),
        "load": psutil.getloadavg()[0],
        "python": platform.python_version(),
        "ministack": _version("ministack", "ministack"),
        "moto": _version("moto", "moto"),
    }


def _version(environment: str, package: str) -> str:
    return environments.find_version(environments.ensure_environment(environment), package)


def _print(rows: list[Any], machine: dict[str, Any], output: Path) -> None:
    table = Table(title=f"{machine['date']}, {machine['processors']} × {machine['processor']}")
    for name in ("", "ours", "against", "ratio", "target", "met"):
        table.add_column(name, justify="left" if name in ("", "against") else "right")
    for row in rows:
        table.add_row(*row.as_cells())
    console = Console()
    console.print(table)
    console.print(f"Written to {output}; the machine's load was {machine['load']:.1f}.")


if __name__ == "__main__":
    main()
