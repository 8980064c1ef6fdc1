"""Finding resources by their tags, across services.

The Resource Groups Tagging API answers for the services below; IAM roles and Lambda layers are not
among what it finds. It remembers things for a while after they are gone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def find_tagged_arns(tagging: Any, wanted: Mapping[str, str]) -> list[str]:
    """Return the ARNs of the Region's resources that bear all of these tags."""
    return list(list_tagged(tagging, wanted))


def list_tagged(tagging: Any, wanted: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Return all tags, by ARN, of the Region's resources that bear all of these."""
    filters = [{"Key": key, "Values": [value]} for key, value in wanted.items()]
    pages = tagging.get_paginator("get_resources").paginate(TagFilters=filters)
    return {
        resource["ResourceARN"]: {tag["Key"]: tag["Value"] for tag in resource["Tags"]}
        for page in pages
        for resource in page["ResourceTagMappingList"]
    }
