"""The workshop's errors, one tree; each says what happened and what to do next.

WorkshopError
├── SettingsError          a WORKSHOP_… variable has a value that cannot be used
├── LocalCloudError        the local cloud cannot start, stop or answer
│   └── PortTakenError     another program listens on the local cloud's port
├── PackagingError         a function's code or a layer cannot be packed
├── ModelUnavailableError  the recogniser's weights cannot be had
├── PricesError            a price is not known, or the file of prices cannot be read
├── ResourceNotReadyError  something in the cloud did not become ready in time
├── LessonError            a lesson was asked for something it does not have
└── NotebookFailedError    a notebook stopped at a cell
"""

from __future__ import annotations


class WorkshopError(Exception):
    """Something the reader can act on.

    Args:
        what: what happened and where, a sentence.
        next_step: what to do about it, a sentence; shown on a line of its own.
    """

    def __init__(self, what: str, next_step: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.next_step = next_step

    def __str__(self) -> str:
        return f"{self.what}\nNext: {self.next_step}" if self.next_step else self.what


class SettingsError(WorkshopError):
    """A setting has a value that cannot be used."""


class LocalCloudError(WorkshopError):
    """The local cloud cannot start, stop or answer."""


class PortTakenError(LocalCloudError):
    """Another program listens on the local cloud's port."""


class PackagingError(WorkshopError):
    """A function's code or a layer cannot be packed."""


class ModelUnavailableError(WorkshopError):
    """The recogniser's weights cannot be had."""


class PricesError(WorkshopError):
    """A price is not known, or the file of prices cannot be read."""


class ResourceNotReadyError(WorkshopError):
    """Something in the cloud did not become ready in time."""


class LessonError(WorkshopError):
    """A lesson was asked for something it does not have."""


class NotebookFailedError(WorkshopError):
    """A notebook stopped at a cell."""
