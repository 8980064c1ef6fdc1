"""What a lesson offers a learner beside the notebook: checks, hints, solutions, questions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from workshop_lib.checks.checkpoints import inspect
from workshop_lib.checks.evidence import Evidence
from workshop_lib.checks.exercises import Exercise, judge
from workshop_lib.checks.quizzes import Quiz
from workshop_lib.errors import LessonError
from workshop_lib.lessons import Lesson
from workshop_lib.places import NOTEBOOKS
from workshop_lib.progress import Progress
from workshop_lib.refusals import EXPLAINED, explain
from workshop_lib.solutions import read_solutions
from workshop_lib.ui.outcomes import CheckpointView, HintView, OutcomeView, SolutionView
from workshop_lib.ui.quizzes import AnswerView, QuizWidget
from workshop_lib.ui.refusals import RefusalView
from workshop_lib.ui.values import show

Named = TypeVar("Named", Exercise, Quiz)


class Guidance:
    """One open lesson's.

    Args:
        lesson: whose exercises and questions.
        evidence: what its checks look with.
        progress: where it is kept how they went.
    """

    def __init__(self, lesson: Lesson, evidence: Evidence, progress: Progress) -> None:
        self._lesson = lesson
        self._evidence = evidence
        self._progress = progress
        self._hints_given: Counter[str] = Counter()

    def check(self, name: str, answer: Any) -> OutcomeView:
        """Return how an exercise went, and keep it.

        Raises:
            LessonError: there is no such exercise, or the cloud could not be asked.
        """
        exercise = self._exercise(name)
        outcome = judge(exercise, answer, self._evidence)
        self._progress.record_exercise(self._lesson.stem, exercise.name, outcome.status)
        return OutcomeView(exercise.name, outcome)

    def hint(self, name: str) -> HintView:
        """Return the next hint of an exercise or a step; the last one stays the last.

        Raises:
            LessonError: there is nothing of this name with hints.
        """
        hints = {exercise.name: exercise.hints for exercise in self._lesson.exercises}
        hints |= dict(self._lesson.hints)
        if not isinstance(name, str) or name not in hints:
            raise _unknown("hint for", name, hints)
        steps = hints[name]
        place = min(self._hints_given[name] + 1, len(steps))
        self._hints_given[name] = place
        return HintView(name, place, len(steps), steps[place - 1], self._after(name, place, steps))

    def solution(self, name: str) -> SolutionView:
        """Return a solution of an exercise, as the notebook's cell can be written.

        Raises:
            LessonError: there is no such exercise.
        """
        exercise = self._exercise(name)
        file = NOTEBOOKS / "solutions" / f"{self._lesson.stem}.py"
        blocks = read_solutions(file)
        if exercise.name not in blocks:
            raise LessonError(
                f"The solution of {exercise.name} is not there: {file} has no block of this name.",
                f"Write a block `# %% exercise-{exercise.name}` there, or get the file again.",
            )
        return SolutionView(exercise.name, blocks[exercise.name], exercise.why)

    def quiz(self, name: str, answer: Any = None) -> Any:
        """Return a question, or what an answer to it is worth.

        Raises:
            LessonError: there is no such question, or it has no such answer.
        """
        quiz = _find(self._lesson.quizzes, name, "question")
        if answer is None or answer is ...:
            return QuizWidget(quiz, lambda letter: self._keep_answer(quiz, letter))
        option = quiz.option(answer)
        if option is None:
            letters = ", ".join(quiz.lettered)
            raise LessonError(
                f"The question {name} has no such answer.", f"Choose one of {letters}."
            )
        self._keep_answer(quiz, answer)
        return AnswerView(quiz, option)

    def checkpoint(self) -> CheckpointView:
        """Return what stands of all that the lesson leaves behind, and keep whether all does.

        Raises:
            LessonError: the cloud could not be asked.
        """
        findings = inspect(self._lesson.requirements, self._evidence)
        self._progress.record_checkpoint(
            self._lesson.stem, all(finding.met for finding in findings)
        )
        return CheckpointView(findings, self.describe_progress())

    def describe_progress(self) -> str:
        """Return how the lesson's exercises and questions stand, in a sentence; maybe empty."""
        kept, lesson = self._progress.of(self._lesson.stem), self._lesson
        counts = [
            (kept.solved & {exercise.name for exercise in lesson.exercises}, lesson.exercises),
            (kept.answered & {quiz.name for quiz in lesson.quizzes}, lesson.quizzes),
        ]
        words = [
            f"{len(done)} of {len(these)} {kind}"
            for (done, these), kind in zip(counts, ("exercises", "questions"), strict=True)
            if these
        ]
        if lesson.requirements:
            words.append("checkpoint reached" if kept.checkpoint else "checkpoint still ahead")
        return ", ".join(words)

    @contextmanager
    def expect_refusal(self, *codes: str) -> Iterator[None]:
        """Let AWS refuse what is done inside, and explain it.

        Args:
            codes: the error codes that are expected, such as ``AccessDenied``.

        Raises:
            LessonError: it was not refused, or for another reason.
        """
        try:
            yield
        except EXPLAINED as error:
            explanation = explain(error)
            if explanation is None or explanation.code not in codes:
                raise LessonError(
                    f"AWS refused with {explanation.code if explanation else type(error).__name__}"
                    f" where {' or '.join(codes)} was expected: {error}",
                    "Run the cells above again, then this one.",
                ) from error
            show(RefusalView(explanation, expected=True))
        else:
            raise LessonError(
                f"AWS did not refuse, and {' or '.join(codes)} was expected.",
                "Something is more open than it should be: run the cells above again, then this "
                "one.",
            )

    def _exercise(self, name: str) -> Exercise:
        return _find(self._lesson.exercises, name, "exercise")

    def _keep_answer(self, quiz: Quiz, letter: str) -> None:
        option = quiz.option(letter)
        right = option is not None and quiz.is_right(option)
        self._progress.record_quiz(
            self._lesson.stem, quiz.name, "correct" if right else "incorrect"
        )

    def _after(self, name: str, place: int, steps: tuple[str, ...]) -> str:
        if place < len(steps):
            return "Run the cell again for the next one."
        if any(exercise.name == name for exercise in self._lesson.exercises):
            return f'That was the last one; lesson.solution("{name}") shows a solution.'
        return "That was the last one."


def _find(these: Iterable[Named], name: object, kind: str) -> Named:
    known = {this.name: this for this in these}
    if not isinstance(name, str) or name not in known:
        raise _unknown(kind, name, known)
    return known[name]


def _unknown(kind: str, name: object, known: Iterable[str]) -> LessonError:
    names = ", ".join(known)
    return LessonError(
        f"This lesson has no {kind} {str(name)[:60] if isinstance(name, str) else 'like that'}.",
        f"Choose from {names}." if names else "It has none yet.",
    )
