"""The command `workshop`."""

from __future__ import annotations

import shlex
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from workshop_lib import models
from workshop_lib.cloud import Cloud, connect
from workshop_lib.errors import ModelUnavailableError, WorkshopError
from workshop_lib.local_cloud import launcher
from workshop_lib.places import BUILD, require_checkout
from workshop_lib.settings import Settings, read_settings

console = Console()
errors = Console(stderr=True)

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    help="A serverless workshop in eight notebooks, on a local cloud or on real AWS.",
)
cloud_app = typer.Typer(no_args_is_help=True, help="Start, stop and reach the local cloud.")
model_app = typer.Typer(no_args_is_help=True, help="Get the recogniser's weights.")
clean_app = typer.Typer(no_args_is_help=True, help="Remove what the workshop built.")
app.add_typer(cloud_app, name="cloud")
app.add_typer(model_app, name="model")
app.add_typer(clean_app, name="clean")


class TargetName(StrEnum):
    """Where a run goes."""

    LOCAL = "local"
    AWS = "aws"


class Shell(StrEnum):
    """Whose syntax `workshop cloud env` prints."""

    POSIX = "posix"
    POWERSHELL = "powershell"


def main() -> None:
    """Run the command; an error the reader can act on is shown without a traceback."""
    # Unlike SIGINT, SIGTERM would end Python without running what cleans up.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        app()
    except WorkshopError as error:
        errors.print(error.what, style="red", markup=False, highlight=False, soft_wrap=True)
        if error.next_step:
            errors.print(f"Next: {error.next_step}", markup=False, highlight=False, soft_wrap=True)
        sys.exit(1)


# The lab --------------------------------------------------------------------------------------


@app.command()
def lab(
    browser: Annotated[bool, typer.Option(help="Open a browser where there is one.")] = True,
) -> None:
    """Open JupyterLab on the first notebook; everything it needs is started."""
    from workshop_lib.laboratories import Laboratory, open_browser
    from workshop_lib.lessons import LESSONS

    require_checkout()
    settings = read_settings()
    _prepare_model(settings)
    _say_connected(connect(settings))
    laboratory = Laboratory(settings.home, f"notebooks/{LESSONS[0].stem}.ipynb")
    try:
        with console.status("Starting JupyterLab…"):
            address = laboratory.start()
        console.print("\nJupyterLab is open at", style="bold")
        console.print(f"  {address}", style="cyan", soft_wrap=True, highlight=False)
        if not (browser and open_browser(address)):
            console.print("Open this address in a browser.")
        console.print("Ctrl-C ends JupyterLab; what you built stays.\n")
        laboratory.wait()
    finally:
        laboratory.stop()


def _say_connected(cloud: Cloud) -> None:
    where = f"the local cloud at {cloud.endpoint_url}" if cloud.endpoint_url else "AWS"
    console.print(f"Connected to {where}, Region {cloud.region}.", highlight=False)


def _prepare_model(settings: Settings) -> None:
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


# Runs -----------------------------------------------------------------------------------------


@app.command()
def run(
    numbers: Annotated[
        list[int] | None, typer.Argument(help="Lessons to run, such as 1 2 3; all when left out.")
    ] = None,
    target: Annotated[
        TargetName | None, typer.Option(help="Where to run; default: WORKSHOP_TARGET, or local.")
    ] = None,
    mine: Annotated[
        bool, typer.Option("--mine", help="As yourself, with your own id and what you have built.")
    ] = False,
    solutions: Annotated[
        bool, typer.Option("--solutions", help="With the exercises solved; every check must hold.")
    ] = False,
) -> None:
    """Run the workshop's notebooks in order, here in the terminal.

    Executed notebooks land in build/run/. Without --mine the run has a home and an id of its own
    and cleans up after itself, so nothing of yours is touched.
    """
    from workshop_lib.workshop_runs import WorkshopRun

    require_checkout()
    variables = {} if target is None else {"WORKSHOP_TARGET": target.value}
    workshop_run = WorkshopRun(
        numbers or [], variables, mine=mine, folder=BUILD / "run", with_solutions=solutions
    )
    _prepare_model(read_settings())
    workshop_run.execute(console)


