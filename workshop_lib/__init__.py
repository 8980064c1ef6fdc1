"""A serverless workshop in eight notebooks: ``from workshop_lib import open_lesson``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workshop_lib.workshop import OpenLesson, open_lesson

__all__ = ["OpenLesson", "open_lesson"]


def __getattr__(name: str) -> Any:
    # Loaded when asked for: whoever wants one small module need not wait for all.
    if name in __all__:
        from workshop_lib import workshop

        return getattr(workshop, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
