"""What an attendee may do in a shared account: build her own application, and nothing else.

Resources are named wherever IAM lets a policy name them. Bucket and layer names are exact; other
names end in ``*``, because lessons make a thing or two for an experiment. What such a pattern or a
random API id would let through is stopped by tags: nobody touches what is tagged as another's.

Sources: Service Authorization Reference, by service; IAM user guide, "Permissions boundaries".
"""

from __future__ import annotations

from collections.abc import Sequence

from workshop_lib.aws.roles import PolicyDocument, Statement, allow, policy_document
from workshop_lib.naming import Names
from workshop_lib.policies.boundaries import DETECT_LABELS

# Stands for the id in a policy for all: the tag `attendee` of the user or role who asks.
ANY_ATTENDEE = "${aws:PrincipalTag/attendee}"

BUCKET_ACTIONS = (
    "s3:CreateBucket", "s3:DeleteBucket", "s3:ListBucket", "s3:ListBucketVersions",
    "s3:ListBucketMultipartUploads",
    "s3:GetBucketOwnershipControls", "s3:PutBucketOwnershipControls",
    "s3:GetBucketVersioning", "s3:PutBucketVersioning",
    "s3:GetBucketNotification", "s3:PutBucketNotification",
    "s3:GetBucketCORS", "s3:PutBucketCORS",
    "s3:GetBucketPolicy", "s3:PutBucketPolicy", "s3:DeleteBucketPolicy",
    "s3:GetBucketPublicAccessBlock", "s3:PutBucketPublicAccessBlock",
    "s3:PutBucketWebsite",
    "s3:GetEncryptionConfiguration", "s3:GetBucketTagging", "s3:PutBucketTagging",
)  # fmt: skip
OBJECT_ACTIONS = (
    "s3:GetObject", "s3:GetObjectVersion", "s3:PutObject", "s3:DeleteObject",
    "s3:DeleteObjectVersion", "s3:AbortMultipartUpload",
)  # fmt: skip
FUNCTION_ACTIONS = (
    "lambda:CreateFunction", "lambda:DeleteFunction", "lambda:GetFunction",
    "lambda:GetFunctionConfiguration", "lambda:ListVersionsByFunction", "lambda:UpdateFunctionCode",
    "lambda:UpdateFunctionConfiguration", "lambda:InvokeFunction", "lambda:AddPermission",
    "lambda:RemovePermission", "lambda:GetPolicy", "lambda:PutFunctionEventInvokeConfig",
    "lambda:GetFunctionEventInvokeConfig", "lambda:GetFunctionRecursionConfig",
    "lambda:TagResource",
)  # fmt: skip
LAYER_ACTIONS = (
    "lambda:PublishLayerVersion", "lambda:GetLayerVersion", "lambda:DeleteLayerVersion",
)  # fmt: skip
TOPIC_ACTIONS = (
    "sns:CreateTopic", "sns:DeleteTopic", "sns:GetTopicAttributes", "sns:SetTopicAttributes",
    "sns:Subscribe", "sns:Publish", "sns:ListSubscriptionsByTopic", "sns:ListTagsForResource",
    "sns:TagResource",
)  # fmt: skip
QUEUE_ACTIONS = (
    "sqs:CreateQueue", "sqs:DeleteQueue", "sqs:GetQueueUrl", "sqs:GetQueueAttributes",
    "sqs:SetQueueAttributes", "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ListQueueTags",
    "sqs:TagQueue",
)  # fmt: skip
TABLE_ACTIONS = (
    "dynamodb:CreateTable", "dynamodb:DeleteTable", "dynamodb:DescribeTable",
    "dynamodb:PutItem", "dynamodb:GetItem", "dynamodb:DeleteItem", "dynamodb:ConditionCheckItem",
    "dynamodb:Scan",
    "dynamodb:ListTagsOfResource", "dynamodb:TagResource",
)  # fmt: skip
LOG_ACTIONS = (
    "logs:CreateLogGroup", "logs:DeleteLogGroup", "logs:PutRetentionPolicy",
    "logs:FilterLogEvents", "logs:ListTagsForResource", "logs:TagResource",
)  # fmt: skip
# What no policy can narrow: AWS knows no resource for these actions.
UNNAMED_ACTIONS = (
    "cloudwatch:GetMetricStatistics",
    "iam:ListRoles", "lambda:ListEventSourceMappings", "lambda:ListLayers",
    "lambda:ListLayerVersions",
    "logs:DescribeLogGroups", "s3:ListAllMyBuckets",
    "sns:GetSubscriptionAttributes", "sns:SetSubscriptionAttributes", "sns:Unsubscribe",
    "tag:GetResources",
)  # fmt: skip
ROLE_ACTIONS = (
    "iam:GetRole", "iam:DeleteRole", "iam:UpdateAssumeRolePolicy", "iam:GetRolePolicy",
    "iam:ListRolePolicies", "iam:ListAttachedRolePolicies", "iam:TagRole",
)  # fmt: skip
BOUNDED_ROLE_ACTIONS = ("iam:CreateRole", "iam:PutRolePolicy", "iam:DeleteRolePolicy")
API_VERBS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def attendee_policy(
    names: Names,
    boundary_arn: str,
    *,
    with_rekognition: bool = False,
    shared_layers: Sequence[str] = (),
) -> PolicyDocument:
    """Return what an attendee may do.

    Args:
        names: the attendee's; with :data:`ANY_ATTENDEE` as the id, the policy fits everyone whose
            user or role is tagged ``attendee``.
        boundary_arn: the permissions boundary that every role must carry.
        with_rekognition: also allow lesson 3's aside on Amazon Rekognition.
        shared_layers: ARNs of layer versions that were published for all.
    """
    unnamed = (*UNNAMED_ACTIONS, DETECT_LABELS) if with_rekognition else UNNAMED_ACTIONS
    shared = [_named("SharedLayers", allow("lambda:GetLayerVersion", on=shared_layers))]
    buckets = [names.bucket_arn(bucket) for bucket in names.buckets]
    return policy_document(
        _named("Buckets", allow(*BUCKET_ACTIONS, on=buckets)),
        _named("Objects", allow(*OBJECT_ACTIONS, on=[f"{bucket}/*" for bucket in buckets])),
        _named("Functions", allow(*FUNCTION_ACTIONS, on=names.every_function_arn)),
        _named("Layers", allow(*LAYER_ACTIONS, on=names.layer_arns)),
        *(shared if shared_layers else []),
        _named("Topics", allow(*TOPIC_ACTIONS, on=names.topic_arn)),
        _named("Queues", allow(*QUEUE_ACTIONS, on=names.queue_arns)),
        _named("Tables", allow(*TABLE_ACTIONS, on=names.table_arn)),
        _named("Indexes", allow("dynamodb:Query", on=names.index_arn)),
        _named("Apis", _allow_apis(names.region)),
        _named("Logs", allow(*LOG_ACTIONS, on=f"{names.every_log_group_arn}:*")),
        _named("Unnamed", allow(*unnamed, on="*")),
        *_role_statements(names, boundary_arn),
        _deny_what_is_anothers(names),
    )


