"""Filter patterns of CloudWatch Logs: which messages a pattern finds.

Terms without order are here (``ERROR -WARN``, ``?a ?b``, ``"a phrase"``). Conditions on properties
of JSON (``{ $.level = "ERROR" }``), fields (``[a, b]``) and regular expressions (``%a.*%``), of
which a hostile one could run for ever, are refused in a sentence: no lesson needs them.

Source: CloudWatch Logs user guide, "Filter pattern syntax for metric filters, subscription filters,
filter log events, and Live Tail".
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable

from workshop_lib.local_cloud.aws_errors import AwsError

LONGEST_PATTERN = 1024
TERM = re.compile(r"""\s*(?P<sign>[?-]?)(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|%(?P<regular>[^%]*)%"""
                  r"""|(?P<plain>[^\s"%]+))(?=\s|$)""")  # fmt: skip


def refuse(reason: str) -> AwsError:
    """Return the error for a pattern that CloudWatch Logs would not take."""
    return AwsError("InvalidParameterException", f"Invalid filter pattern: {reason}", 400)


@functools.lru_cache(maxsize=64)
def parse_pattern(pattern: str) -> Callable[[str], bool]:
    """Return what tells whether a message is found.

    Raises:
        AwsError: ``InvalidParameterException`` for what is not a pattern.
        NotImplementedError: the pattern is of another kind than terms.
    """
    text = pattern.strip()
    if len(pattern) > LONGEST_PATTERN:
        raise refuse(f"A filter pattern has {LONGEST_PATTERN} characters at most")
    if text.startswith(("[", "{")):
        kind = "fields, [a, b, …]" if text.startswith("[") else "properties of JSON, { $.a = 1 }"
        raise NotImplementedError(f"Filter patterns are of terms here, not of {kind}.")
    terms: dict[str, list[str]] = {"": [], "-": [], "?": []}
    position = 0
    while position < len(text):
        found = TERM.match(text, position)
        if found is None:
            raise refuse(f"Invalid term at position {position}")
        terms[found["sign"]].append(_read_term(found))
        position = found.end()
    # Optional terms count only where there are no others.
    optional = terms["?"] if not terms[""] and not terms["-"] else []

    def matches(message: str) -> bool:
        return (
            all(term in message for term in terms[""])
            and not any(term in message for term in terms["-"])
            and (not optional or any(term in message for term in optional))
        )

    return matches


def _read_term(found: re.Match[str]) -> str:
    if found["regular"] is not None:
        raise NotImplementedError("Filter patterns are of terms here, not of regular expressions.")
    if found["quoted"] is not None:
        return re.sub(r"\\(.)", r"\1", found["quoted"])
    if not re.fullmatch(r"\w+", found["plain"]):
        raise refuse(f"Invalid character(s) in term '{found['plain']}'")
    return found["plain"]
