"""Explaining, under a cell of a notebook, why AWS refused; the traceback stays a click away.

The cell has failed all the same: whoever runs the notebook by a program sees the error.
"""

from __future__ import annotations

from traceback import format_exception
from types import TracebackType
from typing import Any

from workshop_lib.errors import WorkshopError
from workshop_lib.refusals import EXPLAINED, explain


def explain_errors(shell: Any) -> None:
    """Have an IPython shell explain AWS's refusals from now on."""
    shell.set_custom_exc((*EXPLAINED, WorkshopError), _show_error)


def _show_error(
    shell: Any,
    kind: type[BaseException],
    error: BaseException,
    traceback: TracebackType | None,
    tb_offset: int | None = None,
) -> list[str]:
    from IPython.display import display

    display(_view_of(error, "".join(format_exception(kind, error, traceback))))
    # The kernel publishes this as the cell's error, which ends a run of the whole notebook.
    lines = [f"{kind.__name__}: {error}"]
    shell._showtraceback(kind, error, lines)
    return lines


def _view_of(error: BaseException, traceback: str) -> Any:
    from workshop_lib.ui.refusals import ProblemView, RefusalView

    if isinstance(error, WorkshopError):
        return ProblemView(error, traceback)
    explanation = explain(error)
    if explanation is None:
        raise TypeError(f"{type(error).__name__} is no error of AWS") from error
    return RefusalView(explanation, traceback)
