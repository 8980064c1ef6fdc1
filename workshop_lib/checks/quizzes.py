"""Questions with a few answers to choose from, every one explained; nobody counts points."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

LETTERS = "abcdef"


@dataclass(frozen=True)
class Option:
    """One answer to choose: what it says, and why it is right or wrong."""

    text: str
    explanation: str


@dataclass(frozen=True)
class Quiz:
    """A question.

    Args:
        name: by which the notebook asks it.
        question: a sentence or two.
        options: the answers, which get the letters a, b, c …
        right: the letter of the right one.
    """

    name: str
    question: str
    options: tuple[Option, ...]
    right: str

    @property
    def lettered(self) -> Mapping[str, Option]:
        """The options by their letters."""
        return dict(zip(LETTERS, self.options, strict=False))

    def option(self, letter: object) -> Option | None:
        """Return the option of a letter, in either case, or None where there is none."""
        if not isinstance(letter, str):
            return None
        return self.lettered.get(letter.strip().strip("().").lower())

    def is_right(self, option: Option) -> bool:
        """Tell whether this option is the right one."""
        return self.lettered[self.right] is option
