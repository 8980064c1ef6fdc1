"""What a notebook holds: one open lesson, with everything the attendee needs at hand."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import asdict
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

import httpx

from workshop_lib import cleanup, models, packaging
from workshop_lib.application import Application
from workshop_lib.architecture import State
from workshop_lib.aws import buckets, functions, logs, roles
from workshop_lib.cell_calls import find_shell, watch_cells
from workshop_lib.cell_errors import explain_errors
from workshop_lib.checks.evidence import Evidence, session_keys
from workshop_lib.cloud import Cloud, connect
from workshop_lib.errors import LessonError
from workshop_lib.guidance import Guidance
from workshop_lib.lessons import LESSONS, Lesson
from workshop_lib.lessons.contracts import FUNCTION_CONTRACTS, Site
from workshop_lib.lessons.lesson_08_s3_static_website import DASHBOARD
from workshop_lib.lessons.parts import find_standing_parts
from workshop_lib.naming import ROLE_PATH, Names
from workshop_lib.places import LAMBDAS, PICTURES
from workshop_lib.progress import Progress
from workshop_lib.settings import Settings, read_settings

Answer = TypeVar("Answer")

PICTURE_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".gif"})


def open_lesson(number: int) -> OpenLesson:
    """Return a lesson, connected to the cloud that the settings name.

    In a notebook the calls to AWS are shown under every cell from now on.

    Raises:
        LessonError: there is no lesson of this number.
        SettingsError: a WORKSHOP_… variable has a value that cannot be used.
        LocalCloudError: the local cloud does not start.
        WorkshopError: on AWS, there are no credentials.
    """
    lesson = _find_lesson(number)
    settings = read_settings()
    opened = OpenLesson(lesson, settings, connect(settings))
    watch_cells(opened.cloud.recorder)
    if shell := find_shell():
        explain_errors(shell)
    return opened


def _find_lesson(number: int) -> Lesson:
    for lesson in LESSONS:
        if lesson.number == number:
            return lesson
    raise LessonError(f"There is no lesson {number}.", f"Choose one from 1 to {len(LESSONS)}.")


class OpenLesson(Application):
    """A lesson at work: its names, its clients, its sources, the application so far.

    Its rich display is the lesson's card, with the map of what stands.
    """

    def __init__(
        self, lesson: Lesson, settings: Settings, cloud: Cloud, level: int | None = None
    ) -> None:
        names = Names(settings.attendee, cloud.account_id, cloud.region)
        super().__init__(cloud, names)
        self.lesson = lesson
        self.cloud = cloud
        self.names = names
        self._settings = settings
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
        return self.names.tags(self.lesson.stem)

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
        with TemporaryDirectory() as folder:
            (Path(folder) / "handler.py").write_text(source.replace(old, new), encoding="utf-8")
            return packaging.pack_function(Path(folder))

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

    def policy(self, function: str) -> roles.PolicyDocument:
        """Return the narrowest policy of a function's role, as far as the day has come."""
        return FUNCTION_CONTRACTS[_known(function)].policy(self.names, self._reached(function))

    def trust(self, function: str) -> roles.PolicyDocument:
        """Return who may take on a function's role: Lambda, and in lesson 1 the attendee too."""
        tried_out = function == "presigned-url"
        return roles.service_trust("lambda.amazonaws.com", self.caller_arn if tried_out else None)

    def layer_package(self, name: str) -> packaging.LayerPackage:
        """Return a layer (``recogniser`` or ``pillow``), packed for this machine.

        Raises:
            PackagingError: it cannot be packed.
            ModelUnavailableError: there are weights, and they are not the right ones.
        """
        model = models.find_model(self._settings.model, self._settings.home)
        return packaging.build_layer(name, self._settings.home / "layers", model=model)

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

    # What stands -------------------------------------------------------------------------

    def standing_parts(self) -> set[str]:
        """Return the ids of the architecture's parts that stand now."""
        return find_standing_parts(self._quiet, self.names)

    def parts(self) -> dict[str, State]:
        """Return the state of every part of the architecture, for the map.

        ``standing``; ``this lesson``; ``missing`` where an earlier lesson should have made it;
        ``later``.
        """
        from workshop_lib.lesson_cards import map_states

        return map_states(self.number, self.standing_parts())

    def catch_up(self, say: Callable[[str], None] = print) -> None:
        """Build what the lessons before this one should have left; what stands stays.

        Args:
            say: is told of each lesson.
        """
        for lesson in LESSONS[: self.number - 1]:
            say(f"Lesson {lesson.number}: {lesson.title} …")
            lesson.build(OpenLesson(lesson, self._settings, self.cloud, self.number - 1))
        say(f"Everything that lesson {self.number} needs stands.")

    # Exercises, questions, checkpoint ----------------------------------------------------

    @cached_property
    def guidance(self) -> Guidance:
        """The lesson's checks, hints, solutions and questions."""
        evidence = Evidence(self._quiet, self.names)
        return Guidance(self.lesson, evidence, Progress(self._settings.home))

    def check(self, name: str, answer: Any = ...) -> Any:
        """Return how an exercise went: not attempted, incorrect or correct, and why.

        Raises:
            LessonError: there is no such exercise, or the cloud could not be asked.
        """
        return self.guidance.check(name, answer)

    def hint(self, name: str) -> Any:
        """Return the next hint of an exercise or a step.

        Raises:
            LessonError: there is nothing of this name with hints.
        """
        return self.guidance.hint(name)

    def solution(self, name: str) -> Any:
        """Return a solution of an exercise.

        Raises:
            LessonError: there is no such exercise.
        """
        return self.guidance.solution(name)

    def quiz(self, name: str, answer: Any = None) -> Any:
        """Return a question; with a letter, what that answer is worth.

        Raises:
            LessonError: there is no such question, or it has no such answer.
        """
        return self.guidance.quiz(name, answer)

    def checkpoint(self) -> Any:
        """Return what stands of all that the lesson should leave behind.

        Raises:
            LessonError: the cloud could not be asked.
        """
        return self.guidance.checkpoint()

    def expect_refusal(self, *codes: str) -> AbstractContextManager[None]:
        """Let AWS refuse what is done inside, with one of these codes, and explain it.

        Raises:
            LessonError: it was not refused, or for another reason.
        """
        return self.guidance.expect_refusal(*codes)

    def client_as(self, credentials: dict[str, Any], service: str) -> Any:
        """Return a service's client with the temporary credentials that STS answered."""
        client = self.cloud.make_client(service, **session_keys(credentials))
        self.cloud.recorder.watch(client)
        return client

    # Helpers -----------------------------------------------------------------------------

    @property
    def pictures(self) -> list[Path]:
        """The sample photos that come with the workshop, sorted by name."""
        return sorted(
            file for file in PICTURES.iterdir() if file.suffix.lower() in PICTURE_SUFFIXES
        )

    def choose_picture(self) -> Any:
        """Return a widget to choose a picture with; until one is chosen it has a sample."""
        from workshop_lib.ui.uploads import PictureChooser

        # The cup comes first: it is what the model is surest of.
        return PictureChooser(self.pictures[::-1])

    def wait_until(
        self, look: Callable[[], Answer], what: str, *, seconds: float = 60, every: float = 0.5
    ) -> Answer:
        """Return what ``look`` returns as soon as it is true, waiting with progress.

        Args:
            look: asks whether it is so yet; anything true ends the waiting.
            what: what is waited for, such as "the thumbnail".
            seconds: how long at most.
            every: how long between two looks.

        Raises:
            ResourceNotReadyError: it did not come in time.
        """
        from workshop_lib.ui.progress import wait_until

        return wait_until(look, what, timeout_seconds=seconds, poll=every)

    def get_json(self, address: str, **parameters: object) -> Any:
        """Return what an address answers as JSON, or None while it answers an error."""
        answer = self.http.get(address, params={key: str(v) for key, v in parameters.items()})
        return answer.json() if answer.is_success else None

    def gallery(self, limit: int = 6) -> Any:
        """Return the newest results with their thumbnails, by way of the API."""
        from workshop_lib.ui.galleries import GalleryView

        items = self.list_results(limit)["items"]
        pictures = {item["name"]: self.read_picture(item) for item in items}
        return GalleryView(items, {name: found for name, found in pictures.items() if found})

    def website_link(self) -> Any:
        """Return a link to the website, for the attendee's browser."""
        from workshop_lib.ui.links import LinkView

        return LinkView(self.browser_website_url, "Open your website")

    def reports(self, *names: str) -> list[dict[str, Any]]:
        """Return the newest REPORT of each of these functions, as their logs have it."""
        return [
            {"function": name, **({} if report is None else asdict(report))}
            for name, report in ((name, self._newest_report(name)) for name in names)
        ]

    def _newest_report(self, function: str) -> functions.Report | None:
        lines = logs.read_log(
            self.client("logs"), self.names.log_group(function), contains="REPORT RequestId:"
        )
        return functions.parse_report(lines[-1].message) if lines else None

    # Clean-up ----------------------------------------------------------------------------

    def plan_cleanup(self) -> list[dict[str, str]]:
        """Return what each degree of clean-up would remove; nothing is removed by looking."""
        plans = {
            "minimum": cleanup.plan_minimum(self.cloud, self.names),
            "full": cleanup.plan_cleanup(self.cloud, self.names),
        }
        return [
            {"degree": degree, "removal": str(removal)}
            for degree, plan in plans.items()
            for removal in plan
        ]

    def clean_up(self, degree: Any = ..., say: Callable[[str], object] = print) -> None:
        """Remove what the attendee has built, and list everything again as proof.

        Args:
            degree: ``"minimum"`` closes what strangers can use, ``"full"`` removes everything,
                ``...`` removes nothing.
            say: is told what is done.

        Raises:
            LessonError: there is no such degree.
            WorkshopError: something could not be removed.
        """
        plans = {"minimum": cleanup.plan_minimum, "full": cleanup.plan_cleanup}
        if degree is ...:
            say('Not attempted: write "minimum" or "full" in place of the dots.')
            return
        if degree not in plans:
            raise LessonError(
                f"There is no clean-up {degree!r}.", 'Write "minimum" or "full", with the quotes.'
            )
        cleanup.run_cleanup(plans[degree](self.cloud, self.names), say)
        left = plans[degree](self.cloud, self.names)
        say("Listed again: " + (", ".join(map(str, left)) if left else "nothing is left."))

    # Display -----------------------------------------------------------------------------

    def __repr__(self) -> str:
        where = self.cloud.endpoint_url or f"AWS {self.region}"
        return f"Lesson {self.number}: {self.lesson.title} ({self._settings.attendee}, {where})"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Any:
        from workshop_lib.lesson_cards import make_card

        return make_card(self)._repr_mimebundle_(include, exclude)


def _known(function: str) -> str:
    if function not in FUNCTION_CONTRACTS:
        raise LessonError(
            f"There is no function {function}.", f"Choose from {', '.join(FUNCTION_CONTRACTS)}."
        )
    return function
