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


def load_ipython_extension(shell: Any) -> None:
    """Explain missing names from now on."""
    shell.set_custom_exc((NameError,), show_missing_name)


def show_missing_name(
    shell: Any,
    kind: type[BaseException],
    error: BaseException,
    traceback: TracebackType | None,
    tb_offset: int | None = None,
) -> list[str] | None:
    """Explain a name that a cell asked for in vain; other NameErrors are shown as ever."""
    name = getattr(error, "name", None)
    if kind is not NameError or not name or not _raised_by_a_cell(shell, traceback):
        shell.showtraceback((kind, error, traceback), tb_offset=tb_offset)
        return None
    problem = WorkshopError(f"This kernel knows no `{name}`.", _advise(name, shell.user_ns))
    return show_problem(shell, problem, error)


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
