"""Every name and ARN of the workshop, from one attendee id.

Nothing else in the project builds a name. Names are exact: clean-up asks for these, never for a
prefix, so that ``anna`` never meets ``anna-b``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

PREFIX = "awstack-"
FUNCTIONS = ("presigned-url", "reco-image", "db-save", "db-list", "thumbnail-gen")
LAYERS = ("recogniser", "pillow")
QUEUES = ("failed", "reader")
BUCKETS = ("images", "thumbnails", "website", "artifacts")
API = "reco-image"
RESULTS = "reco-results"
# The function that lessons make to try something, and delete in the same cell.
TRIAL = "try"
# What every name of the contracts ends with. None ends with a hyphen and another, so a name tells
# whose it is, whatever hyphens an id has.
STEMS = frozenset({*FUNCTIONS, *LAYERS, *QUEUES, *BUCKETS, API, RESULTS, TRIAL})

API_STAGE = "dev"
ROLE_PATH = "/workshop/"
LOG_GROUP_PREFIX = "/aws/lambda/"
TABLE_INDEX = "by-time"
BOUNDARY_NAME = "awstack-functions-boundary"
# Whose the layers are that an instructor publishes for all; the settings take no such id.
CLASS_ID = "class"
WORKSHOP_TAG = "awstack-serverless"
EXPIRY_TAG = "expires"

# Everywhere else S3 keeps a part of all bucket names for each account and Region, in which nobody
# else can take a name: Amazon S3 user guide, "Namespaces for general purpose buckets".
REGIONS_WITHOUT_BUCKET_NAMESPACES = frozenset({"me-south-1", "me-central-1"})
ACCOUNT_REGIONAL_NAME = re.compile(r".+-\d{12}-[a-z]{2}(-[a-z]+)+-\d-an")
LONGEST_BUCKET_NAME = 63  # characters; S3's limit


@dataclass(frozen=True)
class Names:
    """The names of one attendee's resources in one account and Region."""

    attendee: str
    account_id: str
    region: str

    @property
    def prefix(self) -> str:
        """What every name of this attendee begins with."""
        return f"{PREFIX}{self.attendee}"

    @property
    def owner_tags(self) -> dict[str, str]:
        """The tags by which everything of this attendee is found."""
        return {"workshop": WORKSHOP_TAG, "attendee": self.attendee}

    def tags(self, lesson: str, expires: date | None = None) -> dict[str, str]:
        """Return the tags of a resource that the lesson of this stem creates.

        What has stood longer than ``expires`` is no longer needed. What stands keeps its day when
        it is used again; whoever makes anything later is needed until that one's day.
        """
        dated = {EXPIRY_TAG: expires.isoformat()} if expires else {}
        return {**self.owner_tags, "lesson": lesson, **dated}

    # Whose a name is ---------------------------------------------------------------------

    def may_own(self, name: str) -> bool:
        """Tell whether a thing of this name can be this attendee's.

        ``awstack-ann-b-images`` cannot be ``ann``'s, because it is ``ann-b``'s by contract;
        ``awstack-ann-b-experiment`` can, and its tag must tell.
        """
        owner = find_attendee(name.removesuffix(self.bucket_suffix))
        return self._find_rest(name) is not None and owner in (None, self.attendee)

    def must_own(self, name: str) -> bool:
        """Tell whether a thing of this name can be nobody's but this attendee's.

        ``awstack-ann-b-notes`` may be ``ann-b``'s notes or ``ann``'s ``b-notes``: nobody must own
        it.
        """
        rest = self._find_rest(name)
        return rest is not None and (rest in STEMS or "-" not in f"{self.attendee}{rest}")

    def _find_rest(self, name: str) -> str | None:
        bare = name.removesuffix(self.bucket_suffix)
        rest = bare.removeprefix(f"{self.prefix}-")
        return rest if rest and rest != bare else None

    # Names -------------------------------------------------------------------------------

    @property
    def images_bucket(self) -> str:
        """Where pictures are uploaded: lesson 1."""
        return self._bucket("images")

    @property
    def thumbnails_bucket(self) -> str:
        """Where thumbnails are kept: lesson 7."""
        return self._bucket("thumbnails")

    @property
    def website_bucket(self) -> str:
        """Where the dashboard lives: lesson 8."""
        return self._bucket("website")

    @property
    def artifacts_bucket(self) -> str:
        """Where layers over 50 MB pass through on their way to Lambda: lesson 3."""
        return self._bucket("artifacts")

    @property
    def buckets(self) -> tuple[str, ...]:
        """Every bucket's name."""
        return tuple(self._bucket(name) for name in BUCKETS)

    @property
    def bucket_suffix(self) -> str:
        """What puts a bucket's name into the account's own namespace; "" where there is none."""
        return _bucket_suffix(self.account_id, self.region)

    def _bucket(self, name: str) -> str:
        return f"{self.prefix}-{name}{self.bucket_suffix}"

    def function(self, name: str) -> str:
        """Return the name of one of :data:`FUNCTIONS`; its role has the same name."""
        return f"{self.prefix}-{_known(name, FUNCTIONS)}"

    def role(self, name: str) -> str:
        """Return the name of a function's role."""
        return self.function(name)

    def layer(self, name: str) -> str:
        """Return the name of one of :data:`LAYERS`."""
        return f"{self.prefix}-{_known(name, LAYERS)}"

    def queue(self, name: str) -> str:
        """Return the name of one of :data:`QUEUES`."""
        return f"{self.prefix}-{_known(name, QUEUES)}"

    @property
    def api(self) -> str:
        """The REST API's name; its id is AWS's to choose."""
        return f"{self.prefix}-{API}"

    @property
    def api_stage(self) -> str:
        """The stage that the lessons deploy to."""
        return API_STAGE

    @property
    def topic(self) -> str:
        """The topic that recognition results are published to."""
        return f"{self.prefix}-{RESULTS}"

    @property
    def table(self) -> str:
        """The table that recognition results are kept in."""
        return f"{self.prefix}-{RESULTS}"

    def log_group(self, name: str) -> str:
        """Return the log group of one of :data:`FUNCTIONS`."""
        return f"{LOG_GROUP_PREFIX}{self.function(name)}"

    @property
    def trial(self) -> str:
        """The function that lessons make to try something."""
        return f"{self.prefix}-{TRIAL}"

    # ARNs --------------------------------------------------------------------------------

    def bucket_arn(self, bucket: str) -> str:
        """Return the ARN of a bucket, given its full name."""
        return f"arn:aws:s3:::{bucket}"

    def function_arn(self, name: str) -> str:
        """Return the ARN of one of :data:`FUNCTIONS`."""
        return self._arn("lambda", f"function:{self.function(name)}")

    def role_arn(self, name: str) -> str:
        """Return the ARN of a function's role."""
        return f"arn:aws:iam::{self.account_id}:role{ROLE_PATH}{self.role(name)}"

    def queue_arn(self, name: str) -> str:
        """Return the ARN of one of :data:`QUEUES`."""
        return self._arn("sqs", self.queue(name))

    @property
    def topic_arn(self) -> str:
        """The ARN of the topic."""
        return self._arn("sns", self.topic)

    @property
    def table_arn(self) -> str:
        """The ARN of the table."""
        return self._arn("dynamodb", f"table/{self.table}")

    def log_group_arn(self, name: str) -> str:
        """Return the ARN of a function's log group."""
        return self._arn("logs", f"log-group:{self.log_group(name)}")

    @property
    def index_arn(self) -> str:
        """The ARN of the table's index for newest first."""
        return f"{self.table_arn}/index/{TABLE_INDEX}"

    @property
    def queue_arns(self) -> tuple[str, ...]:
        """The ARN of every queue."""
        return tuple(self.queue_arn(name) for name in QUEUES)

    @property
    def layer_arns(self) -> tuple[str, ...]:
        """The ARN of every layer, and the pattern of its versions' ARNs."""
        arns = [self._arn("lambda", f"layer:{self.layer(name)}") for name in LAYERS]
        return (*arns, *(f"{arn}:*" for arn in arns))

    # Patterns for policies: what a lesson makes for an experiment has the prefix too ------

    @property
    def every_function_arn(self) -> str:
        """The pattern of this attendee's function ARNs."""
        return self._arn("lambda", f"function:{self.prefix}-*")

    @property
    def every_role_arn(self) -> str:
        """The pattern of this attendee's role ARNs."""
        return f"arn:aws:iam::{self.account_id}:role{ROLE_PATH}{self.prefix}-*"

    @property
    def every_missing_role_arn(self) -> str:
        """The pattern by which IAM knows this attendee's roles while they are not there.

        A request names a role without its path, and of a role that is not there IAM knows none.
        """
        return f"arn:aws:iam::{self.account_id}:role/{self.prefix}-*"

    @property
    def every_log_group_arn(self) -> str:
        """The pattern of the ARNs of this attendee's functions' log groups."""
        return self._arn("logs", f"log-group:{LOG_GROUP_PREFIX}{self.prefix}-*")

    def method_arn(self, api_id: str, method: str, path: str, stage: str = "*") -> str:
        """Return the ARN by which an API's method calls a function; ``path`` begins with ``/``."""
        return self._arn("execute-api", f"{api_id}/{stage}/{method}{path}")

    def authorizer_arn(self, api_id: str, authorizer_id: str) -> str:
        """Return the ARN by which an API's authorizer calls its function."""
        return self._arn("execute-api", f"{api_id}/authorizers/{authorizer_id}")

    def _arn(self, service: str, resource: str) -> str:
        return f"arn:aws:{service}:{self.region}:{self.account_id}:{resource}"


