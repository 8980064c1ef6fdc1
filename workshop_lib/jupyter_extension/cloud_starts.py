"""The local cloud runs where Jupyter runs, whoever started it."""

from __future__ import annotations

import logging
from threading import Thread

from workshop_lib.cloud import connect
from workshop_lib.errors import WorkshopError
from workshop_lib.settings import read_settings


def start_cloud(log: logging.Logger) -> Thread:
    """Ensure the local cloud in a thread of its own, so that the server does not wait for it.

    What goes wrong is logged with what to do, and never ends the server: the first cell of a
    notebook tries again and says the same.
    """
    thread = Thread(target=_ensure, args=(log,), name="local-cloud-start", daemon=True)
    thread.start()
    return thread


def _ensure(log: logging.Logger) -> None:
    try:
        settings = read_settings()
        if settings.target == "local":
            connect(settings, lambda sentence: log.info("Workshop: %s", sentence))
    except (WorkshopError, OSError) as error:
        log.warning("Workshop: the local cloud was not started. %s", error)
