"""The five functions' contracts: what each is given, and what each may do.

A contract grows with the lessons: ``reco-image`` knows no topic until lesson 4 has made one. The
policies name every resource that AWS lets a policy name.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from workshop_lib.aws.roles import (
    PolicyDocument,
    Statement,
    allow,
    policy_document,
    write_logs_statements,
)
from workshop_lib.naming import TABLE_INDEX, Names

LAST_LESSON = 8
URL_EXPIRES_SECONDS = 300
# Where presigned-url puts every upload, so that its role needs no other part of the bucket.
UPLOADS = "uploads/"


@dataclass(frozen=True)
class Site:
    """What a contract is worked out for: whose names, and from where browsers come."""

    names: Names
    website_origin: str


@dataclass(frozen=True)
class Variable:
    """An environment variable, and the lesson from which on a function has it."""

    name: str
    value: Callable[[Site], str]
    since: int = 1


@dataclass(frozen=True)
class Grant:
    """A statement of a role's policy, and the lesson from which on it is there."""

    statement: Callable[[Names], Statement]
    since: int = 1


@dataclass(frozen=True)
class FunctionContract:
    """One function: its source, its configuration, its rights.

    Args:
        name: one of :data:`workshop_lib.naming.FUNCTIONS`.
        folder: its folder in ``lambdas/``.
        lesson: the lesson that makes it.
        description: what people read in the console.
        variables: its environment.
        grants: what its role may do beside writing its log.
        layers: the names of its layers.
        memory: megabytes.
        timeout: seconds.
        asynchronous: called by events, so that failures need a queue.
    """

    name: str
    folder: str
    lesson: int
    description: str
    variables: tuple[Variable, ...]
    grants: tuple[Grant, ...]
    layers: tuple[str, ...] = ()
    memory: int = 512
    timeout: int = 30
    asynchronous: bool = False

    def environment(self, site: Site, lesson: int = LAST_LESSON) -> dict[str, str]:
        """Return the environment variables as of a lesson."""
        return {
            variable.name: variable.value(site)
            for variable in self.variables
            if variable.since <= lesson
        }

    def policy(self, names: Names, lesson: int = LAST_LESSON) -> PolicyDocument:
        """Return the policy of the function's role as of a lesson."""
        statements = [grant.statement(names) for grant in self.grants if grant.since <= lesson]
        if self.asynchronous:
            statements.append(allow("sqs:SendMessage", on=names.queue_arn("failed")))
        return policy_document(*statements, *write_logs_statements(names.log_group_arn(self.name)))


def _objects(bucket_arn: str, prefix: str = "") -> str:
    return f"{bucket_arn}/{prefix}*"


IMAGES_BUCKET = Variable("IMAGES_BUCKET", lambda site: site.names.images_bucket)
THUMBNAILS_BUCKET = Variable("THUMBNAILS_BUCKET", lambda site: site.names.thumbnails_bucket)
TABLE_NAME = Variable("TABLE_NAME", lambda site: site.names.table)
ALLOWED_ORIGIN = Variable("ALLOWED_ORIGIN", lambda site: site.website_origin)
EXPIRES = Variable("URL_EXPIRES_SECONDS", lambda _: str(URL_EXPIRES_SECONDS))
TOPIC_ARN = Variable("TOPIC_ARN", lambda site: site.names.topic_arn, since=4)

READ_IMAGES = Grant(
    lambda names: allow("s3:GetObject", on=_objects(names.bucket_arn(names.images_bucket), UPLOADS))
)

_CONTRACTS = (
    FunctionContract(
        name="presigned-url",
        folder="presigned_url",
        lesson=2,
        description="Answers GET /upload with a presigned URL for one picture.",
        memory=256,
        timeout=10,
        variables=(IMAGES_BUCKET, EXPIRES, ALLOWED_ORIGIN),
        grants=(
            # Signing needs no permission: S3 asks for it when the URL is used.
            Grant(
                lambda names: allow(
                    "s3:PutObject", on=_objects(names.bucket_arn(names.images_bucket), UPLOADS)
                )
            ),
        ),
    ),
    FunctionContract(
        name="reco-image",
        folder="reco_image",
        lesson=3,
        description="Recognises an uploaded picture and publishes the result.",
        variables=(TOPIC_ARN,),
        grants=(
            READ_IMAGES,
            Grant(lambda names: allow("sns:Publish", on=names.topic_arn), since=4),
        ),
        layers=("recogniser",),
        memory=1024,
        asynchronous=True,
    ),
    FunctionContract(
        name="db-save",
        folder="db_save",
        lesson=5,
        description="Saves each recognition result",
        variables=(TABLE_NAME,),
        grants=(Grant(lambda names: allow("dynamodb:PutItem", on=names.table_arn)),),
        asynchronous=True,
    ),
    FunctionContract(
        name="db-list",
        folder="db_list",
        lesson=6,
        description="Lists recognition results, newest first",
        variables=(TABLE_NAME, IMAGES_BUCKET, EXPIRES, ALLOWED_ORIGIN),
        grants=(
            Grant(
                lambda names: allow("dynamodb:Query", on=f"{names.table_arn}/index/{TABLE_INDEX}")
            ),
            READ_IMAGES,
        ),
    ),
    FunctionContract(
        name="thumbnail-gen",
        folder="thumbnail_gen",
        lesson=7,
        description="Makes a thumbnail of each picture",
        variables=(IMAGES_BUCKET, THUMBNAILS_BUCKET),
        grants=(
            READ_IMAGES,
            Grant(
                lambda names: allow(
                    "s3:PutObject", on=_objects(names.bucket_arn(names.thumbnails_bucket))
                )
            ),
        ),
        layers=("pillow",),
        asynchronous=True,
    ),
)

FUNCTION_CONTRACTS = {contract.name: contract for contract in _CONTRACTS}
