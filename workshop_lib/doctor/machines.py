"""The examination of this machine, for the local cloud."""

from __future__ import annotations

import os
import shutil
import socket
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from workshop_lib import models
from workshop_lib.cloud import connect
from workshop_lib.doctor.symptoms import Finding, bad, good, note
from workshop_lib.errors import WorkshopError
from workshop_lib.settings import Settings

FREE_MEGABYTES = 500
PROXY_VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")


def examine_machine(
    settings: Settings, environment: Mapping[str, str] | None = None
) -> Iterator[Finding]:
    """Yield one finding after the other; the local cloud is started to try it."""
    variables = os.environ if environment is None else environment
    yield good("Python", sys.version.split()[0])
    yield examine_disk(settings.home)
    yield examine_weights(settings)
    yield examine_proxies(variables)
    yield examine_browser_names()
    yield examine_local_cloud(settings)


def examine_disk(home: Path) -> Finding:
    """Say whether there is room for layers, logs and executed notebooks."""
    standing = next(folder for folder in (home, *home.parents) if folder.exists())
    megabytes = shutil.disk_usage(standing).free // 1_000_000
    if megabytes >= FREE_MEGABYTES:
        return good("Disk", f"{megabytes:,} MB free for {home}")
    return bad(
        "Disk",
        f"only {megabytes:,} MB free for {home}",
        f"Make room for {FREE_MEGABYTES} MB, or set WORKSHOP_HOME to another disk.",
    )


def examine_weights(settings: Settings) -> Finding:
    """Say whether the recogniser has its model."""
    fetch = "`workshop model fetch`, on a network, or with --from a neighbour's file."
    try:
        model = models.find_model(settings.model, settings.home)
    except WorkshopError as error:
        return bad("Weights", error.what, error.next_step or fetch)
    if model is None:
        return note("Weights", "not here; the recogniser will tell colours only", fetch)
    return good("Weights", str(model))


def examine_proxies(environment: Mapping[str, str]) -> Finding:
    """Say whether a proxy could stand between a browser and the local cloud."""
    proxies = [
        name for name in environment if name.upper() in PROXY_VARIABLES and environment[name]
    ]
    exempt = {name.upper(): value for name, value in environment.items()}.get("NO_PROXY", "")
    if not proxies or ("localhost" in exempt and "127.0.0.1" in exempt):
        return good("Proxy", "none between you and the local cloud")
    return note(
        "Proxy",
        f"{', '.join(sorted(proxies))} is set; the workshop passes by it, your other tools may not",
        "Set NO_PROXY=localhost,127.0.0.1",
    )


def examine_browser_names() -> Finding:
    """Say whether names under localhost lead to this machine; browsers see to it themselves."""
    try:
        address = socket.gethostbyname("awstack.localhost")
    except OSError:
        return good("Browser names", "the system knows no *.localhost; browsers know it themselves")
    if address.startswith("127."):
        return good("Browser names", "*.localhost is this machine")
    return bad(
        "Browser names",
        f"*.localhost leads to {address}",
        "Have the network's name server not answer for localhost, or use another.",
    )


def examine_local_cloud(settings: Settings) -> Finding:
    """Start the local cloud, as every lesson does."""
    try:
        cloud = connect(settings)
    except WorkshopError as error:
        return bad("Local cloud", error.what, error.next_step)
    return good("Local cloud", f"answers at {cloud.endpoint_url}")
