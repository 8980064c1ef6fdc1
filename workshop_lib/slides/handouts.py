"""Handouts: each deck printed twice by a browser, the slides, and the slides with their notes."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from workshop_lib.errors import WorkshopError

SECONDS = 120
# Two browsers at a time: each takes a processor while it starts.
AT_ONCE = 2


@dataclass(frozen=True)
class Handout:
    """One deck on paper: the page it is printed from, how, and the file it becomes."""

    page: Path
    kind: str
    file: Path

    @property
    def address(self) -> str:
        """What the browser opens; the page lays itself out for paper."""
        return f"{self.page.resolve().as_uri()}?print={self.kind}"


def plan_handouts(pages: Sequence[Path]) -> list[Handout]:
    """Return the handouts of the decks' pages, two each, in a folder beside them."""
    return [
        Handout(page, kind, page.parent / "handouts" / f"{page.stem}{ending}.pdf")
        for page in pages
        for kind, ending in (("slides", ""), ("notes", "_notes"))
    ]


def print_handouts(
    handouts: Sequence[Handout], browser: Path, say: Callable[[Handout], None] = lambda _: None
) -> None:
    """Print what has changed since it was last printed.

    Args:
        handouts: what to print.
        browser: a browser of Chromium's family.
        say: is told each handout when it is there.

    Raises:
        WorkshopError: the browser printed nothing; its last words are shown.
    """
    if not handouts:
        return
    folder = handouts[0].file.parent
    folder.mkdir(parents=True, exist_ok=True)
    printed = _Printed(folder / "printed.json")

    def print_one(handout: Handout) -> None:
        digest = _digest(handout)
        if not (handout.file.is_file() and printed.of(handout) == digest):
            _print(handout, browser)
            printed.keep(handout, digest)
        say(handout)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(print_one, handouts))


class _Printed:
    """What each handout was printed from, so that it is not printed again for nothing."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._digests = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}

    def of(self, handout: Handout) -> str | None:
        found: str | None = self._digests.get(handout.file.name)
        return found

    def keep(self, handout: Handout, digest: str) -> None:
        self._digests[handout.file.name] = digest
        self._file.write_text(json.dumps(self._digests, indent=1), encoding="utf-8")


def _digest(handout: Handout) -> str:
    theme = sorted((handout.page.parent / "_static").glob("deck.*"))
    contents = [handout.page.read_bytes(), *(file.read_bytes() for file in theme)]
    return hashlib.sha256(handout.kind.encode() + b"".join(contents)).hexdigest()


def _print(handout: Handout, browser: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="workshop-", ignore_cleanup_errors=True) as profile:
        command = [
            str(browser), "--headless", "--disable-gpu", "--no-first-run", "--disable-extensions",
            "--disable-background-networking", f"--user-data-dir={profile}",
            "--no-pdf-header-footer", f"--print-to-pdf={handout.file.resolve()}",
            *_as_root(), handout.address,
        ]  # fmt: skip
        try:
            done = subprocess.run(command, capture_output=True, timeout=SECONDS, check=False)
            said = done.stderr.decode(errors="replace")[-600:]
        except subprocess.TimeoutExpired:
            said = f"It did not end within {SECONDS} seconds."
    if not handout.file.is_file():
        raise WorkshopError(
            f"{browser.name} printed no {handout.file.name}:\n{said}",
            "Name another browser with --browser, or leave the handouts out with --no-handouts.",
        )


def _as_root() -> list[str]:
    """Chromium's sandbox refuses root, and a container often has no other user."""
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    return ["--no-sandbox"] if root else []
