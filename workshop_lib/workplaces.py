"""Where a lesson builds: its names, its clients, the sources, rights and variables of its parts."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx

from workshop_lib import models, packaging
from workshop_lib.aws import buckets, roles
from workshop_lib.cloud import Cloud
from workshop_lib.errors import LessonError
from workshop_lib.lessons import LESSONS, Lesson
from workshop_lib.lessons.contracts import FUNCTION_CONTRACTS, Site
from workshop_lib.lessons.lesson_08_s3_static_website import DASHBOARD
from workshop_lib.lessons.parts import find_standing_parts
from workshop_lib.naming import ROLE_PATH, Names
from workshop_lib.places import LAMBDAS
from workshop_lib.settings import Settings


class LessonWorkplace:
    """What a lesson's ``build`` and its notebook work with.

    Args:
        lesson: which.
        settings: the attendee's.
        cloud: the connection.
        level: up to which lesson functions get their rights and variables; default: this one.
    """

    def __init__(
        self, lesson: Lesson, settings: Settings, cloud: Cloud, level: int | None = None
    ) -> None:
        self.lesson = lesson
        self.cloud = cloud
        self.names = Names(settings.attendee, cloud.account_id, cloud.region)
        self.settings = settings
        self._level = lesson.number if level is None else level
        # Looking around makes no calls that the learner has to read.
        self._quiet = Cloud(cloud.target, cloud.region, cloud.session, cloud.endpoint_url)

    # Where it works ----------------------------------------------------------------------

    @property
    def number(self) -> int:
        """The lesson's number."""
        return self.lesson.number

    @property
    def region(self) -> str:
        """The AWS Region."""
        return self.cloud.region

    @property
    def tags(self) -> dict[str, str]:
        """The tags of what this lesson makes."""
        return self.names.tags(self.lesson.stem, expires=expiry_day(self.settings))

    @property
    def role_path(self) -> str:
        """Where the workshop's roles stand among an account's roles."""
        return ROLE_PATH

    @cached_property
    def caller_arn(self) -> str:
        """The ARN of who the attendee is to AWS."""
        arn: str = self._quiet.client("sts").get_caller_identity()["Arn"]
        return arn

    @property
    def http(self) -> httpx.Client:
        """A plain HTTP client, for presigned URLs, the API and the website."""
        return self.cloud.http

    def service_url(self, service: str) -> str:
        """Return the address at which a service's API takes its requests."""
        url: str = self.client(service).meta.endpoint_url
        return url

    def client(self, service: str) -> Any:
        """Return the boto3 client of a service; its calls are shown under the cell."""
        return self.cloud.client(service)

    # What it builds from -----------------------------------------------------------------

    def source(self, function: str) -> Path:
        """Return the folder of a function's source, such as ``presigned-url``."""
        return LAMBDAS / FUNCTION_CONTRACTS[_known(function)].folder

    def code(self, function: str) -> bytes:
        """Return a function's source as the zip that Lambda takes."""
        return packaging.pack_function(self.source(function))

    def pack_changed(self, function: str, old: str, new: str) -> bytes:
        """Return a function's zip with some words of its handler changed, to see what happens.

        Raises:
            LessonError: the handler does not hold these words.
        """
        source = (self.source(function) / "handler.py").read_text(encoding="utf-8")
        if old not in source:
            raise LessonError(f"{function}'s handler does not hold {old!r}.", "Read its source.")
        return packaging.pack_source(source.replace(old, new))

    def code_with(self, function: str, source: Any) -> bytes:
        """Return a function's zip with some of its handler's functions written anew.

        Args:
            function: such as ``reco-image``.
            source: the new functions as text; without any text the handler stays as it is.

        Raises:
            PackagingError: Python cannot read it, or the handler has no function of its names.
        """
        handler = (self.source(function) / "handler.py").read_text(encoding="utf-8")
        if isinstance(source, str):
            handler = packaging.replace_functions(handler, source)
        return packaging.pack_source(handler)

    def test_event(self, function: str, name: str) -> dict[str, Any]:
        """Return a test event of a function, ``lambdas/…/events/NAME.json``.

        Raises:
            LessonError: there is no such event; the message names those that are.
        """
        folder = self.source(function) / "events"
        file = folder / f"{name}.json"
        if not file.is_file():
            known = ", ".join(sorted(event.stem for event in folder.glob("*.json")))
            raise LessonError(f"{function} has no test event {name}.", f"Choose from {known}.")
        event: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        return event

    def result_event(self, function: str, key: str) -> dict[str, Any]:
        """Return a subscriber's test event that tells of the picture under this key."""
        event = self.test_event(function, "good_result")
        notification = event["Records"][0]["Sns"]
        message = {**json.loads(notification["Message"]), "id": f"{key}#test", "name": key}
        notification["Message"] = json.dumps(message)
        return event

    def environment(self, function: str) -> dict[str, str]:
        """Return the environment variables of a function, as far as the day has come."""
        site = Site(self.names, self.cloud.website_origin(self.names.website_bucket))
        return FUNCTION_CONTRACTS[_known(function)].environment(site, self._reached(function))

    def role_arn(self, function: str) -> str:
        """Return the ARN of a function's role, made sure that it stands.

        Without a look at IAM, Lambda would be asked for a minute: its refusal of a role that is not
        there is the one of a role that is new.

        Raises:
            LessonError: there is no such role.
        """
        name = self.names.role(_known(function))
        role = roles.describe_role(self._quiet.client("iam"), name)
        if role is None:
            raise LessonError(
                f"There is no role {name}.",
                "lesson.catch_up() builds what the lessons before this one should have left.",
            )
        return role.arn

    def policy(self, function: str) -> roles.PolicyDocument:
        """Return the narrowest policy of a function's role, as far as the day has come."""
        return FUNCTION_CONTRACTS[_known(function)].policy(self.names, self._reached(function))

    def trust(self, function: str) -> roles.PolicyDocument:
        """Return who may take on a function's role: Lambda, and in lesson 1 the attendee too."""
        tried_out = function == "presigned-url"
        return roles.service_trust("lambda.amazonaws.com", self.caller_arn if tried_out else None)

    def layer_package(self, name: str) -> packaging.LayerPackage:
        """Return a layer (``recogniser`` or ``pillow``), packed for where functions run.

        One that the instructor published for the class (WORKSHOP_LAYERS) need not be packed.

        Raises:
            PackagingError: it cannot be packed.
            ModelUnavailableError: there are weights, and they are not the right ones.
        """
        for arn in self.settings.layers:
            if arn.split(":")[6].endswith(f"-{name}"):
                return packaging.published_package(arn)
        model = models.find_model(self.settings.model, self.settings.home)
        return packaging.build_layer(
            name,
            self.settings.home / "layers",
            model=model,
            architecture=self.cloud.architecture,
        )

    def standing_parts(self) -> set[str]:
        """Return the ids of the architecture's parts that stand now."""
        return find_standing_parts(self._quiet, self.names)

    def artifacts_bucket(self) -> str:
        """Return the name of the bucket that layers pass through, after making sure of it."""
        name = self.names.artifacts_bucket
        buckets.ensure_bucket(self.client("s3"), name, region=self.region, tags=self.tags)
        return name

    @property
    def dashboard(self) -> Path:
        """The folder of the website's page."""
        return DASHBOARD

    def _reached(self, function: str) -> int:
        """Return the lesson up to which a function's contract holds.

        Running an early notebook again must not take from a function what a later lesson gave it.
        """
        contract = FUNCTION_CONTRACTS[function]
        later = [
            lesson
            for lesson in LESSONS
            if lesson.number > max(self._level, contract.lesson) and function in lesson.functions
        ]
        for lesson in reversed(later):
            if find_standing_parts(self._quiet, self.names, lesson.parts):
                return lesson.number
        return self._level


def expiry_day(settings: Settings) -> date:
    """Return the last day on which what is built today is still needed."""
    return datetime.now(UTC).date() + timedelta(days=settings.lifetime_days)


def _known(function: str) -> str:
    if function not in FUNCTION_CONTRACTS:
        raise LessonError(
            f"There is no function {function}.", f"Choose from {', '.join(FUNCTION_CONTRACTS)}."
        )
    return function
