"""``python -m workshop_lib.local_cloud --home FOLDER --port PORT``: one local cloud, in front.

The launcher starts it; the exit status tells it why the cloud could not start.
"""

from __future__ import annotations

import argparse
import errno
import gc
import logging
import os
import socket
import sys
import time
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import NoReturn

from workshop_lib.local_cloud.configuration import DEFAULT_REGION, CloudConfiguration
from workshop_lib.local_cloud.credentials import read_credentials
from workshop_lib.local_cloud.state_files import (
    StateFiles,
    take_running_lock,
    write_private,
)

EXIT_PORT_TAKEN = 75
EXIT_ALREADY_RUNNING = 76
LOCK_SECONDS = 2.0
# A process that ends gives back its lock a moment before its port.
PORT_SECONDS = 2.0
POLL_SECONDS = 0.02
TAKEN = (errno.EADDRINUSE, errno.EACCES)
log = logging.getLogger("workshop_lib.local_cloud")


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until told to end; return the exit status."""
    # What is imported stays: looking through it for garbage, again and again, takes a tenth of the
    # start. The server goes on collecting once it is put together.
    gc.disable()
    configuration = _read_arguments(arguments)
    _start_log()
    # Also what functions write before their own modes are set must stay their owner's.
    os.umask(0o077)
    files = StateFiles(configuration.home)
    # Whoever asks for the status holds it for a moment.
    lock = take_running_lock(files, LOCK_SECONDS)
    if lock is None:
        log.error("Another process is the local cloud of %s.", configuration.home)
        return EXIT_ALREADY_RUNNING
    return _serve(configuration, files)


def _serve(configuration: CloudConfiguration, files: StateFiles) -> int:
    started = time.perf_counter()
    try:
        listener = _listen(configuration.port)
    except OSError as error:
        if error.errno not in TAKEN:
            raise
        log.error("Port %d cannot be had: %s.", configuration.port, error)
        return EXIT_PORT_TAKEN
    # moto is imported here and not above: a port that is taken is told without waiting for it.
    from workshop_lib.local_cloud.door.server import CloudServer

    server = CloudServer(configuration, read_credentials(files), listener)
    write_private(files.running, {"pid": os.getpid(), "port": configuration.port})
    seconds = time.perf_counter() - started
    log.info("The local cloud answers at %s after %.2f s.", configuration.endpoint_url, seconds)
    log.info("AWS's own waits are multiplied with %g here.", configuration.time_scale)
    try:
        server.serve()
    finally:
        files.running.unlink(missing_ok=True)
        log.info("The local cloud has stopped.")
    return 0


def _listen(port: int) -> socket.socket:
    deadline = time.monotonic() + PORT_SECONDS
    while True:
        try:
            return socket.create_server(("127.0.0.1", port))
        except OSError as error:
            if error.errno not in TAKEN or time.monotonic() > deadline:
                raise
            time.sleep(POLL_SECONDS)


def _read_arguments(arguments: Sequence[str] | None) -> CloudConfiguration:
    parser = argparse.ArgumentParser(prog="python -m workshop_lib.local_cloud", description=__doc__)
    parser.add_argument("--home", type=Path, required=True, help="the cloud's state folder")
    parser.add_argument("--port", type=int, required=True, help="the loopback port")
    parser.add_argument("--region", default=DEFAULT_REGION, help="the owner's Region")
    parser.add_argument(
        "--time-scale", type=_read_scale, default=1 / 60, help="of AWS's own delays"
    )
    parser.add_argument(
        "--decisions", type=Path, help="a file for every decision about a permission"
    )
    values = parser.parse_args(arguments)
    return CloudConfiguration(
        values.home,
        values.port,
        values.region,
        time_scale=values.time_scale,
        decisions=values.decisions,
    )


def _read_scale(text: str) -> float:
    """Read a number that is not negative, such as ``0.1`` or ``1/60``."""
    try:
        scale = float(Fraction(text))
    except (ValueError, ZeroDivisionError, OverflowError) as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no number such as 1 or 1/60") from error
    if scale < 0:
        raise argparse.ArgumentTypeError(f"{text!r} is below 0")
    return scale


def _start_log() -> None:
    logging.basicConfig(
        stream=sys.stderr,
        level=logging.INFO,
        format="%(asctime)s %(levelname)s %(name)s %(message)s",
    )
    # The lines name neither a source line nor a thread, so nobody need look for them.
    logging._srcfile = None
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    # Below this level botocore and moto write requests with their signatures.
    logging.getLogger("botocore").setLevel(logging.WARNING)


def _leave(status: int) -> NoReturn:
    """End the process at once: all is stopped, and taking moto apart would take a second."""
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


if __name__ == "__main__":
    _leave(main())
