"""How an exercise went, what a checkpoint found, hints and solutions: quiet boxes with a word.

A sign and a word carry what the colour does, so that nobody needs to see the colour.
"""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from workshop_lib.checks.checkpoints import Finding
from workshop_lib.checks.outcomes import Outcome, Status
from workshop_lib.ui.sources import highlight_python
from workshop_lib.ui.views import View, join, mark_code, visible

SIGNS: dict[Status, str] = {"not attempted": "○", "incorrect": "✗", "correct": "✓"}
CLASSES: dict[Status, str] = {"not attempted": "quiet", "incorrect": "bad", "correct": "good"}


class OutcomeView(View):
    """An outcome: sign, word, message, next step.

    Args:
        name: the exercise's.
        outcome: how it went.
    """

    def __init__(self, name: str, outcome: Outcome) -> None:
        self._name = visible(name)
        self.outcome = outcome

    def body(self) -> Markup:
        """A box whose edge has the outcome's colour."""
        outcome, look = self.outcome, CLASSES[self.outcome.status]
        return Markup(
            '<div class="outcome {}" role="status"><p><strong class="{}">{}</strong> '
            '<span class="quiet">{}</span></p><p>{}</p>{}</div>'
        ).format(
            look, look, self._word(), self._name, mark_code(visible(outcome.message)), self._next()
        )

    def to_text(self) -> str:
        """The same in two or three lines."""
        outcome = self.outcome
        lines = [f"{self._word()} · {self._name}", visible(outcome.message)]
        return "\n".join([*lines, *([f"Next: {visible(outcome.next_step)}"] * self._has_next())])

    def _word(self) -> str:
        status = self.outcome.status
        return f"{SIGNS[status]} {status.capitalize()}"

    def _next(self) -> Markup:
        return _next_step(self.outcome.next_step)

    def _has_next(self) -> bool:
        return bool(self.outcome.next_step)


class CheckpointView(View):
    """What a lesson should leave behind: what stands, what is missing, why, and what to do.

    Args:
        findings: one for each requirement.
        progress: how the lesson's exercises and questions stand, a sentence.
    """

    def __init__(self, findings: Sequence[Finding], progress: str) -> None:
        self._findings = findings
        self._progress = visible(progress)

    def body(self) -> Markup:
        """A list, with a headline."""
        look = "good" if self._reached else "bad"
        entries = join([self._entry(finding) for finding in self._findings])
        return Markup(
            '<div class="outcome {}" role="status"><p><strong class="{}">{}</strong></p>'
            '<ul class="findings">{}</ul><p class="quiet">{}</p></div>'
        ).format(look, look, self._headline(), entries, self._progress)

    def to_text(self) -> str:
        """The same in lines."""
        lines = [self._headline()]
        for finding in self._findings:
            lines.append(f"  {_sign(finding)} {visible(finding.what)}")
            if not finding.met:
                lines.append(f"    {visible(finding.reason)} Next: {visible(finding.next_step)}")
        return "\n".join([*lines, self._progress])

    @property
    def _reached(self) -> bool:
        return all(finding.met for finding in self._findings)

    def _headline(self) -> str:
        if self._reached:
            return "✓ Checkpoint reached"
        missing = sum(not finding.met for finding in self._findings)
        return f"✗ Checkpoint: {missing} of {len(self._findings)} missing"

    def _entry(self, finding: Finding) -> Markup:
        what = Markup('<span class="{}">{}</span> {}').format(
            "good" if finding.met else "bad", _sign(finding), visible(finding.what)
        )
        if finding.met:
            return Markup("<li>{}</li>").format(what)
        return Markup("<li>{}<p>{}</p>{}</li>").format(
            what, visible(finding.reason), _next_step(finding.next_step)
        )


class HintView(View):
    """A hint, with how many there are."""

    def __init__(self, name: str, place: int, count: int, words: str, afterwards: str = "") -> None:
        self._title = f"Hint {place} of {count} · {visible(name)}"
        self._words = visible(words)
        self._afterwards = visible(afterwards)

    def body(self) -> Markup:
        """A box."""
        return Markup(
            '<div class="outcome"><p class="quiet">{}</p><p>{}</p><p class="quiet">{}</p></div>'
        ).format(self._title, mark_code(self._words), mark_code(self._afterwards))

    def to_text(self) -> str:
        """The same in lines."""
        return "\n".join(line for line in (self._title, self._words, self._afterwards) if line)


class SolutionView(View):
    """A solution: the cell as it can be written, and why that is right."""

    def __init__(self, name: str, source: str, why: str) -> None:
        self._title = f"A solution · {visible(name)}"
        self._source = visible(source)
        self._why = visible(why)

    def body(self) -> Markup:
        """The code, coloured."""
        return Markup(
            '<div class="outcome"><p class="quiet">{}</p><pre class="code">{}</pre><p>{}</p></div>'
        ).format(self._title, highlight_python(self._source), self._why)

    def to_text(self) -> str:
        """The same in lines."""
        return "\n".join([self._title, self._source, self._why])


def _sign(finding: Finding) -> str:
    return "✓" if finding.met else "✗"


def _next_step(words: str) -> Markup:
    if not words:
        return Markup()
    return Markup("<p><strong>Next:</strong> {}</p>").format(mark_code(visible(words)))
