"""An error of AWS, explained: what it said, what that means, what to do."""

from __future__ import annotations

from markupsafe import Markup

from workshop_lib.errors import WorkshopError
from workshop_lib.refusals import Explanation
from workshop_lib.ui.redaction import hide_accounts, hide_signatures
from workshop_lib.ui.views import View, mark_code, visible


class RefusalView(View):
    """An explanation, with the traceback folded under it.

    Args:
        explanation: in words.
        traceback: as Python prints it; nothing is folded where it is empty.
        expected: whether the lesson wanted the refusal to be seen.
    """

    def __init__(
        self, explanation: Explanation, traceback: str = "", *, expected: bool = False
    ) -> None:
        self._explanation = explanation
        self._traceback = _clean(traceback)
        self._expected = expected

    def body(self) -> Markup:
        """A box with three facts."""
        facts = [
            Markup("<div><dt>{}</dt><dd>{}</dd></div>").format(term, words)
            for term, words in self._pairs()
        ]
        look = "" if self._expected else "bad"
        return Markup(
            '<div class="outcome {}"><p><strong class="{}">{}</strong></p>'
            '<dl class="said">{}</dl>{}</div>'
        ).format(look, look, self._headline(), Markup("").join(facts), self._folded())

    def to_text(self) -> str:
        """The same in lines, without the traceback."""
        return "\n".join(
            [self._headline(), *(f"  {term}: {words}" for term, words in self._pairs())]
        )

    def _headline(self) -> str:
        sign = "⊘ Refused, as expected" if self._expected else "✗ AWS refused"
        return f"{sign}: {_clean(self._explanation.code)} · {_clean(self._explanation.where)}"

    def _pairs(self) -> list[tuple[str, str]]:
        explanation = self._explanation
        return [
            ("AWS said", _clean(explanation.said) or "nothing more"),
            ("It means", explanation.meaning),
            ("To do", explanation.next_step),
        ]

    def _folded(self) -> Markup:
        return _fold(self._traceback)


class ProblemView(View):
    """An error of the workshop's own: what happened, what to do, the traceback folded."""

    def __init__(self, error: WorkshopError, traceback: str = "") -> None:
        self._what = _clean(error.what)
        self._next_step = _clean(error.next_step)
        self._traceback = _clean(traceback)

    def body(self) -> Markup:
        """A box."""
        return Markup(
            '<div class="outcome bad"><p><strong class="bad">✗ {}</strong></p><p>{}</p>{}</div>'
        ).format(mark_code(self._what), mark_code(self._next()), _fold(self._traceback))

    def to_text(self) -> str:
        """The same in two lines, without the traceback."""
        return f"✗ {self._what}\n{self._next()}".rstrip()

    def _next(self) -> str:
        return f"Next: {self._next_step}" if self._next_step else ""


def _fold(traceback: str) -> Markup:
    if not traceback:
        return Markup()
    return Markup("<details><summary>Traceback</summary><pre>{}</pre></details>").format(traceback)


def _clean(text: str) -> str:
    return hide_accounts(hide_signatures(visible(text)))
