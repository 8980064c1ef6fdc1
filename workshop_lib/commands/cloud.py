"""`workshop cloud`: the local cloud, started, stopped and reached."""

from __future__ import annotations

import shlex
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from workshop_lib.commands.recoveries import describe_recovery
from workshop_lib.commands.terminals import console
from workshop_lib.local_cloud import launcher
from workshop_lib.settings import Settings, read_settings

app = typer.Typer(no_args_is_help=True, help="Start, stop and reach the local cloud.")


class Shell(StrEnum):
    """Whose syntax `workshop cloud env` prints."""

    POSIX = "posix"
    POWERSHELL = "powershell"


def _cloud_home() -> tuple[Settings, Path]:
    settings = read_settings()
    return settings, settings.home / "cloud"


@app.command("start")
def start_cloud() -> None:
    """Start the local cloud and return when it answers."""
    settings, home = _cloud_home()
    with console.status("Starting the local cloud…"):
        running = launcher.ensure_running(home, port=settings.port, region=settings.region)
        recovery = launcher.wait_for_recovery(home)
    console.print(f"The local cloud answers at {running.endpoint_url}.", highlight=False)
    for line in describe_recovery(recovery or {}):
        console.print(line, highlight=False, markup=False, soft_wrap=True)


@app.command("stop")
def stop_cloud() -> None:
    """Stop the local cloud; everything in it is kept for the next start."""
    _, home = _cloud_home()
    stopped = launcher.stop(home)
    console.print("The local cloud is stopped." if stopped else "No local cloud was running.")


@app.command("status")
def show_status() -> None:
    """Tell whether the local cloud runs, where, and where its log is."""
    _, home = _cloud_home()
    with console.status("Asking the local cloud…"):
        running = launcher.status(home)
    if running is None:
        silent = launcher.find_process(home)
        if silent is None:
            console.print(f"No local cloud runs for {home}.", highlight=False)
        else:
            console.print(
                f"The local cloud of {home}, process {silent}, does not answer.\n"
                "Next: wait if the machine is busy, or `workshop cloud stop`; nothing is lost.",
                highlight=False, soft_wrap=True,
            )  # fmt: skip
        raise typer.Exit(1)
    table = Table(show_header=False, box=None, pad_edge=False)
    table.add_row("Address", running.endpoint_url)
    table.add_row("Process", str(running.pid))
    table.add_row("Log", str(running.log_path))
    if running.time_scale is not None:
        table.add_row("Retries", f"wait {running.time_scale:.3g} times as long as on AWS")
    console.print(table)


@app.command("env")
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


@app.command("reset")
def reset_cloud(
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Remove everything that stands in the local cloud."""
    _, home = _cloud_home()
    if not yes and not typer.confirm("Everything in the local cloud goes. Sure?"):
        raise typer.Exit(1)
    launcher.reset(home)
    console.print("The local cloud is empty.")
