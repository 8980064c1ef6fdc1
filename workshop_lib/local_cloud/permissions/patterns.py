"""IAM's wildcards: ``*`` is any run of characters, ``?`` is any one character.

A pattern is text in which wildcards and literal characters have already been told apart, so that
a value put in by a policy variable never becomes a wildcard.
"""

from __future__ import annotations

from enum import Enum
from functools import lru_cache

ARN_SEGMENTS = 6


class Wildcard(Enum):
    """A character of a pattern that stands for others; the last two for none but a colon."""

    ANY_RUN = "*"
    ANY_ONE = "?"
    RUN_IN_SEGMENT = "*:"
    ONE_IN_SEGMENT = "?:"


# Each literal symbol is one character.
Symbol = str | Wildcard
Pattern = tuple[Symbol, ...]
_RUNS = (Wildcard.ANY_RUN, Wildcard.RUN_IN_SEGMENT)
_IN_SEGMENT: dict[Symbol, Symbol] = {
    Wildcard.ANY_RUN: Wildcard.RUN_IN_SEGMENT,
    Wildcard.ANY_ONE: Wildcard.ONE_IN_SEGMENT,
}


@lru_cache(maxsize=4096)
def read_pattern(text: str) -> Pattern:
    """Read text in which every ``*`` and ``?`` is a wildcard."""
    return tuple(Wildcard(each) if each in "*?" else each for each in text)


def write_pattern(pattern: Pattern) -> str:
    """Write a pattern with its wildcards as ``*`` and ``?``."""
    return "".join(each if isinstance(each, str) else each.value for each in pattern)


@lru_cache(maxsize=16384)
def matches_action(pattern: str, action: str) -> bool:
    """Say whether an action such as ``s3:GetObject`` matches; case does not count."""
    return matches_text(read_pattern(pattern.lower()), action.lower())


def matches_resource(pattern: Pattern, arn: str) -> bool:
    """Say whether a resource ARN matches a Resource element's pattern; case counts.

    A wildcard inside one of the first five segments stays within its segment, and a ``*`` that
    ends its segment may run on past the colon, as the IAM user guide has it ("Using wildcards in
    resource ARNs"). In the sixth part a wildcard matches anything, slashes and colons included.
    """
    return matches_text(_bound(pattern), arn)


def matches_arn(pattern: Pattern, arn: str) -> bool:
    """Say whether an ARN matches under the Arn condition operators, segment by segment."""
    patterns, texts = _split_segments(pattern), arn.split(":", ARN_SEGMENTS - 1)
    return len(patterns) == len(texts) == ARN_SEGMENTS and all(map(matches_text, patterns, texts))


def _split_segments(pattern: Pattern) -> list[Pattern]:
    colons = [place for place, symbol in enumerate(pattern) if symbol == ":"][: ARN_SEGMENTS - 1]
    starts, ends = [0, *(place + 1 for place in colons)], [*colons, len(pattern)]
    return [pattern[start:end] for start, end in zip(starts, ends, strict=True)]


@lru_cache(maxsize=4096)
def _bound(pattern: Pattern) -> Pattern:
    """Keep the wildcards of the first five segments within them."""
    colons = 0
    bounded: list[Symbol] = []
    for symbol, following in zip(pattern, (*pattern, ":")[1:], strict=True):
        colons += symbol == ":"
        may_run_on = symbol is Wildcard.ANY_RUN and following == ":"
        is_wildcard = isinstance(symbol, Wildcard) and colons < ARN_SEGMENTS - 1
        bounded.append(_IN_SEGMENT[symbol] if is_wildcard and not may_run_on else symbol)
    return tuple(bounded)


def matches_text(pattern: Pattern, text: str) -> bool:
    """Say whether the whole text matches.

    All possible positions are followed side by side: linear in the text, whatever the pattern. A
    regular expression would backtrack, and a policy is text that a user wrote.
    """
    if pattern == (Wildcard.ANY_RUN,):
        return True
    positions = _skip_runs(pattern, {0})
    for character in text:
        positions = _skip_runs(
            pattern,
            {
                position if pattern[position] in _RUNS else position + 1
                for position in positions
                if position < len(pattern) and _takes(pattern[position], character)
            },
        )
        if not positions:
            return False
    return len(pattern) in positions


def _takes(symbol: Symbol, character: str) -> bool:
    if isinstance(symbol, str):
        return symbol == character
    return character != ":" or symbol not in _IN_SEGMENT.values()


def _skip_runs(pattern: Pattern, positions: set[int]) -> set[int]:
    """Add the positions behind a ``*``, which may also match nothing."""
    for position in tuple(positions):
        while position < len(pattern) and pattern[position] in _RUNS:
            position += 1
            positions.add(position)
    return positions
