"""`workshop model`: the recogniser's weights."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from workshop_lib import models
from workshop_lib.commands.terminals import console, show_progress
from workshop_lib.errors import ModelUnavailableError
from workshop_lib.settings import Settings, read_settings

app = typer.Typer(no_args_is_help=True, help="Get the recogniser's weights.")


@app.command("fetch")
def fetch_model(
    source: Annotated[
        Path | None, typer.Option("--from", help="A file or folder that has the weights already.")
    ] = None,
) -> None:
    """Get the recogniser's weights, checked by their SHA-256, and keep them."""
    file = _fetch_model(read_settings().home, source)
    console.print(f"The weights are in {file}.", highlight=False)


def _fetch_model(home: Path, source: Path | None) -> Path:
    with show_progress() as progress:
        task = progress.add_task("Fetching the recogniser's weights", total=None)
        return models.fetch_model(
            home,
            source,
            lambda done, total: progress.update(task, completed=done, total=total),
        )


def prepare_model(settings: Settings) -> None:
    """Have the weights ready, or say plainly why not."""
    if models.find_model(settings.model, settings.home):
        return
    try:
        _fetch_model(settings.home, None)
    except ModelUnavailableError as error:
        console.print(error.what, style="yellow", highlight=False, markup=False, soft_wrap=True)
        console.print(
            "The lessons go on without the model: the recogniser answers from the pixels alone "
            f"(colour, brightness) and says so.\n{error.next_step}\n",
            highlight=False, markup=False, soft_wrap=True,
        )  # fmt: skip