@app.command("progress")
def show_progress() -> None:
    """Show how far you have come: exercises, questions, checkpoints."""
    from workshop_lib.lessons import LESSONS
    from workshop_lib.progress import Progress

    progress = Progress(read_settings().home)
    table = Table("lesson", "exercises", "questions", "checkpoint")
    for lesson in LESSONS:
        kept = progress.of(lesson.stem)
        solved = len(kept.solved & {exercise.name for exercise in lesson.exercises})
        answered = len(kept.answered & {quiz.name for quiz in lesson.quizzes})
        table.add_row(
            f"{lesson.number} {lesson.title}",
            f"{solved} of {len(lesson.exercises)}",
            f"{answered} of {len(lesson.quizzes)}",
            "✓ reached" if kept.checkpoint else "○ ahead",
        )
    console.print(table)


# The local cloud ------------------------------------------------------------------------------


def _cloud_home() -> tuple[Settings, Path]:
    settings = read_settings()
    return settings, settings.home / "cloud"


@cloud_app.command("start")
def start_cloud() -> None:
    """Start the local cloud and return when it answers."""
    settings, home = _cloud_home()
    with console.status("Starting the local cloud…"):
        running = launcher.ensure_running(home, port=settings.port, region=settings.region)
    console.print(f"The local cloud answers at {running.endpoint_url}.", highlight=False)


@cloud_app.command("stop")
def stop_cloud() -> None:
    """Stop the local cloud; its resources live in its memory and end with it."""
    _, home = _cloud_home()
    stopped = launcher.stop(home)
    console.print("The local cloud is stopped." if stopped else "No local cloud was running.")


@cloud_app.command("status")
def show_status() -> None:
    """Tell whether the local cloud runs, where, and where its log is."""
    _, home = _cloud_home()
    running = launcher.status(home)
    if running is None:
        console.print(f"No local cloud runs for {home}.", highlight=False)
        raise typer.Exit(1)
    table = Table(show_header=False, box=None, pad_edge=False)
    table.add_row("Address", running.endpoint_url)
    table.add_row("Process", str(running.pid))
    table.add_row("Log", str(running.log_path))
    if running.time_scale is not None:
        table.add_row("Retries", f"wait {running.time_scale:.3g} times as long as on AWS")
    console.print(table)


@cloud_app.command("env")
def print_environment(
    shell: Annotated[Shell, typer.Option(help="The syntax to print.")] = Shell.POSIX,
) -> None:
    """Print what the AWS CLI or any SDK needs to reach the local cloud.

    Use it as: eval "$(workshop cloud env)"

    Version 1 of the AWS CLI takes its own address for SQS in us-east-1 all the same: there, add
    --endpoint-url "$AWS_ENDPOINT_URL" to each `aws sqs`, or use version 2.
    """
    settings, home = _cloud_home()
    running = launcher.ensure_running(home, port=settings.port, region=settings.region)
    values = {
        "AWS_ENDPOINT_URL": running.endpoint_url,
        "AWS_ACCESS_KEY_ID": running.access_key_id,
        "AWS_SECRET_ACCESS_KEY": running.secret_access_key,
        "AWS_DEFAULT_REGION": settings.region,
    }
    if shell is Shell.POWERSHELL:
        typer.echo("; ".join(f"$env:{name} = '{value}'" for name, value in values.items()))
    else:
        pairs = (f"{name}={shlex.quote(value)}" for name, value in values.items())
        typer.echo(f"export {' '.join(pairs)}")


@cloud_app.command("reset")
def reset_cloud(
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Remove everything that stands in the local cloud."""
    _, home = _cloud_home()
    if not yes and not typer.confirm("Everything in the local cloud goes. Sure?"):
        raise typer.Exit(1)
    launcher.reset(home)
    console.print("The local cloud is empty.")


# The model ------------------------------------------------------------------------------------


@model_app.command("fetch")
def fetch_model(
    source: Annotated[
        Path | None, typer.Option("--from", help="A file or folder that has the weights already.")
    ] = None,
) -> None:
    """Get the recogniser's weights, checked by their SHA-256, and keep them."""
    file = _fetch_model(read_settings().home, source)
    console.print(f"The weights are in {file}.", highlight=False)


def _fetch_model(home: Path, source: Path | None) -> Path:
    with _progress() as progress:
        task = progress.add_task("Fetching the recogniser's weights", total=None)
        return models.fetch_model(
            home,
            source,
            lambda done, total: progress.update(task, completed=done, total=total),
        )


# Clean-up -------------------------------------------------------------------------------------


@clean_app.command("full")
def clean_full(
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Remove everything that this attendee built, and prove that nothing is left."""
    from workshop_lib.cleaning import clean_everything

    cloud = connect(settings := read_settings())
    _say_connected(cloud)
    clean_everything(cloud, settings.attendee, console, confirmed=yes)


# What long work shows ---------------------------------------------------------------------------


@contextmanager
def _progress() -> Iterator[Progress]:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        yield progress
