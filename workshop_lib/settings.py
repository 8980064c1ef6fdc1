"""The settings, read once from the environment.

==========================  ==================================================================
``WORKSHOP_HOME``           where state is kept; default: the platform's user data folder
``WORKSHOP_TARGET``         ``local`` (default) or ``aws``
``WORKSHOP_ATTENDEE``       ``[a-z0-9-]{3,18}``; default: a random id, kept in the home
``WORKSHOP_REGION``         an AWS Region; default ``us-east-1``
``WORKSHOP_PORT``           the local cloud's port; default: chosen once and kept in the home
``WORKSHOP_MODEL``          a folder with the recogniser's weights; default: ``models`` in the home
``WORKSHOP_BOUNDARY``       the ARN of the permissions boundary that every role is made with
``WORKSHOP_LAYERS``         ARNs of layer versions, with commas, that were published for all
``WORKSHOP_LIFETIME_DAYS``  after how many days what is built counts as expired; default 7
``WORKSHOP_IDENTITY``       a file with a local cloud's user's key pair; default: its owner's
==========================  ==================================================================
"""

from __future__ import annotations

import os
import re
import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

from platformdirs import user_data_path

from workshop_lib.errors import SettingsError
from workshop_lib.naming import longest_attendee

Target = Literal["local", "aws"]

# "class" is whose the layers are that an instructor publishes for all.
ATTENDEE_PATTERN = re.compile(r"(?!class$)[a-z0-9-]{3,18}")
LAYER_PATTERN = re.compile(r"arn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{12}:layer:[\w-]+:\d+")
BOUNDARY_PATTERN = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:policy/[\w+=,.@/-]+")
REGION_PATTERN = re.compile(r"[a-z]{2}(-[a-z]+)+-\d")
LONGEST_LIFETIME_DAYS = 365
# Without vowels no word can appear by chance; without 0, 1 and l nothing is misread aloud.
ATTENDEE_ALPHABET = "bcdfghjkmnpqrstvwxz23456789"


@dataclass(frozen=True)
class Settings:
    """Everything the environment decides; made by :func:`read_settings`."""

    home: Path
    target: Target
    attendee: str
    region: str
    port: int | None
    model: Path | None
    boundary: str | None = None
    identity: Path | None = None
    layers: tuple[str, ...] = ()
    lifetime_days: int = 7


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Return the settings that the environment gives.

    Raises:
        SettingsError: a variable has a value that cannot be used; the message names it.
    """
    values = os.environ if environment is None else environment
    home = Path(values.get("WORKSHOP_HOME") or user_data_path("serverless-workshop"))
    home = home.expanduser().absolute()
    region = _read_region(values.get("WORKSHOP_REGION") or "us-east-1")
    return Settings(
        home=home,
        target=_read_target(values.get("WORKSHOP_TARGET") or "local"),
        attendee=_read_attendee(values.get("WORKSHOP_ATTENDEE"), home, region),
        region=region,
        port=_read_port(values.get("WORKSHOP_PORT")),
        model=_read_model(values.get("WORKSHOP_MODEL")),
        boundary=_read_boundary(values.get("WORKSHOP_BOUNDARY")),
        identity=_read_identity(values.get("WORKSHOP_IDENTITY")),
        layers=_read_layers(values.get("WORKSHOP_LAYERS")),
        lifetime_days=_read_lifetime(values.get("WORKSHOP_LIFETIME_DAYS") or "7"),
    )


def _read_target(value: str) -> Target:
    if value not in ("local", "aws"):
        raise SettingsError(
            f"WORKSHOP_TARGET is {value!r}.", "Set it to local or aws, or leave it unset for local."
        )
    return cast(Target, value)


def check_attendee(value: str, region: str) -> str:
    """Return an attendee's id that can be a part of every name in this Region.

    Raises:
        SettingsError: it cannot.
    """
    return _check_attendee(value, region, f"{value!r} is no attendee's id.")


def _read_attendee(value: str | None, home: Path, region: str) -> str:
    if value is None or value == "":
        file = home / "attendee"
        return _check_length(_keep_attendee(file), region, f"The id kept in {file} is too long")
    return _check_attendee(value, region, f"WORKSHOP_ATTENDEE is {value!r}.")


def _check_attendee(value: str, region: str, what: str) -> str:
    if not ATTENDEE_PATTERN.fullmatch(value):
        raise SettingsError(
            what, "Use 3 to 18 lower-case letters, digits or hyphens, such as anna-b."
        )
    return _check_length(value, region, f"{what} It is too long")


def _check_length(value: str, region: str, what: str) -> str:
    longest = longest_attendee(region)
    if len(value) > longest:
        raise SettingsError(
            f"{what} for {region}: bucket names end with the account and the Region there, and S3 "
            "takes 63 characters.",
            f"Use an id of 3 to {longest} characters, or a Region with a shorter name.",
        )
    return value


def _keep_attendee(file: Path) -> str:
    """Return the id kept in ``file``, making one if there is none; safe for two at once."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        _write_once(file, "".join(secrets.choice(ATTENDEE_ALPHABET) for _ in range(8)))
    kept = file.read_text(encoding="ascii").strip()
    if not ATTENDEE_PATTERN.fullmatch(kept):
        raise SettingsError(
            f"The attendee id kept in {file} is {kept!r}.",
            "Put back the id that your resources carry, or delete the file to get a new one.",
        )
    return kept


