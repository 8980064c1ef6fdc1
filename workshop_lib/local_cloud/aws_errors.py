"""The one exception by which any part of the local cloud answers as AWS would refuse."""

from __future__ import annotations

from collections.abc import Mapping


class AwsError(Exception):
    """An AWS error on its way to the caller; the front door gives it its protocol's shape.

    Args:
        code: AWS's error code, such as ``AccessDenied``.
        message: AWS's own sentence where it is known.
        status: the HTTP status.
        details: further elements of the error document, such as ``{"Key": "cat.jpg"}``.
    """

    def __init__(
        self, code: str, message: str, status: int = 400, details: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status
        self.details = dict(details or {})


def left_out(what: str, code: str = "NotImplemented", status: int = 501) -> AwsError:
    """Return the refusal of what AWS has and no lesson needs.

    Args:
        what: a plural, or a thing with its article, as AWS names it.
    """
    message = f"The local cloud does not have {what}: no lesson needs it. AWS may have it."
    return AwsError(code, message, status)
