"""What every command says it with: the terminal, and the sentences and bars they share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from workshop_lib.cloud import Cloud
from workshop_lib.errors import WorkshopError
from workshop_lib.refusals import explain

console = Console()
errors = Console(stderr=True)


def say(words: str) -> None:
    """Print words as they are, on a line that a copy keeps whole."""
    console.print(words, markup=False, highlight=False, soft_wrap=True)


def say_connected(cloud: Cloud) -> None:
    """Say which cloud the command works on."""
    where = f"the local cloud at {cloud.endpoint_url}" if cloud.endpoint_url else "AWS"
    console.print(f"Connected to {where}, Region {cloud.region}.", highlight=False)


def say_error(error: WorkshopError) -> None:
    """Say what went wrong and what to do next, without a traceback."""
    errors.print(error.what, style="red", markup=False, highlight=False, soft_wrap=True)
    if error.next_step:
        errors.print(f"Next: {error.next_step}", markup=False, highlight=False, soft_wrap=True)


def say_refusal(error: ClientError | BotoCoreError) -> None:
    """Say in words what AWS has refused, or why it could not be asked, and what to do next."""
    explanation = explain(error)
    meaning = f"\n{explanation.meaning}" if explanation else ""
    say_error(WorkshopError(f"{error}{meaning}", "`workshop doctor` tells what is missing."))


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
