"""One picture followed through every service, from the functions' logs and the services' answers.

Nothing is watched while it happens: every moment is read afterwards, in the same way on the local
cloud and on AWS. What no service tells is not guessed; it is listed as a gap.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, Literal

from botocore.exceptions import ClientError

from workshop_lib.aws import buckets, logs
from workshop_lib.aws.buckets import describe_object
from workshop_lib.naming import Names
from workshop_lib.passages import Passage, Try, find_passage, read_tries

Kind = Literal["work", "cold start", "failed try", "waiting", "moment", "within"]

SECOND = timedelta(seconds=1)
# A URL may be signed long before it is used; its log is looked for so far back.
SIGNED_BEFORE = timedelta(minutes=15)
ABSENT = frozenset({"ResourceNotFoundException", "NotFound", "NotFoundException", "NoSuchBucket"})


@dataclass(frozen=True)
class Stage:
    """Something that happened to the picture, in one part of the application.

    Args:
        part: the id of the part in the architecture.
        service: a key of the design tokens.
        kind: `work` and `cold start` are time that is billed, `waiting` is time in which nobody
            works; a `moment` has no length; `within` is somewhere between its ends.
        what: in a few words.
        begin: when.
        end: until when.
        source: who told.
    """

    part: str
    service: str
    kind: Kind
    what: str
    begin: datetime
    end: datetime
    source: str

    @property
    def milliseconds(self) -> float:
        """How long it took."""
        return (self.end - self.begin) / timedelta(milliseconds=1)


@dataclass(frozen=True)
class Trace:
    """One picture's way.

    Args:
        key: of the picture in the images bucket.
        stages: in the order of their beginnings.
        gaps: what is not known or not there yet, a sentence each.
        whole: whether every part that the picture should pass has told of it.
    """

    key: str
    stages: tuple[Stage, ...]
    gaps: tuple[str, ...]
    whole: bool

    @property
    def begin(self) -> datetime | None:
        """When the first thing happened; None where nothing is known."""
        return min((stage.begin for stage in self.stages), default=None)

    @property
    def end(self) -> datetime | None:
        """When the last thing had happened."""
        return max((stage.end for stage in self.stages), default=None)


def follow_picture(cloud: Any, names: Names, key: str) -> Trace:
    """Return a picture's way so far.

    Args:
        cloud: the connection.
        names: the attendee's.
        key: of the picture in the images bucket.
    """
    return _Follower(cloud, names, key).follow()


class _Follower:
    """Asks one service after the other, each with what the one before has told."""

    def __init__(self, cloud: Any, names: Names, key: str) -> None:
        self._cloud = cloud
        self._names = names
        self._key = key
        self._stages: list[Stage] = []
        self._gaps: list[str] = []

    def follow(self) -> Trace:
        uploaded = self._follow_upload()
        if uploaded is None:
            return self._finish(whole=False)
        passage = self._follow_recognition(uploaded)
        subscribers = self._find_subscribers() if passage else set()
        published = self._follow_publication(passage, subscribers) if passage else None
        followed = [
            self._follow_subscriber(name, published, passage)
            for name in ("db-save", "thumbnail-gen")
            if passage and name in subscribers
        ]
        return self._finish(whole=passage is not None and all(followed))

    def _finish(self, *, whole: bool) -> Trace:
        stages = tuple(sorted(self._stages, key=lambda stage: (stage.begin, stage.end)))
        return Trace(self._key, stages, tuple(self._gaps), whole)

    # The upload --------------------------------------------------------------------------

    def _follow_upload(self) -> datetime | None:
        """Return the earliest moment at which the picture can have arrived."""
        found = self._describe(self._names.images_bucket)
        if found is None:
            self._gaps.append(f"The images bucket holds no {self._key}.")
            return None
        signed = self._find("presigned-url", found.modified - SIGNED_BEFORE)
        earliest = found.modified
        if signed and signed.moment < found.modified + SECOND:
            self._add_tries("presigned-url", signed)
            earliest = max(earliest, signed.last.end)
        self._add("images", "s3", "within", "picture stored", earliest, found.modified + SECOND,
                  "HeadObject, which tells the second")  # fmt: skip
        return earliest

    def _describe(self, bucket: str) -> buckets.ObjectDescription | None:
        return describe_object(self._cloud.client("s3"), bucket, self._key)

    # The functions -----------------------------------------------------------------------

    def _find(self, function: str, since: datetime) -> Passage | None:
        events = logs.read_log(
            self._cloud.client("logs"),
            self._names.log_group(function),
            since=since - timedelta(minutes=1),
        )
        return find_passage(read_tries(events), self._key, since)

    def _add_tries(self, function: str, passage: Passage) -> None:
        for found in passage.tries:
            self._add_try(function, found)
        for before, after in pairwise(passage.tries):
            self._wait(function, before.end, after.begin, "before Lambda tries again")
        if passage.last.report is None:
            self._gaps.append(f"The REPORT of {function} has not been written yet.")

    def _add_try(self, function: str, found: Try) -> None:
        if found.begin < found.started:
            self._add(function, "lambda", "cold start", "an environment starts", found.begin,
                      found.started, f"REPORT of {found.request_id}")  # fmt: skip
        self._add(function, "lambda", "failed try" if found.failed else "work",
                  "the try fails" if found.failed else "the function works", found.started,
                  found.end, f"START and REPORT of {found.request_id}")  # fmt: skip

    def _wait(self, part: str, since: datetime, until: datetime, what: str) -> None:
        if until > since:
            self._add(part, "lambda", "waiting", what, since, until, "the time between the two")

    def _follow_recognition(self, uploaded: datetime) -> Passage | None:
        passage = self._find("reco-image", uploaded.replace(microsecond=0))
        if passage is None:
            self._gaps.append(self._explain_silence())
            return None
        begin = passage.tries[0].begin
        self._narrow_upload(begin)
        self._wait("reco-image", uploaded, begin, "the event is on its way, at most")
        self._add_tries("reco-image", passage)
        self._add("reco-image", "lambda", "moment", _describe_result(passage.line),
                  passage.moment, passage.moment, "its log")  # fmt: skip
        return None if self._ends_failing("reco-image", passage) else passage

    def _ends_failing(self, function: str, passage: Passage) -> bool:
        if passage.last.failed:
            self._gaps.append(
                f"{function} failed. Lambda tries an event three times; then it lies in the queue "
                "of failures."
            )
        return passage.last.failed

    def _narrow_upload(self, latest: datetime) -> None:
        """The picture was there before the function began."""
        at = next(at for at, stage in enumerate(self._stages) if stage.kind == "within")
        stage = self._stages[at]
        end = max(stage.begin, min(stage.end, latest))
        self._stages[at] = Stage(**{**vars(stage), "end": end})

    def _explain_silence(self) -> str:
        rules = buckets.list_notifications(self._cloud.client("s3"), self._names.images_bucket)
        if not rules:
            return "The images bucket calls no function: lesson 3 sets up its event."
        return (
            "reco-image has not told of this picture: it has not come yet, or failed before it "
            "could read it; its log says which."
        )

    # The topic and its subscribers -------------------------------------------------------

    def _find_subscribers(self) -> set[str]:
        sns = self._cloud.client("sns")
        pages = sns.get_paginator("list_subscriptions_by_topic")
        try:
            found = [
                subscription["Endpoint"]
                for page in pages.paginate(TopicArn=self._names.topic_arn)
                for subscription in page["Subscriptions"]
            ]
        except ClientError as error:
            if error.response["Error"]["Code"] not in ABSENT:
                raise
            self._gaps.append("There is no topic yet: the result was only logged.")
            return set()
        known = {self._names.function_arn(name): name for name in ("db-save", "thumbnail-gen")}
        if not known.keys() & set(found):
            self._gaps.append("No function is subscribed to the topic yet.")
        return {known[endpoint] for endpoint in found if endpoint in known}

    def _follow_publication(self, passage: Passage, subscribers: set[str]) -> datetime:
        """Return when the message was published, or the moment before, where nobody tells."""
        item = self._get_item(passage.line.get("id"))
        if item is None:
            if subscribers:
                self._gaps.append("When SNS took the message only db-save's item would tell.")
            return passage.moment
        published = datetime.fromisoformat(item["timestamp"]["S"])
        self._add("topic", "sns", "moment", "message published", published, published,
                  "the item's timestamp, which is SNS's")  # fmt: skip
        return published

    def _get_item(self, identity: Any) -> dict[str, Any] | None:
        try:
            answer = self._cloud.client("dynamodb").get_item(
                TableName=self._names.table, Key={"id": {"S": str(identity)}}, ConsistentRead=True
            )
        except ClientError as error:
            if error.response["Error"]["Code"] not in ABSENT:
                raise
            return None
        item: dict[str, Any] | None = answer.get("Item")
        return item

    def _follow_subscriber(
        self, function: str, published: datetime | None, recognised: Passage | None
    ) -> bool:
        since = recognised.last.started if recognised else None
        passage = self._find(function, since) if since else None
        if passage is None or published is None:
            self._gaps.append(f"{function} has not told of this picture yet.")
            return False
        self._wait(function, published, passage.tries[0].begin, "the message is on its way")
        self._add_tries(function, passage)
        if self._ends_failing(function, passage):
            return False
        if function == "db-save":
            self._add("table", "dynamodb", "moment", f"item {passage.line['message']}",
                      passage.moment, passage.moment, "db-save's log")  # fmt: skip
        else:
            self._follow_thumbnail(passage)
        return passage.last.report is not None

    def _follow_thumbnail(self, passage: Passage) -> None:
        if passage.line["message"] != "thumbnail made":
            self._gaps.append(f"thumbnail-gen {passage.line['message']}.")
            return
        if self._describe(self._names.thumbnails_bucket) is None:
            self._gaps.append("The thumbnail was made, and is no longer in its bucket.")
            return
        self._add("thumbnails", "s3", "moment", "thumbnail stored", passage.moment, passage.moment,
                  "thumbnail-gen's log")  # fmt: skip

    def _add(
        self, part: str, service: str, kind: Kind, what: str, begin: datetime, end: datetime,
        source: str,
    ) -> None:  # fmt: skip
        self._stages.append(Stage(part, service, kind, what, begin, end, source))


def _describe_result(line: dict[str, Any]) -> str:
    if line.get("status") == "error":
        return "no picture, and that is a result"
    return f"recognised: {line.get('result')}"
