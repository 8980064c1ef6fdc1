"""IAM's wildcards: ``*`` is any run of characters, ``?`` is any one character.

A pattern is text in which wildcards and literal characters have already been told apart, so that
a value put in by a policy variable never becomes a wildcard.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterable
from enum import Enum

ARN_SEGMENTS = 6


class Wildcard(Enum):
    """A character of a pattern that stands for others; the last two for none but a colon."""

    ANY_RUN = "*"
    ANY_ONE = "?"
    RUN_IN_SEGMENT = "*:"
    ONE_IN_SEGMENT = "?:"


# Each literal symbol is one character.
Symbol = str | Wildcard
_RUNS = (Wildcard.ANY_RUN, Wildcard.RUN_IN_SEGMENT)
_IN_SEGMENT: dict[Symbol, Symbol] = {
    Wildcard.ANY_RUN: Wildcard.RUN_IN_SEGMENT,
    Wildcard.ANY_ONE: Wildcard.ONE_IN_SEGMENT,
}


class Pattern:
    """Literal characters and wildcards, in order."""

    def __init__(self, symbols: Iterable[Symbol]) -> None:
        self.symbols = tuple(symbols)
        self.text = "".join(one if isinstance(one, str) else one.value for one in self.symbols)
        literals = itertools.takewhile(lambda one: isinstance(one, str), self.symbols)
        self.prefix = "".join(map(str, literals))
        self.rest = self.symbols[len(self.prefix) :]

    @functools.cached_property
    def bounded(self) -> Pattern:
        """The pattern with the wildcards of an ARN's first five segments kept within them."""
        colons = 0
        bounded: list[Symbol] = []
        for symbol, following in zip(self.symbols, (*self.symbols, ":")[1:], strict=True):
            colons += symbol == ":"
            may_run_on = symbol is Wildcard.ANY_RUN and following == ":"
            is_kept = colons < ARN_SEGMENTS - 1 and not may_run_on
            bounded.append(_IN_SEGMENT.get(symbol, symbol) if is_kept else symbol)
        return Pattern(bounded)


@functools.lru_cache(maxsize=4096)
def read_pattern(text: str) -> Pattern:
    """Read text in which every ``*`` and ``?`` is a wildcard."""
    return Pattern(Wildcard(each) if each in "*?" else each for each in text)


@functools.lru_cache(maxsize=16384)
def matches_action(pattern: str, action: str) -> bool:
    """Say whether an action such as ``s3:GetObject`` matches; case does not count."""
    return matches_text(read_pattern(pattern.lower()), action.lower())


def matches_resource(pattern: Pattern, arn: str) -> bool:
    """Say whether a resource ARN matches a Resource element's pattern; case counts.

    A wildcard inside one of the first five segments stays within its segment, and a ``*`` that
    ends its segment may run on past the colon, as the IAM user guide has it ("Using wildcards in
    resource ARNs"). In the sixth part a wildcard matches anything, slashes and colons included.
    """
    return matches_text(pattern.bounded, arn)


def matches_arn(pattern: Pattern, arn: str) -> bool:
    """Say whether an ARN matches under the Arn condition operators, segment by segment."""
    patterns, texts = _split_segments(pattern), arn.split(":", ARN_SEGMENTS - 1)
    return len(patterns) == len(texts) == ARN_SEGMENTS and all(map(matches_text, patterns, texts))


def _split_segments(pattern: Pattern) -> list[Pattern]:
    symbols = pattern.symbols
    colons = [place for place, symbol in enumerate(symbols) if symbol == ":"][: ARN_SEGMENTS - 1]
    starts, ends = [0, *(place + 1 for place in colons)], [*colons, len(symbols)]
    return [Pattern(symbols[start:end]) for start, end in zip(starts, ends, strict=True)]


def matches_text(pattern: Pattern, text: str) -> bool:
    """Say whether the whole text matches.

    All possible positions are followed side by side: linear in the text, whatever the pattern. A
    regular expression would backtrack, and a policy is text that a user wrote.
    """
    symbols = pattern.rest
    if not text.startswith(pattern.prefix):
        return False
    if symbols == (Wildcard.ANY_RUN,):
        return True
    positions = _skip_runs(symbols, {0})
    for character in text[len(pattern.prefix) :]:
        taken = [one for one in positions if one < len(symbols) and _takes(symbols[one], character)]
        moved = {one if symbols[one] in _RUNS else one + 1 for one in taken}
        positions = _skip_runs(symbols, moved)
        if not positions:
            return False
    return len(symbols) in positions


def _takes(symbol: Symbol, character: str) -> bool:
    if isinstance(symbol, str):
        return symbol == character
    return character != ":" or symbol in _IN_SEGMENT


def _skip_runs(symbols: tuple[Symbol, ...], positions: set[int]) -> set[int]:
    """Add the positions behind a ``*``, which may also match nothing."""
    for position in tuple(positions):
        while position < len(symbols) and symbols[position] in _RUNS:
            position += 1
            positions.add(position)
    return positions
