"""IAM's wildcards: ``*`` is any run of characters, ``?`` is any one character.

A pattern is text in which wildcards and literal characters have already been told apart, so that
a value put in by a policy variable never becomes a wildcard.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

ARN_SEGMENTS = 6


class Wildcard(Enum):
    """A character of a pattern that stands for others."""

    ANY_RUN = "*"
    ANY_ONE = "?"


Symbol = str | Wildcard


@dataclass(frozen=True)
class Pattern:
    """Literal characters and wildcards, in order; each literal symbol is one character."""

    symbols: tuple[Symbol, ...]

    @property
    def text(self) -> str:
        """The pattern with its wildcards written back as ``*`` and ``?``."""
        return "".join(
            symbol if isinstance(symbol, str) else symbol.value for symbol in self.symbols
        )


@lru_cache(maxsize=4096)
def read_pattern(text: str) -> Pattern:
    """Read text in which every ``*`` and ``?`` is a wildcard."""
    return Pattern(tuple(_read_character(character) for character in text))


def _read_character(character: str) -> Symbol:
    return Wildcard(character) if character in "*?" else character


def matches_text(pattern: Pattern, text: str, *, ignore_case: bool = False) -> bool:
    """Say whether the whole text matches, wildcards spanning any characters."""
    if ignore_case:
        return _run(_compile(_lower(pattern), bounded_segments=0), text.lower())
    return _run(_compile(pattern, bounded_segments=0), text)


@lru_cache(maxsize=16384)
def matches_action(pattern: str, action: str) -> bool:
    """Say whether an action such as ``s3:GetObject`` matches; case does not count."""
    return matches_text(read_pattern(pattern), action, ignore_case=True)


def matches_resource(pattern: Pattern, arn: str) -> bool:
    """Say whether a resource ARN matches a Resource element's pattern; case counts.

    A wildcard inside one of the first five segments stays within its segment, and a ``*`` that
    ends its segment may run on past the colon, as the IAM user guide has it ("Using wildcards in
    resource ARNs"). In the sixth part a wildcard matches anything, slashes and colons included.
    """
    return _run(_compile(pattern, bounded_segments=ARN_SEGMENTS - 1), arn)


def matches_arn(pattern: Pattern, arn: str) -> bool:
    """Say whether an ARN matches under the Arn condition operators, segment by segment."""
    pattern_segments = _split_segments(pattern)
    arn_segments = arn.split(":", ARN_SEGMENTS - 1)
    if len(pattern_segments) != ARN_SEGMENTS or len(arn_segments) != ARN_SEGMENTS:
        return False
    return all(
        matches_text(segment, text)
        for segment, text in zip(pattern_segments, arn_segments, strict=True)
    )


def _split_segments(pattern: Pattern) -> list[Pattern]:
    segments: list[list[Symbol]] = [[]]
    for symbol in pattern.symbols:
        if symbol == ":" and len(segments) < ARN_SEGMENTS:
            segments.append([])
        else:
            segments[-1].append(symbol)
    return [Pattern(tuple(segment)) for segment in segments]


@dataclass(frozen=True)
class _Step:
    """One symbol made ready to run: which character it takes, and whether it may take it again."""

    literal: str | None
    repeats: bool
    bounded: bool

    def takes(self, character: str) -> bool:
        if self.literal is not None:
            return self.literal == character
        return not (self.bounded and character == ":")


@lru_cache(maxsize=4096)
def _compile(pattern: Pattern, bounded_segments: int) -> tuple[_Step, ...]:
    symbols = pattern.symbols
    colons = 0
    steps: list[_Step] = []
    for position, symbol in enumerate(symbols):
        colons += symbol == ":"
        repeats = symbol is Wildcard.ANY_RUN
        ends_segment = position + 1 == len(symbols) or symbols[position + 1] == ":"
        bounded = colons < bounded_segments and not (repeats and ends_segment)
        steps.append(_Step(symbol if isinstance(symbol, str) else None, repeats, bounded))
    return tuple(steps)


def _run(steps: tuple[_Step, ...], text: str) -> bool:
    """Run all possible positions side by side: linear in the text, whatever the pattern.

    A regular expression would backtrack, and a policy is text that a user wrote.
    """
    if len(steps) == 1 and steps[0].repeats and not steps[0].bounded:
        return True
    positions = _skip_runs(steps, {0})
    for character in text:
        reached: set[int] = set()
        for position in positions:
            if position < len(steps) and steps[position].takes(character):
                reached.add(position if steps[position].repeats else position + 1)
        positions = _skip_runs(steps, reached)
        if not positions:
            return False
    return len(steps) in positions


def _skip_runs(steps: tuple[_Step, ...], positions: set[int]) -> set[int]:
    """Add the positions behind a ``*``, which may also match nothing."""
    reached = set(positions)
    for position in positions:
        following = position
        while following < len(steps) and steps[following].repeats:
            following += 1
            reached.add(following)
    return reached


@lru_cache(maxsize=4096)
def _lower(pattern: Pattern) -> Pattern:
    return Pattern(
        tuple(symbol.lower() if isinstance(symbol, str) else symbol for symbol in pattern.symbols)
    )