def _write_once(file: Path, text: str) -> None:
    """Write ``file`` whole unless another process was first."""
    descriptor, draft = tempfile.mkstemp(dir=file.parent, prefix=file.name)
    with os.fdopen(descriptor, "w", encoding="ascii") as stream:
        stream.write(text)
    try:
        Path(file).hardlink_to(draft)
    except FileExistsError:
        return
    except OSError:
        # Some file systems have no hard links; there the last writer wins.
        Path(draft).replace(file)
        return
    finally:
        Path(draft).unlink(missing_ok=True)


def _read_region(value: str) -> str:
    if not REGION_PATTERN.fullmatch(value):
        raise SettingsError(
            f"WORKSHOP_REGION is {value!r}.", "Use a Region's code, such as us-east-1 or eu-west-1."
        )
    return value


def _read_port(value: str | None) -> int | None:
    if not value:
        return None
    if not value.isdecimal() or not 1024 <= int(value) <= 65535:
        raise SettingsError(
            f"WORKSHOP_PORT is {value!r}.", "Use a number from 1024 to 65535, or leave it unset."
        )
    return int(value)


def _read_model(value: str | None) -> Path | None:
    if not value:
        return None
    folder = Path(value).expanduser().absolute()
    if not folder.is_dir():
        raise SettingsError(
            f"WORKSHOP_MODEL is {value!r}, and there is no such folder.",
            "Name the folder that holds yolox_nano.onnx, or leave it unset.",
        )
    return folder


def _read_boundary(value: str | None) -> str | None:
    if not value:
        return None
    if not BOUNDARY_PATTERN.fullmatch(value):
        raise SettingsError(
            f"WORKSHOP_BOUNDARY is {value!r}.",
            "Use the ARN of a policy, such as arn:aws:iam::123456789012:policy/workshop/boundary.",
        )
    return value


def _read_identity(value: str | None) -> Path | None:
    if not value:
        return None
    file = Path(value).expanduser().absolute()
    if not file.is_file():
        raise SettingsError(
            f"WORKSHOP_IDENTITY is {value!r}, and there is no such file.",
            "Name a file with a key pair of the local cloud, or leave it unset.",
        )
    return file


def _read_lifetime(value: str) -> int:
    if not value.isdecimal() or not 1 <= int(value) <= LONGEST_LIFETIME_DAYS:
        raise SettingsError(
            f"WORKSHOP_LIFETIME_DAYS is {value!r}.",
            f"Use a number of days from 1 to {LONGEST_LIFETIME_DAYS}, or leave it unset for 7.",
        )
    return int(value)


def _read_layers(value: str | None) -> tuple[str, ...]:
    arns = tuple(arn.strip() for arn in (value or "").split(",") if arn.strip())
    for arn in arns:
        if not LAYER_PATTERN.fullmatch(arn):
            raise SettingsError(
                f"WORKSHOP_LAYERS names {arn!r}.",
                "Use ARNs of layer versions, as `workshop layers publish` prints them.",
            )
    return arns
