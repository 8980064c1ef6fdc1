"""Every acknowledged change survives the process, however it ends."""

from __future__ import annotations

import json
import os
import random
import time
from typing import Any

import pytest

from tests.local_cloud.durability.conftest import Home
from tests.local_cloud.durability.inventories import take_apis, take_inventory
from tests.local_cloud.durability.loads import (
    SERVICES,
    Load,
    Promises,
    build,
    check,
    check_messages,
)

posix_only = pytest.mark.skipif(os.name != "posix", reason="SIGKILL")


def kill_under_load(home: Home, rounds: int, seed: int) -> Promises:
    """Kill a cloud again and again while four threads change it, and compare each time."""
    client = home.clients()
    build(client)
    # The cloud comes back at the same address, so the same clients do.
    made = {service: client(service) for service in SERVICES}
    promises, chance = Promises(), random.Random(seed)
    for number in range(rounds):
        load = Load(made, promises, seed + number)
        load.start()
        load.wait(chance.randrange(5, 120))
        time.sleep(chance.uniform(0, 0.1))
        home.kill()
        load.stop()
        recovery = home.recover()
        assert ("", "") == (recovery["set_aside"], recovery["reason"])
        check(made, promises)
    check_messages(made, promises)
    return promises


@posix_only
def test_nothing_that_was_acknowledged_is_lost(home: Home) -> None:
    """Killed at random under load, the cloud holds all it answered for, and delivers its events."""
    seed = random.SystemRandom().randrange(1_000_000)
    print(f"seed {seed}")  # noqa: T201 - shown where the test fails
    promises = kill_under_load(home, rounds=3, seed=seed)
    assert len(promises.versions) > 4
    assert len(promises.messages) > 4


@posix_only
@pytest.mark.long
@pytest.mark.timeout(900)
def test_nothing_is_lost_in_many_crashes(home: Home) -> None:
    """So it is forty times."""
    kill_under_load(home, rounds=40, seed=20261126)
    stored = sum(file.stat().st_size for file in home.state.rglob("*") if file.is_file())
    assert stored < 512 * 1024 * 1024


def test_stopping_and_starting_changes_nothing(home: Home) -> None:
    """After stop and start everything is as it was, and nothing had to be carried out again."""
    client = home.clients()
    build(client)
    client("iam").create_user(UserName="someone")
    key = client("iam").create_access_key(UserName="someone")["AccessKey"]
    client("s3").put_object(Bucket="crash-bucket", Key="large", Body=b"x" * 100_000)
    client("s3").delete_object(Bucket="crash-bucket", Key="large")
    before = take_inventory(client)
    home.stop()
    recovery = home.recover()
    after = take_inventory(home.clients())

    assert 0 == recovery["changes"]
    assert {"bucket": 1, "table": 1, "function": 1}.items() <= recovery["holdings"].items()
    assert before == after
    # The user's secret works still: she may do nothing, and that is what she is told.
    s3 = home.clients()(
        "s3",
        aws_access_key_id=key["AccessKeyId"],
        aws_secret_access_key=key["SecretAccessKey"],
    )
    with pytest.raises(s3.exceptions.ClientError, match="AccessDenied"):
        s3.list_buckets()


@posix_only
def test_an_api_and_its_stage_survive(home: Home) -> None:
    """A deployed API answers at the same address after a crash, as it was deployed."""
    import httpx

    gateway = home.clients()("apigateway")
    api = gateway.create_rest_api(name="crash")["id"]
    root = gateway.get_resources(restApiId=api)["items"][0]["id"]
    place = {"restApiId": api, "resourceId": root, "httpMethod": "GET"}
    gateway.put_method(**place, authorizationType="NONE")
    gateway.put_integration(
        **place, type="MOCK", requestTemplates={"application/json": json.dumps({"statusCode": 200})}
    )
    gateway.put_method_response(**place, statusCode="200")
    gateway.put_integration_response(
        **place, statusCode="200", responseTemplates={"application/json": '"deployed"'}
    )
    gateway.create_deployment(restApiId=api, stageName="dev")
    # What is changed and not deployed is not served.
    gateway.put_integration_response(
        **place, statusCode="200", responseTemplates={"application/json": '"later"'}
    )
    url = f"{home.start().endpoint_url}/_execute-api/{api}/dev/"

    def ask() -> tuple[str, Any]:
        return httpx.get(url, timeout=60, trust_env=False).text, take_apis(home.clients())

    before = ask()
    home.kill()
    home.recover()
    after_crash = ask()
    home.stop()
    home.recover()
    after_stop = ask()

    assert '"deployed"' == before[0]
    assert before == after_crash
    assert before == after_stop
