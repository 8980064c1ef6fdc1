"""The local cloud's own key pair: made once, kept in its home, known to nobody else."""

from __future__ import annotations

import secrets
import string
from dataclasses import asdict, dataclass

from workshop_lib.errors import LocalCloudError
from workshop_lib.local_cloud.state_files import StateFiles, read_json, write_private

# Base32's letters, as in AWS's own key ids, so that no key id contains 0, 1, 8 or 9.
KEY_ID_ALPHABET = string.ascii_uppercase + "234567"
SECRET_ALPHABET = string.ascii_letters + string.digits + "+/"


@dataclass(frozen=True)
class Credentials:
    """A key pair without an expiry."""

    access_key_id: str
    secret_access_key: str


def ensure_credentials(files: StateFiles) -> Credentials:
    """Return the home's key pair, making one if there is none; the caller holds the lock."""
    if not files.credentials.exists():
        write_private(files.credentials, asdict(_make_credentials()))
    return read_credentials(files)


def read_credentials(files: StateFiles) -> Credentials:
    """Return the home's key pair.

    Raises:
        LocalCloudError: there is none, or the file is damaged.
    """
    content = read_json(files.credentials) or {}
    try:
        credentials = Credentials(**content)
    except TypeError as error:
        raise LocalCloudError(
            f"{files.credentials} does not hold the local cloud's key pair.",
            "Run `workshop cloud reset` to start with a new one.",
        ) from error
    # A backup or a copy may have widened the mode.
    files.credentials.chmod(0o600)
    return credentials


def _make_credentials() -> Credentials:
    key_id = "AKIA" + "".join(secrets.choice(KEY_ID_ALPHABET) for _ in range(16))
    secret = "".join(secrets.choice(SECRET_ALPHABET) for _ in range(40))
    return Credentials(key_id, secret)