def find_attendee(name: str) -> str | None:
    """Return whose a name is by contract, or None for a name that no contract knows."""
    for stem in STEMS:
        owner = name.removeprefix(PREFIX).removesuffix(f"-{stem}")
        if name == f"{PREFIX}{owner}-{stem}":
            return owner
    return None


def find_bucket_namespace(bucket: str) -> str | None:
    """Return the namespace that S3 must be told to make a bucket of this name; None for none."""
    return "account-regional" if ACCOUNT_REGIONAL_NAME.fullmatch(bucket) else None


def strip_bucket_suffix(bucket: str, account_id: str, region: str) -> str:
    """Return a bucket's name without the account's own namespace in this Region."""
    return bucket.removesuffix(_bucket_suffix(account_id, region))


def longest_attendee(region: str) -> int:
    """Return how many characters of an attendee's id every bucket's name holds in this Region."""
    nobody = Names("", "0" * 12, region)
    return LONGEST_BUCKET_NAME - max(len(bucket) for bucket in nobody.buckets)


def _bucket_suffix(account_id: str, region: str) -> str:
    return "" if region in REGIONS_WITHOUT_BUCKET_NAMESPACES else f"-{account_id}-{region}-an"


def boundary_arn(account_id: str) -> str:
    """Return the ARN of the boundary that an instructor makes once for an account."""
    return f"arn:aws:iam::{account_id}:policy{ROLE_PATH}{BOUNDARY_NAME}"


def _known(name: str, names: tuple[str, ...]) -> str:
    if name not in names:
        raise KeyError(f"{name!r} is none of {', '.join(names)}")
    return name
