"""The measurements of ``make bench`` measure: each runs here with the smallest counts."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from tests.benchmarks import clouds, invocations, stores, uploads
from tests.benchmarks.rows import make_rows
from workshop_lib.local_cloud import launcher


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A cloud of ours, as the measurements see one."""
    home = tmp_path_factory.mktemp("benchmarks")
    running = launcher.ensure_running(home)
    yield clouds.RunningCloud(
        "workshop",
        running.port,
        SimpleNamespace(pid=running.pid),  # type: ignore[arg-type]
        running.access_key_id,
        running.secret_access_key,
    )
    launcher.stop(home)


def test_each_measurement_gives_its_figures(cloud: Any) -> None:
    """Invocations, uploads and puts are measured, and the table has a row for each."""
    invoked = invocations.measure_invocations(cloud, cold=1, warm=2, seconds=0.1)
    uploaded = uploads.measure_upload_to_item(cloud, 2)
    cloud.client("dynamodb").delete_table(TableName="uploads")
    put = stores.measure_puts(cloud, 1, 2)
    found = {
        "invocations": {"workshop": invoked, "ministack": invoked},
        "uploads": {"workshop": uploaded, "ministack": uploaded},
        "puts": {"workshop": put, "moto": put, "ministack": put},
    }
    rows = make_rows(found)

    assert all(figure > 0 for part in (invoked, uploaded, put) for figure in part.values())
    assert cloud.measure_memory() > 10
    assert {1.0} == {row.ratio for row in rows if "silent" not in row.what}
    assert {"warm invokes per second, 8 clients": True, "cold invoke, p50": False}.items() <= {
        row.what: row.is_met for row in rows
    }.items()


def test_who_is_given_up_counts_with_what_was_used_by_then() -> None:
    """The others' figures are a bound then, and say so; ours would be none."""
    done = {"seconds": 2.0, "memory MB": 200.0, "saved": 100, "uploads": 100}
    late = {"seconds": 180.0, "memory MB": 4000.0, "saved": 71, "uploads": 100}

    rows = make_rows({"chain": {"workshop": done, "ministack": late}})

    assert ["ministack, given up with 71 saved"] * 2 == [row.against for row in rows]
    assert [True, True] == [row.is_met for row in rows]
    assert [] == make_rows({"chain": {"workshop": late, "ministack": done}})
