"""`workshop policy`: the policies that an instructor attaches in a real account."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from workshop_lib.cloud import connect
from workshop_lib.errors import SettingsError
from workshop_lib.naming import Names, boundary_arn
from workshop_lib.policies import (
    ANY_ATTENDEE,
    attendee_policy,
    boundary_policy,
    function_policies,
)
from workshop_lib.settings import check_attendee, read_settings

app = typer.Typer(
    no_args_is_help=True,
    help="Print least-privilege policies, with your account's number and Region filled in.",
)
Attendee = Annotated[
    str | None, typer.Option(help="Whose policy; without it, one that fits every attendee.")
]
Account = Annotated[
    str | None, typer.Option(help="The account's twelve digits; without it, AWS is asked.")
]
Rekognition = Annotated[
    bool, typer.Option("--with-rekognition", help="Also allow lesson 3's aside.")
]


@app.command("attendee")
def print_attendee_policy(
    attendee: Attendee = None, with_rekognition: Rekognition = False, account: Account = None
) -> None:
    """Print what an attendee may do.

    Without --attendee the policy speaks of the tag `attendee` of the user or role that it is
    attached to, so one policy serves the whole class: tag each user with her id. With
    WORKSHOP_LAYERS set, the layers that it names may be used; with WORKSHOP_BOUNDARY set, roles
    must be under that boundary.
    """
    names, settings = _make_names(attendee or ANY_ATTENDEE, account), read_settings()
    _print(
        attendee_policy(
            names,
            settings.boundary or boundary_arn(names.account_id),
            with_rekognition=with_rekognition,
            shared_layers=settings.layers,
        )
    )


@app.command("boundary")
def print_boundary(with_rekognition: Rekognition = False, account: Account = None) -> None:
    """Print the permissions boundary of all roles of all attendees.

    Make it once: a policy named awstack-functions-boundary under the path /workshop/. Attendees
    then set WORKSHOP_BOUNDARY to its ARN.
    """
    names = _make_names(ANY_ATTENDEE, account)
    _print(boundary_policy(names.account_id, names.region, with_rekognition=with_rekognition))


@app.command("functions")
def print_function_policies(attendee: Attendee = None, account: Account = None) -> None:
    """Print the policy of each function's role, by the function's name."""
    _print(function_policies(_make_names(attendee or read_settings().attendee, account)))


def _make_names(attendee: str, account: str | None) -> Names:
    settings = read_settings()
    if attendee != ANY_ATTENDEE:
        check_attendee(attendee, settings.region)
    if account is None:
        account = connect(settings).account_id
    elif len(account) != 12 or not account.isdecimal():
        raise SettingsError(f"{account!r} is no account number.", "Use its twelve digits.")
    return Names(attendee, account, settings.region)


def _print(document: dict[str, Any]) -> None:
    # Plainly, so that it can go into a file.
    typer.echo(json.dumps(document, indent=2))
