"""The limits of the account are told as Lambda tells them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from workshop_lib.local_cloud.lambda_runtime.pools import CONCURRENT_EXECUTIONS


def test_limits_are_those_that_hold_here(
    client: Callable[..., Any], make_function: Callable[..., str]
) -> None:
    """GetAccountSettings names the sizes that are refused above, and what reservations leave."""
    functions = client("lambda")
    before = functions.get_account_settings()
    name = make_function("def handler(event, context): pass\n")
    size = functions.get_function(FunctionName=name)["Configuration"]["CodeSize"]
    functions.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=2)
    after = functions.get_account_settings()

    assert (50 * 2**20, 250 * 2**20, CONCURRENT_EXECUTIONS) == tuple(
        before["AccountLimit"][limit]
        for limit in ("CodeSizeZipped", "CodeSizeUnzipped", "ConcurrentExecutions")
    )
    used, limit = "AccountUsage", "AccountLimit"
    unreserved = "UnreservedConcurrentExecutions"
    assert before[limit][unreserved] - 2 == after[limit][unreserved]
    assert before[used]["TotalCodeSize"] + size == after[used]["TotalCodeSize"]
    assert before[used]["FunctionCount"] + 1 == after[used]["FunctionCount"]


def test_layers_count_as_stored_code(
    client: Callable[..., Any], zip_files: Callable[..., bytes]
) -> None:
    """A layer's version is part of TotalCodeSize until it is deleted."""
    functions = client("lambda")
    before = functions.get_account_settings()["AccountUsage"]["TotalCodeSize"]
    content = {"ZipFile": zip_files({"python/a.py": "x = 1"})}
    layer = functions.publish_layer_version(LayerName="counted", Content=content)
    between = functions.get_account_settings()["AccountUsage"]["TotalCodeSize"]
    functions.delete_layer_version(LayerName="counted", VersionNumber=layer["Version"])
    after = functions.get_account_settings()["AccountUsage"]["TotalCodeSize"]

    assert [before + layer["Content"]["CodeSize"], before] == [between, after]
