"""Running the notebooks in order in the terminal, by papermill."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import nbformat
import papermill
from papermill.engines import NBClientEngine, papermill_engines
from papermill.exceptions import PapermillExecutionError
from traitlets.config import Config

from workshop_lib.errors import NotebookFailedError
from workshop_lib.places import NOTEBOOKS
from workshop_lib.solutions import put_solutions, read_solutions

CELL_SECONDS = 300
ENGINE = "workshop"


class RunObserver(Protocol):
    """Is told how a run goes."""

    def begin_notebook(self, stem: str, cells: int) -> None:
        """Hear that a notebook with this many code cells begins."""

    def end_cell(self) -> None:
        """Hear that a code cell is done."""

    def end_notebook(self, stem: str) -> None:
        """Hear that a notebook is done."""


def run_notebook(
    stem: str, folder: Path, observer: RunObserver, *, with_solutions: bool = False
) -> Path:
    """Execute one notebook and return where the executed copy is.

    Args:
        stem: the lesson's stem, such as ``03_lambda_image_recognition``.
        folder: where the executed copy goes; written even when a cell fails.
        observer: is told of each cell.
        with_solutions: execute a copy whose exercises hold their solutions.

    Raises:
        NotebookFailedError: a cell failed; the message names notebook, cell and error.
        LessonError: an exercise has no solution.
    """
    executed = folder / f"{stem}.ipynb"
    folder.mkdir(parents=True, exist_ok=True)
    notebook = NOTEBOOKS / f"{stem}.ipynb"
    if with_solutions:
        notebook = _write_solved(notebook, executed)
    _ObservedEngine.observer, _ObservedEngine.stem = observer, stem
    try:
        papermill.execute_notebook(
            str(notebook),
            str(executed),
            engine_name=ENGINE,
            cwd=str(NOTEBOOKS),
            progress_bar=False,
            autosave_cell_every=0,
            execution_timeout=CELL_SECONDS,
            config=_kernel_configuration(),
            # What a cell says is in the notebook; a kernel's own word on being ended is noise.
            extra_arguments=["--log-level=CRITICAL"],
        )
    except PapermillExecutionError as error:
        raise NotebookFailedError(
            f"{stem}.ipynb stopped at cell {error.cell_index}:\n\n{_indent(error.source)}\n\n"
            f"{error.ename}: {error.evalue}",
            f"The notebook as far as it came, with the traceback, is {executed}.",
        ) from error
    observer.end_notebook(stem)
    return executed


def _write_solved(notebook: Path, copy: Path) -> Path:
    content = nbformat.read(notebook, as_version=nbformat.NO_CONVERT)
    put_solutions(content, read_solutions(notebook.parent / "solutions" / f"{notebook.stem}.py"))
    nbformat.write(content, copy)
    return copy


@contextmanager
def environment_variables(values: Mapping[str, str]) -> Iterator[None]:
    """Set these variables for the kernels started inside, and put back what was there."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


class _ObservedEngine(NBClientEngine):
    """papermill's own engine, telling an observer of each code cell.

    papermill makes no engine instances, so what it needs is held by the class; one run at a time.
    """

    observer: RunObserver
    stem: str

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **options: Any) -> None:
        code_cells = [cell for cell in nb_man.nb.cells if cell.cell_type == "code"]
        cls.observer.begin_notebook(cls.stem, len(code_cells))
        complete_cell = nb_man.cell_complete

        def complete_and_tell(cell: Any, *arguments: Any, **keywords: Any) -> None:
            complete_cell(cell, *arguments, **keywords)
            if cell.cell_type == "code":
                cls.observer.end_cell()

        nb_man.cell_complete = complete_and_tell
        # papermill writes the whole notebook before and after each cell; once, at its end, will do,
        # and that it does after a failure too.
        nb_man.save = lambda **_: None
        try:
            super().execute_managed_notebook(nb_man, kernel_name, **options)
        finally:
            del nb_man.save


def _kernel_configuration() -> Config:
    """Talk to kernels by sockets of this user's own, where there are such; else on loopback."""
    transport = "tcp" if sys.platform == "win32" else "ipc"
    return Config({"KernelManager": {"transport": transport}})


def _indent(source: str) -> str:
    return "\n".join(f"    {line}" for line in source.strip().splitlines())


papermill_engines.register(ENGINE, _ObservedEngine)
