"""`workshop run`: the notebooks, here in the terminal."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from workshop_lib.commands.model import prepare_model
from workshop_lib.commands.terminals import console
from workshop_lib.places import BUILD, require_checkout
from workshop_lib.settings import read_settings


class TargetName(StrEnum):
    """Where a run goes."""

    LOCAL = "local"
    AWS = "aws"


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
    html: Annotated[
        bool, typer.Option("--html", help="Write a site to hand out, too, into build/run/site/.")
    ] = False,
    as_attendee: Annotated[
        bool,
        typer.Option(
            "--as-attendee",
            help="In the local cloud, with the rights that `workshop policy attendee` prints.",
        ),
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
        numbers or [],
        variables,
        mine=mine,
        folder=BUILD / "run",
        with_solutions=solutions,
        as_attendee=as_attendee,
        as_site=html,
    )
    prepare_model(read_settings())
    workshop_run.execute(console)
