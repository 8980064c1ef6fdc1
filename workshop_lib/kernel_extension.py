"""What every kernel of the workshop's environment has from its start, before any lesson is open.

IPython loads it by `ipython_kernel_config.py`, which the package installs. It explains
a name that is not there: mostly, the kernel was restarted and the cells above have not run again.
It imports next to nothing, because every kernel waits for it.
"""

from __future__ import annotations

import builtins
from difflib import get_close_matches
from types import TracebackType
from typing import Any

from workshop_lib.cell_problems import show_problem
from workshop_lib.errors import WorkshopError

MISSING = (NameError, AttributeError)


def load_ipython_extension(shell: Any) -> None:
    """Explain missing names, and what is asked of nothing, from now on."""
    shell.set_custom_exc(MISSING, show_missing)


def show_missing(
    shell: Any,
    kind: type[BaseException],
    error: BaseException,
    traceback: TracebackType | None,
    tb_offset: int | None = None,
) -> list[str] | None:
    """Explain what a cell asked for in vain; other errors of these kinds are shown as ever."""
    problem = _explain(error, shell.user_ns) if _raised_by_a_cell(shell, traceback) else None
    if problem is None:
        shell.showtraceback((kind, error, traceback), tb_offset=tb_offset)
        return None
    return show_problem(shell, problem, error)


def _explain(error: BaseException, known: dict[str, Any]) -> WorkshopError | None:
    name = getattr(error, "name", None)
    if type(error) is NameError and name:
        return WorkshopError(f"This kernel knows no `{name}`.", _advise(name, known))
    if isinstance(error, AttributeError) and name and error.obj is None:
        return WorkshopError(
            f"This cell asks for the {name} of something that is not there.",
            "find_… and describe_… answer None for what does not stand in the cloud. "
            "lesson.catch_up() builds what earlier lessons made; then run the cells above again.",
        )
    return None


def _raised_by_a_cell(shell: Any, traceback: TracebackType | None) -> bool:
    while traceback is not None and traceback.tb_next is not None:
        traceback = traceback.tb_next
    return traceback is not None and traceback.tb_frame.f_globals is shell.user_ns


def _advise(name: str, known: dict[str, Any]) -> str:
    public = [other for other in [*known, *vars(builtins)] if not other.startswith("_")]
    like = get_close_matches(name, public, n=1, cutoff=0.8)
    spelling = f"Did you mean `{like[0]}`? If not: the" if like else "The"
    return (
        f"{spelling} cell that makes it has not run since the kernel started. Choose Run > Run All "
        "Above Selected Cell, then run this cell again; every cell may be run twice."
    )
