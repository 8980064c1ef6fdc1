"""What an examination says: one line each, good or what to do next."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from botocore.exceptions import ClientError

DENIALS = ("AccessDenied", "AccessDeniedException", "AuthorizationError", "UnauthorizedOperation")
BY_ORGANISATION = "service control policy"


class State(Enum):
    """How something is."""

    GOOD = "good"
    NOTE = "worth knowing"
    BAD = "needs something"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Args:
        state: how it is.
        subject: what was looked at, in a word or two.
        what: what was found, a few words.
        next_step: what to do about it; empty when it is good.
    """

    state: State
    subject: str
    what: str
    next_step: str = ""


def good(subject: str, what: str) -> Finding:
    """Return that something is as it should be."""
    return Finding(State.GOOD, subject, what)


def bad(subject: str, what: str, next_step: str) -> Finding:
    """Return that something needs a hand."""
    return Finding(State.BAD, subject, what, next_step)


def note(subject: str, what: str, next_step: str) -> Finding:
    """Return what is worth knowing; the workshop works all the same, or nobody may ask."""
    return Finding(State.NOTE, subject, what, next_step)


def is_denial(error: ClientError) -> bool:
    """Tell whether AWS refused because of a policy."""
    return code_of(error) in DENIALS


def code_of(error: ClientError) -> str:
    """Return AWS's code of an error."""
    return str(error.response.get("Error", {}).get("Code", ""))


def denied_by_organisation(error: ClientError) -> bool:
    """Tell whether the organisation's own policy refused, which no policy of the account mends."""
    return is_denial(error) and BY_ORGANISATION in str(error)
