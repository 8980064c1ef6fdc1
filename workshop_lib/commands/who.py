"""`workshop who`: whose resources stand in an account."""

from __future__ import annotations

from rich.table import Table

from workshop_lib.cleanup import Resident, find_residents
from workshop_lib.cloud import connect
from workshop_lib.commands.terminals import console, say_connected
from workshop_lib.settings import read_settings


def who() -> None:
    """Tell whose resources stand in this account and Region, counted by kind."""
    settings = read_settings()
    cloud = connect(settings)
    say_connected(cloud)
    with console.status("Looking for everyone's resources…"):
        residents = find_residents(cloud)
    if not residents:
        console.print("Nobody has anything of the workshop here.")
        return
    table = Table("attendee", "expires", "has")
    for resident in residents:
        own = " (you)" if resident.attendee == settings.attendee else ""
        counts = ", ".join(f"{kind} {n}" for kind, n in sorted(resident.counts.items()))
        table.add_row(f"{resident.attendee}{own}", _tell_expiry(resident), counts)
    console.print(table)
    for one, other in _find_look_alikes([resident.attendee for resident in residents]):
        console.print(
            f"{other} begins like {one}: their names never collide, but keep ids apart if you can.",
            highlight=False,
        )


def _tell_expiry(resident: Resident) -> str:
    if resident.expires is None:
        return "–"
    return f"{resident.expires}{' (expired)' if resident.is_expired else ''}"


def _find_look_alikes(attendees: list[str]) -> list[tuple[str, str]]:
    return [(one, other) for one in attendees for other in attendees if other.startswith(f"{one}-")]
