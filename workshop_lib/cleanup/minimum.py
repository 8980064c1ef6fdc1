"""The least that should be done: nothing of the attendee's is open to strangers any more."""

from __future__ import annotations

from functools import partial

from workshop_lib.aws import buckets, rest_apis
from workshop_lib.cleanup.candidates import find_buckets
from workshop_lib.cleanup.removals import Removal
from workshop_lib.cloud import Cloud
from workshop_lib.naming import Names


def plan_minimum(cloud: Cloud, names: Names) -> list[Removal]:
    """Return what should not stay open to the world: the API's stages and public buckets."""
    return [*_find_stages(cloud, names), *_find_public_buckets(cloud, names)]


def _find_stages(cloud: Cloud, names: Names) -> list[Removal]:
    apigateway = cloud.client("apigateway")
    return [
        Removal(
            "stage",
            f"{stage.name} of the API {names.api}",
            details=", so that nobody reaches the functions by it",
            remove=partial(rest_apis.delete_stage, apigateway, api_id, stage.name),
        )
        for api_id in rest_apis.list_api_ids(apigateway, names.api)
        for stage in rest_apis.list_stages(apigateway, api_id)
    ]


def _find_public_buckets(cloud: Cloud, names: Names) -> list[Removal]:
    s3 = cloud.client("s3")
    return [
        Removal(
            "public access",
            f"to the bucket {bucket}",
            details="; its objects stay",
            remove=partial(buckets.close_public_access, s3, bucket),
        )
        for bucket in sorted({*names.buckets, *find_buckets(cloud, names)})
        if buckets.is_public(s3, bucket)
    ]
