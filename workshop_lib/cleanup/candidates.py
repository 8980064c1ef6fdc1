"""Where to look for what an attendee has built: by names, and by tags.

Names that the contracts know are asked for exactly. A tag leads to what an experiment made, if its
name too can be this attendee's: a tag is soon copied, and must not lead to a neighbour's things.
Layers bear no tags; buckets have had other names once, and may have lost their tags. Of these all
are found whose names can be nobody else's.
"""

from __future__ import annotations

import re

from workshop_lib.aws import buckets, layers, logs, rest_apis, roles, tags
from workshop_lib.cloud import Cloud
from workshop_lib.naming import FUNCTIONS, LOG_GROUP_PREFIX, QUEUES, ROLE_PATH, Names

# What the ARN of a tagged thing says that it is, and by what it is asked for: a topic by its ARN,
# all others by name or id. An ARN that fits none (a stage, a mapping) goes with another thing.
ARN_PATTERNS = {
    "REST API": re.compile(r"arn:[^:]+:apigateway:[^:]+::/restapis/([^/]+)"),
    "bucket": re.compile(r"arn:[^:]+:s3:::([^/]+)"),
    "function": re.compile(r"arn:[^:]+:lambda:[^:]+:\d+:function:([^:]+)"),
    "log group": re.compile(r"arn:[^:]+:logs:[^:]+:\d+:log-group:([^:]+)(?::\*)?"),
    "queue": re.compile(r"arn:[^:]+:sqs:[^:]+:\d+:([^:]+)"),
    "table": re.compile(r"arn:[^:]+:dynamodb:[^:]+:\d+:table/([^/]+)"),
    "topic": re.compile(r"(arn:[^:]+:sns:[^:]+:\d+:[^:]+)"),
}


def find_candidates(cloud: Cloud, names: Names) -> dict[str, set[str]]:
    """Return where to look, by kind: names, for topics ARNs, for APIs ids.

    Whether an API found by its tag is the attendee's, its name must tell, which its ARN does not
    have.
    """
    wanted = _name_candidates(cloud, names)
    for arn in tags.find_tagged_arns(cloud.client("resourcegroupstaggingapi"), names.owner_tags):
        for kind, pattern in ARN_PATTERNS.items():
            found = pattern.fullmatch(arn)
            if found and (kind == "REST API" or names.may_own(_last_part(found[1]))):
                wanted[kind].add(found[1])
    wanted["role"] |= _find_tagged_roles(cloud, names)
    wanted["log group"] |= _find_made_log_groups(cloud, names)
    return wanted


def _name_candidates(cloud: Cloud, names: Names) -> dict[str, set[str]]:
    return {
        "REST API": set(rest_apis.list_api_ids(cloud.client("apigateway"), names.api)),
        # The list of buckets may lag behind one just made.
        "bucket": set(names.buckets),
        "function": {*(names.function(name) for name in FUNCTIONS), names.trial},
        "layer": _find_layers(cloud, names),
        "log group": {names.log_group(name) for name in FUNCTIONS},
        "queue": {names.queue(name) for name in QUEUES},
        "role": {names.role(name) for name in FUNCTIONS},
        "table": {names.table},
        "topic": {names.topic_arn},
    }


def _last_part(name: str) -> str:
    """Return the name in a topic's ARN or a log group's path; other names are whole."""
    return re.split("[:/]", name)[-1]


def _find_tagged_roles(cloud: Cloud, names: Names) -> set[str]:
    """Return the roles that bear the attendee's tag; the tagging API does not know roles."""
    iam = cloud.client("iam")
    own = [name for name in roles.list_roles(iam, ROLE_PATH) if names.may_own(name)]
    described = [roles.describe_role(iam, name) for name in own]
    return {role.name for role in described if role and role.tags.get("attendee") == names.attendee}


def find_buckets(cloud: Cloud, names: Names) -> set[str]:
    """Return the account's buckets that can only be hers, outside her own namespace too."""
    listed = buckets.list_buckets(cloud.client("s3"), f"{names.prefix}-")
    return {bucket for bucket in listed if names.must_own(bucket)}


def _find_layers(cloud: Cloud, names: Names) -> set[str]:
    """Return the layers that can only be hers; AWS takes no tags for layers."""
    return {name for name in layers.list_layers(cloud.client("lambda")) if names.must_own(name)}


def _find_made_log_groups(cloud: Cloud, names: Names) -> set[str]:
    """Return the log groups that Lambda made by itself, without tags, and that can only be hers."""
    beginning = f"{LOG_GROUP_PREFIX}{names.prefix}-"
    groups = logs.list_log_groups(cloud.client("logs"), beginning)
    return {group for group in groups if names.must_own(_last_part(group))}
