"""`workshop clean`: shown first, then confirmed, then done, then proved."""

from __future__ import annotations

import typer
from rich.console import Console

from workshop_lib import cleanup
from workshop_lib.cloud import Cloud
from workshop_lib.naming import Names


def clean_everything(cloud: Cloud, attendee: str, console: Console, *, confirmed: bool) -> None:
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
