"""Building the decks for the server: once, in a process of its own, with its progress told."""

from __future__ import annotations

import logging
import subprocess
import sys
from threading import Lock, Thread

from workshop_lib.slides.freshness import are_fresh
from workshop_lib.slides.places import DECKS, READING


class SlidesBuild:
    """The decks, as far as they are built.

    `said` is the last line of a build that runs; `failure` is what the last one ended with, empty
    when it went well.
    """

    def __init__(self, log: logging.Logger) -> None:
        self._log = log
        self._lock = Lock()
        self._thread: Thread | None = None
        self.said = "Starting"
        self.failure = ""

    def is_ready(self) -> bool:
        """Tell whether the decks stand as their sources say; start a build where they do not."""
        with self._lock:
            if self._thread and self._thread.is_alive():
                return False
            if are_fresh(DECKS):
                return True
            if not self.failure:
                self._thread = Thread(target=self._build, name="slides-build", daemon=True)
                self._thread.start()
            return False

    def forget_failure(self) -> str:
        """Return how the last build failed; the next question starts another."""
        failure, self.failure = self.failure, ""
        return failure

    def _build(self) -> None:
        # A build takes seconds of a processor, and Sphinx changes docutils for its whole process.
        command = [sys.executable, "-m", "workshop_lib.slides"]
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8"
        ) as process:
            lines = []
            for line in process.stdout or ():
                self.said = line.strip()
                lines.append(line)
        told = "".join(line for line in lines if not line.startswith(READING))
        if process.returncode:
            self.failure = told[-4000:]
        elif told:
            self._log.warning("Workshop: the slides have mistakes.\n%s", told)
