"""What every command says it with: the terminal, and the sentences and bars they share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from workshop_lib.cloud import Cloud
from workshop_lib.errors import WorkshopError

console = Console()
errors = Console(stderr=True)


def say_connected(cloud: Cloud) -> None:
    """Say which cloud the command works on."""
    where = f"the local cloud at {cloud.endpoint_url}" if cloud.endpoint_url else "AWS"
    console.print(f"Connected to {where}, Region {cloud.region}.", highlight=False)


def say_error(error: WorkshopError) -> None:
    """Say what went wrong and what to do next, without a traceback."""
    errors.print(error.what, style="red", markup=False, highlight=False, soft_wrap=True)
    if error.next_step:
        errors.print(f"Next: {error.next_step}", markup=False, highlight=False, soft_wrap=True)


@contextmanager
def show_progress() -> Iterator[Progress]:
    """Show a bar while long work is done."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        yield progress
