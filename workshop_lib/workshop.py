"""What a notebook holds: one open lesson, with everything the attendee needs at hand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from functools import cached_property
from typing import Any, TypeVar

from workshop_lib import catching_up, cleaning, starting_over
from workshop_lib.application_views import ApplicationViews
from workshop_lib.architecture import State
from workshop_lib.aws.functions import Invocation
from workshop_lib.call_counters import CallCounter
from workshop_lib.call_counts import CallCounts
from workshop_lib.cell_calls import find_shell, watch_cells
from workshop_lib.cell_errors import explain_errors
from workshop_lib.checks.evidence import Evidence, session_keys
from workshop_lib.cloud import Cloud, connect
from workshop_lib.errors import LessonError
from workshop_lib.guidance import Guidance
from workshop_lib.lessons import LESSONS, Lesson
from workshop_lib.progress import Progress
from workshop_lib.settings import Settings, read_settings
from workshop_lib.ui.redaction import hide_account
from workshop_lib.ui.steps import SaidSteps, open_steps
from workshop_lib.workplaces import LessonWorkplace

Answer = TypeVar("Answer")


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
    hide_account(opened.names.account_id)
    watch_cells(opened.cloud, opened.call_counter.keep)
    if shell := find_shell():
        explain_errors(shell)
    return opened


def _find_lesson(number: int) -> Lesson:
    for lesson in LESSONS:
        if lesson.number == number:
            return lesson
    raise LessonError(f"There is no lesson {number}.", f"Choose one from 1 to {len(LESSONS)}.")


class OpenLesson(LessonWorkplace, ApplicationViews):
    """A lesson at work: its names, its clients, its sources, the application so far.

    Its rich display is the lesson's card, with the map of what stands.
    """

    def __init__(
        self, lesson: Lesson, settings: Settings, cloud: Cloud, level: int | None = None
    ) -> None:
        LessonWorkplace.__init__(self, lesson, settings, cloud, level)
        ApplicationViews.__init__(self, cloud, self.names)

    # What it costs -----------------------------------------------------------------------

    @cached_property
    def call_counts(self) -> CallCounts:
        """How often the attendee has called what, over all kernels; kept on her own disk."""
        return CallCounts.of_attendee(self.settings.home, self.cloud.target, self.names.attendee)

    @cached_property
    def call_counter(self) -> CallCounter:
        """Keeps count of this kernel's calls."""
        return CallCounter(
            self.call_counts,
            self.cloud.recorder,
            self.quiet_cloud.recorder,
            self.cloud.plain_requests,
        )

    @property
    def quiet_cloud(self) -> Cloud:
        """The connection for looking around: its calls are not shown under the cell."""
        return self._quiet

    def follow(self, key: str, seconds: float = 30) -> Any:
        """Return one picture's way through every service on one time line.

        Args:
            key: of the picture in the images bucket, as the upload answered it.
            seconds: how long to wait for parts that have not told of it yet.
        """
        from workshop_lib.lesson_traces import show_trace

        return show_trace(self, key, seconds)

    def compare_starts(self, invocations: Iterable[Invocation]) -> Any:
        """Return calls of a function as bars: what of each was a start, and what was work."""
        from workshop_lib.ui.measurements import StartsView

        return StartsView([invocation.report for invocation in invocations])

    def measure_memory(
        self, function: str, event: Any, sizes: Sequence[int] = (512, 1024, 2048), calls: int = 3
    ) -> Any:
        """Call a function with several sizes of memory, and return time and price of each as bars.

        It gets its own memory back at the end, also when interrupted.

        Args:
            function: such as ``reco-image``.
            event: to call it with.
            sizes: in MB.
            calls: how many warm calls with each.

        Raises:
            LessonError: there is no such function, or Lambda has no such size.
        """
        from workshop_lib.lesson_measurements import measure_sizes

        return measure_sizes(self, function, event, sizes, calls)

    def bill(self) -> Any:
        """Return what was used so far, times today's price; and one picture a million times."""
        from workshop_lib.lesson_bills import show_bill

        return show_bill(self)

    # What stands -------------------------------------------------------------------------

    def parts(self) -> dict[str, State]:
        """Return the state of every part of the architecture, for the map.

        ``standing``; ``this lesson``; ``missing`` where an earlier lesson should have made it;
        ``later``.
        """
        from workshop_lib.lesson_cards import map_states

        return map_states(self.number, self.standing_parts())

    def map(self) -> Any:
        """Return the map of what stands; in JupyterLab events light it up as they pass."""
        from workshop_lib.lesson_maps import make_map

        return make_map(self)

    def catch_up(self, say: Callable[[str], object] | None = None) -> None:
        """Build what the lessons before this one should have left; what stands stays.

        Args:
            say: is told, lesson by lesson, what was done; without it progress is shown.
        """
        catching_up.catch_up(self, SaidSteps(say) if say else open_steps(self.number - 1))

    def start_over(self, answer: Any = ..., say: Callable[[str], object] = print) -> None:
        """Remove what this lesson has made, and nothing of another lesson.

        Args:
            answer: ``...`` only says what would go, ``"yes"`` does it.
            say: is told what is done.

        Raises:
            LessonError: the answer is another one.
            WorkshopError: something could not be removed.
        """
        if starting_over.start_over(self, answer, say):
            Progress(self.settings.home).record_checkpoint(self.lesson.stem, False)

    # Exercises, questions, checkpoint ----------------------------------------------------

    @cached_property
    def guidance(self) -> Guidance:
        """The lesson's checks, hints, solutions and questions."""
        evidence = Evidence(self._quiet, self.names)
        return Guidance(self.lesson, evidence, Progress(self.settings.home))

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

    def drawing(self, name: str) -> Any:
        """Return one of the workshop's drawings, such as ``"presigned-url"``, to be looked at."""
        from workshop_lib.ui.drawings import DrawingView

        return DrawingView(name)

    def wait_until(
        self, look: Callable[[], Answer], what: str, *, seconds: float = 60, every: float = 0.5
    ) -> Answer:
        """Return what ``look`` returns as soon as it is true, waiting with progress.

        Args:
            look: asks whether it is so yet; anything true ends the waiting.
            what: what is waited for, such as "the thumbnail".
            seconds: how long at most.
            every: how long between two looks, after some that follow each other sooner.

        Raises:
            ResourceNotReadyError: it did not come in time.
        """
        from workshop_lib.ui.progress import wait_until

        return wait_until(look, what, timeout_seconds=seconds, poll=every)

    def get_json(self, address: str, **parameters: object) -> Any:
        """Return what an address answers as JSON, or None while it answers an error."""
        answer = self.http.get(address, params={key: str(v) for key, v in parameters.items()})
        return answer.json() if answer.is_success else None

    # Clean-up ----------------------------------------------------------------------------

    def plan_cleanup(self) -> list[dict[str, str]]:
        """Return what each degree of clean-up would remove; nothing is removed by looking."""
        return cleaning.list_removals(self.cloud, self.names)

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
        cleaning.clean_up(self.cloud, self.names, degree, say)

    # Display -----------------------------------------------------------------------------

    def __repr__(self) -> str:
        where = self.cloud.endpoint_url or f"AWS {self.region}"
        return f"Lesson {self.number}: {self.lesson.title} ({self.settings.attendee}, {where})"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Any:
        from workshop_lib.lesson_cards import make_card

        return make_card(self)._repr_mimebundle_(include, exclude)
