"""Where moto refuses what AWS refuses, in other words: AWS's sentence for each of moto's.

Sources: answers of AWS as client libraries and their users record them; API references.
"""

from __future__ import annotations

import re

from werkzeug import Response

Wording = tuple[re.Pattern[str], str]


def _read_wordings(*pairs: tuple[str, str]) -> tuple[Wording, ...]:
    return tuple((re.compile(pattern), sentence) for pattern, sentence in pairs)


# moto has copied some sentences from a client's output, together with what the client adds.
_EVERYWHERE = _read_wordings((r"An error occurred \(\w+\) when calling the \w+ operation: ", ""))
_BY_SERVICE = {
    "iam": _read_wordings(
        (r"Role ([\w+=,.@-]+) not found", r"The role with name \1 cannot be found."),
        (r"User ([\w+=,.@-]+) already exists", r"User with name \1 already exists."),
        (
            r"Policy Document ([\w+=,.@-]+) not attached to role [\w+=,.@-]+",
            r"The role policy with name \1 cannot be found.",
        ),
        (
            r"Trust Policy statement actions can only be [^<]*WithWebIdentity",
            "AssumeRole policy may only specify STS AssumeRole actions.",
        ),
        (r"Has prohibited field Resource\.", "Has prohibited field Resource"),
    ),
}


def reword(service: str, response: Response) -> Response:
    """Let a refusal of moto's speak AWS's sentence; everything else stays as it is."""
    if response.status_code >= 400:
        text = response.get_data(as_text=True)
        for pattern, sentence in (*_EVERYWHERE, *_BY_SERVICE.get(service, ())):
            text = pattern.sub(sentence, text)
        response.set_data(text)
    return response
