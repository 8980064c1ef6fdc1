"""Environments of their own for what is compared, made with pip and kept under ``build/``."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "build" / "benchmarks"
MOTO_EXTRAS = "server,apigateway,awslambda,dynamodb,iam,s3,sns,sqs,sts"
REQUIREMENTS = {
    "workshop": ("-e", str(ROOT)),
    # The functions that it runs need boto3 beside it.
    "ministack": ("ministack", "boto3"),
    "moto": (f"moto[{MOTO_EXTRAS}]",),
}


def ensure_environment(name: str) -> Path:
    """Return the Python of an environment, making it at the first time or for new requirements."""
    folder = FOLDER / f"environment-{name}"
    python = folder / "bin" / "python"
    mark = folder / ".made-for"
    wanted = _fingerprint(name)
    if not python.exists() or not mark.exists() or mark.read_text() != wanted:
        print(f"Making an environment for {name} …", flush=True)
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        pip = [str(python), "-m", "pip", "install", "--quiet", "--upgrade"]
        subprocess.run([*pip, *REQUIREMENTS[name]], check=True)
        mark.write_text(wanted)
    return python


def find_version(python: Path, package: str) -> str:
    """Return the version of a package in an environment."""
    code = f"from importlib.metadata import version; print(version({package!r}))"
    return subprocess.run(
        [str(python), "-c", code], check=True, capture_output=True, text=True
    ).stdout.strip()


def find_weights(home: Path) -> Path | None:
    """Return the file of the recogniser's weights, from a folder that is named or shared."""
    from workshop_lib.models import find_model

    named = os.environ.get("WORKSHOP_MODEL") or ROOT.parent / "shared" / "models"
    return find_model(Path(named), home)


def _fingerprint(name: str) -> str:
    text = " ".join(REQUIREMENTS[name])
    if name == "workshop":
        text += (ROOT / "pyproject.toml").read_text()
    return hashlib.sha256(text.encode()).hexdigest()
