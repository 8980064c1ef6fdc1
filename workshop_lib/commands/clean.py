"""`workshop clean`: shown first, then confirmed, then done, then proved."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from workshop_lib import cleanup
from workshop_lib.call_counts import CallCounts
from workshop_lib.cloud import Cloud, connect
from workshop_lib.commands.costs import show_used_before_removal
from workshop_lib.commands.terminals import console, say, say_connected
from workshop_lib.errors import SettingsError
from workshop_lib.naming import Names
from workshop_lib.settings import read_settings

app = typer.Typer(no_args_is_help=True, help="Remove what the workshop built.")
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would go; remove nothing.")]


@app.command("minimum")
def clean_minimum(yes: Yes = False, dry_run: DryRun = False) -> None:
    """Close what strangers can reach: the API's stages and public access; all else stands."""
    _clean_own(cleanup.MINIMUM, yes=yes, dry_run=dry_run)


@app.command("full")
def clean_full(
    yes: Yes = False,
    dry_run: DryRun = False,
    everyone: Annotated[
        bool,
        typer.Option("--everyone", help="What all attendees of this account and Region built."),
    ] = False,
    expired: Annotated[
        bool,
        typer.Option("--expired", help="With --everyone: only those whose last day is past."),
    ] = False,
) -> None:
    """Remove everything that this attendee built, and prove that nothing is left.

    It can be interrupted at any moment: the next time it goes on where it stopped.
    """
    if expired and not everyone:
        raise SettingsError("--expired is about a whole class.", "Say --everyone --expired.")
    if everyone:
        _clean_everyone(dry_run=dry_run, expired=expired)
    else:
        _clean_own(cleanup.FULL, yes=yes, dry_run=dry_run)


def _clean_own(degree: cleanup.Degree, *, yes: bool, dry_run: bool) -> None:
    settings = read_settings()
    cloud = connect(settings)
    say_connected(cloud)
    names = Names(settings.attendee, cloud.account_id, cloud.region)
    plan = _look(cloud, names, degree)
    if not plan:
        say(f"Nothing of {names.prefix} {degree.nothing}.")
        return
    if not dry_run and (yes or typer.confirm(f"Remove these {len(plan)}?", abort=True)):
        if degree is cleanup.FULL:
            counts = CallCounts.of_attendee(settings.home, cloud.target, names.attendee)
            show_used_before_removal(cloud, names, counts)
        _remove(cloud, names, plan, degree)


def _clean_everyone(*, dry_run: bool, expired: bool) -> None:
    cloud = connect(read_settings())
    say_connected(cloud)
    with console.status("Looking for everyone's resources…"):
        found = cleanup.find_residents(cloud)
    residents = [resident for resident in found if resident.is_expired or not expired]
    everyone = [Names(resident.attendee, cloud.account_id, cloud.region) for resident in residents]
    plans = [(names, _look(cloud, names, cleanup.FULL)) for names in everyone]
    count = sum(len(plan) for _, plan in plans)
    if not count:
        what = "anything that has expired" if expired else "anything of the workshop"
        say(f"Nobody has {what} in this account and Region.")
        return
    if dry_run:
        return
    question = f"This removes {count} things of {len(plans)} attendees. Type the account's number"
    if typer.prompt(question) != cloud.account_id:
        say("That is not this account's number; nothing was removed.")
        raise typer.Exit(1)
    for names, plan in plans:
        say(f"\n{names.attendee}")
        # Her own calls are counted on her own disk; what the services tell is nearly all.
        show_used_before_removal(cloud, names, None, briefly=True)
        _remove(cloud, names, plan, cleanup.FULL)


def _look(cloud: Cloud, names: Names, degree: cleanup.Degree) -> list[cleanup.Removal]:
    with console.status(f"Looking for what {names.attendee} built…"):
        plan = degree.find(cloud, names)
    for removal in plan:
        say(f"  {removal}")
    return plan


def _remove(
    cloud: Cloud, names: Names, plan: list[cleanup.Removal], degree: cleanup.Degree
) -> None:
    done = 0

    def tell(sentence: str) -> None:
        nonlocal done
        done += 1
        say(f"{done:3} {sentence}")

    _show(cleanup.remove_with_proof(cloud, names, plan, tell, degree))
    say(degree.proved)


def _show(proof: cleanup.Proof) -> None:
    table = Table(title="Every service listed again", title_justify="left")
    for heading in ("what", "found", "removed", "left"):
        table.add_column(heading, justify="left" if heading == "what" else "right")
    for tally in proof.tallies:
        counts = (tally.found, tally.removed, tally.left)
        table.add_row(tally.kind, *(str(count) if count else "–" for count in counts))
    console.print(table)
