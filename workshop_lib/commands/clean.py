"""`workshop clean`: shown first, then confirmed, then done, then proved."""

from __future__ import annotations

from typing import Annotated

import typer

from workshop_lib import cleanup
from workshop_lib.cloud import Cloud, connect
from workshop_lib.commands.terminals import console, say_connected
from workshop_lib.naming import Names
from workshop_lib.settings import read_settings

app = typer.Typer(no_args_is_help=True, help="Remove what the workshop built.")


@app.command("full")
def clean_full(
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Remove everything that this attendee built, and prove that nothing is left."""
    cloud = connect(settings := read_settings())
    say_connected(cloud)
    _clean_everything(cloud, settings.attendee, confirmed=yes)


def _clean_everything(cloud: Cloud, attendee: str, *, confirmed: bool) -> None:
    """Remove all of an attendee's resources after showing them, and list again as proof."""
    names = Names(attendee, cloud.account_id, cloud.region)
    with console.status("Looking for what you built…"):
        plan = cleanup.plan_cleanup(cloud, names)
    if not plan:
        console.print(f"Nothing of {names.prefix} stands.", highlight=False)
        return
    for removal in plan:
        console.print(f"  {removal}", highlight=False, markup=False)
    if not confirmed and not typer.confirm(f"Remove these {len(plan)}?"):
        raise typer.Exit(1)
    cleanup.run_cleanup(plan, lambda text: console.print(text, markup=False, highlight=False))
    left = cleanup.plan_cleanup(cloud, names)
    if left:
        console.print(f"Still there: {', '.join(map(str, left))}. Run the command again.")
        raise typer.Exit(1)
    console.print("Listed again: nothing is left.")
