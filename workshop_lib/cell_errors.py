"""Explaining, under a cell of a notebook, why AWS refused."""

from __future__ import annotations

from types import TracebackType
from typing import Any

from workshop_lib.cell_problems import format_traceback, show_view
from workshop_lib.errors import WorkshopError
from workshop_lib.kernel_extension import MISSING, show_missing
from workshop_lib.refusals import EXPLAINED, explain


def explain_errors(shell: Any) -> None:
    """Have an IPython shell explain AWS's refusals, our errors and missing names from now on."""

    def show_error(
        shell: Any,
        kind: type[BaseException],
        error: BaseException,
        traceback: TracebackType | None,
        tb_offset: int | None = None,
    ) -> list[str] | None:
        if isinstance(error, MISSING):
            return show_missing(shell, kind, error, traceback, tb_offset)
        return show_view(shell, _view_of(error), error)

    shell.set_custom_exc((*EXPLAINED, WorkshopError, *MISSING), show_error)


def _view_of(error: BaseException) -> Any:
    from workshop_lib.ui.refusals import ProblemView, RefusalView

    if isinstance(error, WorkshopError):
        return ProblemView(error, format_traceback(error))
    explanation = explain(error)
    if explanation is None:
        raise TypeError(f"{type(error).__name__} is no error of AWS") from error
    return RefusalView(explanation, format_traceback(error))
