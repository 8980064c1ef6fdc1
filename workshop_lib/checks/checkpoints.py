"""What a lesson should leave behind, looked at one thing after the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import httpx
from botocore.exceptions import BotoCoreError, ClientError

from workshop_lib.checks.evidence import Evidence
from workshop_lib.checks.outcomes import WrongAnswerError
from workshop_lib.errors import LessonError


@dataclass(frozen=True)
class Requirement:
    """One thing that should stand.

    Args:
        what: it, as a statement that is true when it stands.
        look: raises WrongAnswerError when it does not, with the reason and the next action.
    """

    what: str
    look: Callable[[Evidence], None]


@dataclass(frozen=True)
class Finding:
    """What was found of a requirement; `reason` and `next_step` are empty where it is met."""

    what: str
    met: bool
    reason: str = ""
    next_step: str = ""


def inspect(requirements: Sequence[Requirement], evidence: Evidence) -> list[Finding]:
    """Return what stands and what is missing, in the order of the requirements.

    Raises:
        LessonError: the cloud could not be asked.
    """
    return [_inspect_one(requirement, evidence) for requirement in requirements]


def _inspect_one(requirement: Requirement, evidence: Evidence) -> Finding:
    try:
        requirement.look(evidence)
    except WrongAnswerError as missing:
        return Finding(requirement.what, False, missing.message, missing.next_step)
    except (ClientError, BotoCoreError, httpx.HTTPError) as error:
        raise LessonError(
            f"The checkpoint could not ask the cloud: {error}",
            "Run the notebook's cells above again, then this one.",
        ) from error
    return Finding(requirement.what, True)
