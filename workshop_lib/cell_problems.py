"""What went wrong in a cell, shown under it in words; the traceback stays a click away.

The cell has failed all the same: whoever runs the notebook by a program sees the error.
"""

from __future__ import annotations

from traceback import format_exception
from typing import Any

from workshop_lib.errors import WorkshopError


def show_problem(shell: Any, problem: WorkshopError, error: BaseException) -> list[str]:
    """Show what happened and what to do, for a cell that has failed with this error."""
    from workshop_lib.ui.refusals import ProblemView

    return show_view(shell, ProblemView(problem, format_traceback(error)), error)


def show_view(shell: Any, view: Any, error: BaseException) -> list[str]:
    """Show a view of an error in the error's place."""
    from IPython.display import display

    display(view)
    # The kernel publishes this as the cell's error, which ends a run of the whole notebook. The
    # words stand in the view already.
    lines = [f"{type(error).__name__}, explained above."]
    shell._showtraceback(type(error), error, lines)
    return lines


def format_traceback(error: BaseException) -> str:
    """Return the traceback as Python prints it."""
    return "".join(format_exception(error))
