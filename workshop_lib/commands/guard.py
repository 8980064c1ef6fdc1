"""`workshop guard`: an instructor's cap on how many functions of a class run at once."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from workshop_lib.aws import functions
from workshop_lib.cleanup import find_residents
from workshop_lib.cloud import Cloud, connect
from workshop_lib.commands.terminals import console, say, say_connected
from workshop_lib.naming import FUNCTIONS, Names
from workshop_lib.settings import read_settings

CONCURRENCY = 5


def guard(
    concurrency: Annotated[
        int, typer.Option(min=1, max=100, help="How many of each function may run at once.")
    ] = CONCURRENCY,
    lift: Annotated[
        bool, typer.Option("--lift", help="Let them share the account's concurrency again.")
    ] = False,
) -> None:
    """Cap every attendee's functions by reserved concurrency, as far as the account allows it.

    A loop or a flood then costs no more than so many functions at work. For the instructor:
    attendees have no right to it. Say it again when more functions stand.
    """
    cloud = connect(read_settings())
    say_connected(cloud)
    with console.status("Looking for everyone's functions…"):
        standing = _find_functions(cloud)
    if lift:
        _lift(cloud.client("lambda"), standing)
    else:
        say_guarded(cloud.client("lambda"), standing, concurrency)


def _find_functions(cloud: Cloud) -> list[str]:
    """Return the standing functions of the lessons, the attendees' in turn."""
    lambda_ = cloud.client("lambda")
    everyone = [
        Names(resident.attendee, cloud.account_id, cloud.region)
        for resident in find_residents(cloud)
    ]
    named = [names.function(name) for name in FUNCTIONS for names in everyone]
    return [name for name in named if functions.describe_function(lambda_, name)]


def say_guarded(lambda_: Any, standing: list[str], concurrency: int) -> None:
    """Reserve concurrency for those that have none, as far as there is room, and say so."""
    bare = [name for name in standing if functions.read_reservation(lambda_, name) is None]
    reservable = functions.count_reservable(lambda_)
    chosen = functions.choose_reserved(bare, each=concurrency, reservable=reservable)
    for name in chosen:
        functions.reserve_concurrency(lambda_, name, concurrency)
        say(f"{name}: at most {concurrency} at once.")
    if kept := len(standing) - len(bare):
        say(f"{kept} had a cap already, which stays; --lift takes it away.")
    if left := len(bare) - len(chosen):
        say(
            f"{left} could not be capped: this account has {reservable} left to reserve, since "
            f"AWS keeps {functions.UNRESERVABLE} for all. The API's throttling holds for them."
        )
    if not standing:
        say("Nobody has a function here yet.")


def _lift(lambda_: Any, standing: list[str]) -> None:
    capped = [name for name in standing if functions.read_reservation(lambda_, name) is not None]
    for name in capped:
        functions.lift_reservation(lambda_, name)
        say(f"{name}: shares the account's concurrency again.")
    if not capped:
        say("No function has a cap.")
