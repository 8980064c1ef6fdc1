"""`workshop verify`: the whole workshop against a target once, and a report of how it went."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated

import typer

from workshop_lib.commands.doctor import examine, read_target, show
from workshop_lib.commands.model import prepare_model
from workshop_lib.commands.run import TargetName
from workshop_lib.commands.terminals import console
from workshop_lib.doctor import Finding, State
from workshop_lib.errors import WorkshopError
from workshop_lib.places import BUILD, require_checkout
from workshop_lib.settings import read_settings

REPORT = BUILD / "report.md"


def verify(
    target: Annotated[
        TargetName, typer.Option(help="What to verify; on AWS it costs a few cents.")
    ] = TargetName.LOCAL,
) -> None:
    """Examine the target, run all lessons with their solutions, clean up, and write a report.

    The run has an id of its own and removes what it built. The report is build/report.md.
    """
    from workshop_lib.workshop_runs import WorkshopRun

    require_checkout()
    settings = replace(read_settings(), target=read_target(target))
    findings = []
    for finding in examine(settings):
        show(finding)
        findings.append(finding)
    prepare_model(settings)
    started, failure = time.monotonic(), ""
    try:
        variables = {"WORKSHOP_TARGET": target.value}
        run = WorkshopRun(
            [],
            variables,
            mine=False,
            folder=BUILD / "run",
            with_solutions=True,
            # On AWS she is who she is. A local cloud would else be ended, and nothing proved.
            as_attendee=target is TargetName.LOCAL,
        )
        run.execute(console)
    except WorkshopError as error:
        failure = str(error)
        raise
    finally:
        minutes = (time.monotonic() - started) / 60
        REPORT.parent.mkdir(parents=True, exist_ok=True)
        REPORT.write_text(make_report(target.value, settings.region, findings, failure, minutes))
        console.print(f"The report is {REPORT}.", highlight=False, soft_wrap=True)


def make_report(
    target: str, region: str, findings: Sequence[Finding], failure: str, minutes: float
) -> str:
    """Return the report as Markdown: what the doctor said, and how the run ended."""
    ended = failure or "All lessons ran, every check held, and nothing was left after clean-up."
    said = [
        f"- {'ok' if finding.state is State.GOOD else finding.state.value}: "
        f"{finding.subject}, {finding.what}"
        for finding in findings
    ]
    return "\n".join(
        [
            f"# The workshop on {target}, {region}",
            f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {minutes:.0f} minutes",
            "\n## The run",
            ended,
            "\n## The doctor",
            *said,
            "",
        ]
    )
