"""`workshop doctor`: one line for each thing that matters before the first lesson."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated, get_args

import typer
from rich.text import Text

from workshop_lib.cloud import connect
from workshop_lib.commands.run import TargetName
from workshop_lib.commands.terminals import console
from workshop_lib.doctor import Finding, State, examine_account, examine_machine
from workshop_lib.errors import WorkshopError
from workshop_lib.settings import Settings, Target, read_settings

MARKS = {State.GOOD: ("✓", "green"), State.NOTE: ("·", "yellow"), State.BAD: ("✗", "red")}
SUBJECT_WIDTH = 14


def doctor(
    target: Annotated[
        TargetName | None, typer.Option(help="What to examine; default: WORKSHOP_TARGET, or local.")
    ] = None,
) -> None:
    """Examine this machine, or an AWS account: each line says good, or what to do next.

    Nothing is changed, and no credential is written anywhere.
    """
    settings = read_settings()
    if target:
        settings = replace(settings, target=read_target(target))
    with console.status("Examining…"):
        worst = [show(finding) for finding in examine(settings)]
    if State.BAD in worst:
        raise typer.Exit(1)
    console.print("\nReady." if State.NOTE not in worst else "\nReady; mind what the dots say.")


def examine(settings: Settings) -> Iterator[Finding]:
    """Yield what is found of the target of these settings."""
    if settings.target == "local":
        yield from examine_machine(settings)
        return
    try:
        cloud = connect(settings)
    except WorkshopError as error:
        yield Finding(State.BAD, "Credentials", error.what, error.next_step or "")
        return
    yield from examine_account(cloud, settings.attendee)


def show(finding: Finding) -> State:
    """Print one line, and what to do next; return how it is."""
    # A line at once: what shows that it works is drawn anew below each.
    subject = (f" {finding.subject:{SUBJECT_WIDTH}}", "bold")
    line = Text.assemble(MARKS[finding.state], subject, finding.what)
    console.print(line, highlight=False, soft_wrap=True)
    if finding.next_step:
        indented = finding.next_step.replace("\n", "\n" + " " * (SUBJECT_WIDTH + 2))
        console.print(
            f"{'':{SUBJECT_WIDTH + 2}}Next: {indented}",
            markup=False,
            highlight=False,
            soft_wrap=True,
        )
    return finding.state


def read_target(target: TargetName) -> Target:
    """Return the settings' word for a target."""
    return next(known for known in get_args(Target) if known == target.value)