def _allow_apis(region: str) -> Statement:
    root = f"arn:aws:apigateway:{region}::"
    actions = [f"apigateway:{verb}" for verb in API_VERBS]
    return allow(*actions, on=[f"{root}/restapis", f"{root}/restapis/*", f"{root}/tags/*"])


def _role_statements(names: Names, boundary_arn: str) -> tuple[Statement, ...]:
    own = names.every_role_arn
    bounded = {"StringEquals": {"iam:PermissionsBoundary": boundary_arn}}
    to_lambda = {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}
    return (
        _named("RolesUnderBoundary", allow(*BOUNDED_ROLE_ACTIONS, on=own, when=bounded)),
        _named("Roles", allow(*ROLE_ACTIONS, on=[own, names.every_missing_role_arn])),
        _named("PassToLambda", allow("iam:PassRole", on=own, when=to_lambda)),
    )


def _deny_what_is_anothers(names: Names) -> Statement:
    """Keep ``ann`` from what ``ann-b`` has tagged, though its names begin the same."""
    return {
        "Sid": "NeverAnothers",
        "Effect": "Deny",
        "Action": "*",
        "Resource": "*",
        "Condition": {
            "StringNotEquals": {"aws:ResourceTag/attendee": names.attendee},
            "Null": {"aws:ResourceTag/attendee": "false"},
        },
    }


def _named(sid: str, statement: Statement) -> Statement:
    return {"Sid": sid, **statement}
