"""The command `workshop`: which commands there are; each is a module of `commands`."""

from __future__ import annotations

import signal
import sys

import typer
from botocore.exceptions import BotoCoreError, ClientError

from workshop_lib.commands import (
    catch_up,
    clean,
    cloud,
    costs,
    doctor,
    guard,
    lab,
    layers,
    model,
    policy,
    progress,
    run,
    slides,
    verify,
    who,
)
from workshop_lib.commands.terminals import say_error, say_refusal
from workshop_lib.errors import WorkshopError

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    help="A serverless workshop in eight notebooks, on a local cloud or on real AWS.",
)
app.command("lab")(lab.lab)
app.command("doctor")(doctor.doctor)
app.command("run")(run.run)
app.command("verify")(verify.verify)
app.command("costs")(costs.show_costs)
app.command("guard")(guard.guard)
app.command("who")(who.who)
app.command("catch-up")(catch_up.catch_up)
app.command("progress")(progress.show_progress)
app.add_typer(cloud.app, name="cloud")
app.add_typer(model.app, name="model")
app.add_typer(clean.app, name="clean")
app.add_typer(slides.app, name="slides")
app.add_typer(layers.app, name="layers")
app.add_typer(policy.app, name="policy")


def main() -> None:
    """Run the command; an error the reader can act on is shown without a traceback."""
    # Unlike SIGINT, SIGTERM would end Python without running what cleans up.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        app()
    except WorkshopError as error:
        say_error(error)
        sys.exit(1)
    except (ClientError, BotoCoreError) as error:
        say_refusal(error)
        sys.exit(1)
