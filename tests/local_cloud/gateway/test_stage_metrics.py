"""What CloudWatch tells of an API's stages."""

from __future__ import annotations

from datetime import timedelta

import pytest
from moto.cloudwatch.models import cloudwatch_backends
from moto.core.utils import utcnow

from tests.local_cloud.gateway.conftest import ACCOUNT, AWS_REGION
from workshop_lib.local_cloud.gateway.stage_records import keep_counts
from workshop_lib.local_cloud.moto_hooks import load_service


def sum_metric(name, **dimensions):
    load_service("cloudwatch")
    found = cloudwatch_backends[ACCOUNT][AWS_REGION].get_metric_statistics(
        "AWS/ApiGateway",
        name,
        utcnow() - timedelta(hours=1),
        utcnow() + timedelta(seconds=1),
        86_400,
        ["Sum"],
        [{"Name": key, "Value": value} for key, value in dimensions.items()],
    )
    return sum(statistics.sum for statistics in found)


@pytest.fixture
def deployed(api):
    """An API with one route; its name."""
    api.mock("/hello")
    api.deploy()
    return api.client.get_rest_api(restApiId=api.id)["name"]


def test_every_request_to_a_stage_is_counted(api, deployed):
    """Count has all of them, 4XXError those that were refused; by the API's name and by stage."""
    for path in ("/hello", "/hello", "/nowhere"):
        api.call(path)

    assert 3 == sum_metric("Count", ApiName=deployed)
    assert 3 == sum_metric("Count", ApiName=deployed, Stage="dev")
    assert 0 == sum_metric("Count", ApiName=deployed, Stage="prod")
    assert 1 == sum_metric("4XXError", ApiName=deployed)
    assert 0 == sum_metric("5XXError", ApiName=deployed)


def test_what_is_kept_is_told_once(api, deployed):
    """Before and after it is kept the sum is the same, and what comes later adds to it."""
    api.call("/hello")
    keep_counts()
    assert 1 == sum_metric("Count", ApiName=deployed)

    keep_counts()
    api.call("/hello")

    assert 2 == sum_metric("Count", ApiName=deployed)
