"""Finding a browser of Chromium's family on this machine, for what only a browser can print."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

_COMMANDS = (
    "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome",
    "microsoft-edge", "microsoft-edge-stable", "msedge", "brave-browser",
)  # fmt: skip
_MAC_APPLICATIONS = ("Google Chrome", "Microsoft Edge", "Chromium", "Brave Browser")
_WINDOWS_PLACES = (
    r"Google\Chrome\Application\chrome.exe",
    r"Microsoft\Edge\Application\msedge.exe",
    r"Chromium\Application\chrome.exe",
)
_WINDOWS_FOLDERS = ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA")


def find_browser() -> Path | None:
    """Return a Chromium, Chrome, Edge or Brave; None where there is none."""
    return next((place for place in _places() if place.is_file()), None)


def _places() -> Iterator[Path]:
    yield from (Path(found) for found in map(shutil.which, _COMMANDS) if found)
    if sys.platform == "darwin":
        for root in (Path("/Applications"), Path.home() / "Applications"):
            for name in _MAC_APPLICATIONS:
                yield root / f"{name}.app" / "Contents" / "MacOS" / name
    if sys.platform == "win32":
        for folder in filter(None, map(os.environ.get, _WINDOWS_FOLDERS)):
            yield from (Path(folder) / place for place in _WINDOWS_PLACES)
