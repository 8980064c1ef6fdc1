"""A question with its answers to choose from: a widget where there is one, text everywhere."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from markupsafe import Markup

from workshop_lib.checks.quizzes import Option, Quiz
from workshop_lib.ui.views import View, bundle_widget, join, shared_styles, visible

_SCRIPT_FILE = Path(__file__).with_name("quizzes.js")


class AnswerView(View):
    """What an answer is worth: its explanation, and the other ones' when it is right."""

    def __init__(self, quiz: Quiz, option: Option) -> None:
        self._quiz = quiz
        self._option = option

    def body(self) -> Markup:
        """A box with a word, and the other answers folded."""
        look = "good" if self._right else "bad"
        return Markup(
            '<div class="outcome {}" role="status"><p><strong class="{}">{}</strong></p>'
            "<p>{}</p>{}</div>"
        ).format(look, look, self._word(), visible(self._option.explanation), self._others())

    def to_text(self) -> str:
        """The same in lines."""
        lines = [f"{self._word()}: {visible(self._option.explanation)}"]
        if self._right:
            lines += [f"  {letter}) {words}" for letter, words in self._explanations()]
        else:
            lines.append("Next: choose another answer.")
        return "\n".join(lines)

    @property
    def _right(self) -> bool:
        return self._quiz.is_right(self._option)

    def _word(self) -> str:
        return "✓ Right" if self._right else "✗ Not this one"

    def _explanations(self) -> list[tuple[str, str]]:
        return [
            (letter, visible(option.explanation))
            for letter, option in self._quiz.lettered.items()
            if option is not self._option
        ]

    def _others(self) -> Markup:
        if not self._right:
            return Markup("<p><strong>Next:</strong> choose another answer.</p>")
        entries = [
            Markup("<li><strong>{}</strong> {}</li>").format(letter, words)
            for letter, words in self._explanations()
        ]
        return Markup(
            '<details><summary>Why not the others</summary><ul class="findings">{}</ul></details>'
        ).format(join(entries))


class QuestionView(View):
    """A question and its answers, to be read."""

    def __init__(self, quiz: Quiz) -> None:
        self._quiz = quiz

    def body(self) -> Markup:
        """The question over the list of answers."""
        entries = [
            Markup("<li><strong>{}</strong> {}</li>").format(letter, visible(option.text))
            for letter, option in self._quiz.lettered.items()
        ]
        return Markup(
            '<p><strong>{}</strong></p><ul class="findings">{}</ul><p class="quiet">{}</p>'
        ).format(visible(self._quiz.question), join(entries), self._how())

    def to_text(self) -> str:
        """The same in lines."""
        options = self._quiz.lettered.items()
        lines = [f"  {letter}) {visible(option.text)}" for letter, option in options]
        return "\n".join([visible(self._quiz.question), *lines, self._how()])

    def _how(self) -> str:
        return f'Answer with lesson.quiz("{visible(self._quiz.name)}", "a"), or another letter.'


class QuizWidget:
    """The question as radio buttons; the explanation appears with the choice.

    Args:
        quiz: the question.
        answer: is told the letter chosen.
    """

    def __init__(self, quiz: Quiz, answer: Callable[[str], object]) -> None:
        self._quiz = quiz
        self._answer = answer

    @cached_property
    def widget(self) -> Any:
        """The widget as Jupyter knows it, made when first asked for; ``chosen`` is its letter."""
        options = self._quiz.lettered.items()
        widget = _widget_class()(
            question=visible(self._quiz.question),
            answers=[[letter, visible(option.text)] for letter, option in options],
            styles=shared_styles(),
        )
        widget.observe(self._take, names="chosen")
        return widget

    def _take(self, change: dict[str, Any]) -> None:
        option = self._quiz.option(change["new"])
        if option is not None:
            self.widget.explanation = AnswerView(self._quiz, option).to_html()
            self._answer(change["new"])

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Any:
        return bundle_widget(self.widget, QuestionView(self._quiz))

    def __repr__(self) -> str:
        return QuestionView(self._quiz).to_text()


@cache
def _widget_class() -> Any:
    """Return the widget's class; made here, because importing anywidget takes its time."""
    import anywidget
    from traitlets import List, Unicode

    class Question(anywidget.AnyWidget):
        _esm = _SCRIPT_FILE
        question = Unicode().tag(sync=True)
        answers = List().tag(sync=True)
        chosen = Unicode().tag(sync=True)
        explanation = Unicode().tag(sync=True)
        styles = Unicode().tag(sync=True)

    return Question
