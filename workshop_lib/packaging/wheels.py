"""Libraries for Lambda's machines, which are seldom this one: wheels for its Python and system.

pip chooses and unpacks them; nothing is compiled and nothing is run. The versions are those that
are installed beside the workshop, so that a layer on AWS holds what was tried here.

Sources: PEP 600 (manylinux tags); AWS Lambda runtimes (python3.13: Amazon Linux 2023, glibc 2.34).
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from workshop_lib.errors import PackagingError

PYTHON_VERSION = "3.13"
# By Lambda's name of the architecture, the wheel tags' name of it.
ARCHITECTURES = {"x86_64": "x86_64", "arm64": "aarch64"}
# Newest first: what a wheel needs at most of the C library.
MANYLINUX = (
    "manylinux_2_34",
    "manylinux_2_28",
    "manylinux_2_27",
    "manylinux_2_17",
    "manylinux2014",
)
LAST_LINES = 5
FETCH_SECONDS = 600


def fetch_libraries(names: Sequence[str], cache: Path, architecture: str = "x86_64") -> Path:
    """Return a folder with these distributions, unpacked for Lambda; fetched once.

    Args:
        names: distributions that are installed here, without what they depend on.
        cache: where such folders are kept, by what is in them.
        architecture: ``x86_64`` or ``arm64``.

    Raises:
        PackagingError: a wheel cannot be had; pip's own words are in the message.
    """
    if architecture not in ARCHITECTURES:
        raise PackagingError(
            f"Lambda has no architecture {architecture!r}.", f"Use {' or '.join(ARCHITECTURES)}."
        )
    wanted = sorted(f"{name}=={importlib.metadata.version(name)}" for name in names)
    digest = hashlib.sha256("\n".join([architecture, PYTHON_VERSION, *wanted]).encode())
    folder = cache / f"lambda-{architecture}-{digest.hexdigest()[:16]}"
    if not folder.is_dir():
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache) as draft:
            _install(wanted, Path(draft) / "wheels", ARCHITECTURES[architecture])
            _move(Path(draft) / "wheels", folder)
    return folder


def pip_arguments(wanted: Sequence[str], folder: Path, machine: str) -> list[str]:
    """Return what pip is asked for."""
    platforms = [f"--platform={tag}_{machine}" for tag in MANYLINUX]
    return [
        *("install", "--quiet", "--disable-pip-version-check", "--no-input", "--no-deps"),
        *("--only-binary=:all:", "--implementation=cp", f"--python-version={PYTHON_VERSION}"),
        *platforms,
        *(f"--target={folder}", *wanted),
    ]


def _install(wanted: Sequence[str], folder: Path, machine: str) -> None:
    command = [sys.executable, "-m", "pip", *pip_arguments(wanted, folder, machine)]
    try:
        outcome = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=FETCH_SECONDS
        )
    except subprocess.TimeoutExpired as error:
        raise _not_fetched(wanted, f"pip took over {FETCH_SECONDS} seconds") from error
    if outcome.returncode:
        raise _not_fetched(wanted, "\n".join(outcome.stderr.splitlines()[-LAST_LINES:]))


def _not_fetched(wanted: Sequence[str], said: str) -> PackagingError:
    return PackagingError(
        f"The libraries for Lambda cannot be fetched ({', '.join(wanted)}):\n{said}",
        "Try again on a network, or set WORKSHOP_LAYERS to layers that your instructor published.",
    )


def _move(draft: Path, folder: Path) -> None:
    try:
        draft.rename(folder)
    except OSError:
        # Another was first; what it fetched is the same.
        if not folder.is_dir():
            raise
        shutil.rmtree(draft, ignore_errors=True)
