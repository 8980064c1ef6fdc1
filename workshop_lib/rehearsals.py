"""Being an attendee in the local cloud: her user, her policy, her functions' boundary, no more.

What an instructor does once in a real account, done here by the local cloud's owner.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from workshop_lib.cloud import Cloud
from workshop_lib.errors import LessonError
from workshop_lib.naming import BOUNDARY_NAME, ROLE_PATH, Names
from workshop_lib.policies import attendee_policy, boundary_policy

IDENTITY_FILE = "attendee.json"


def admit_attendee(cloud: Cloud, attendee: str, home: Path) -> dict[str, str]:
    """Make the attendee's user in an empty local cloud; return the settings to be her.

    Args:
        cloud: connected as the owner.
        attendee: her id.
        home: where her key pair is kept.

    Raises:
        LessonError: this is a real account.
    """
    if cloud.target == "aws":
        raise LessonError(
            "On AWS you are who your credentials say you are.",
            "Sign in as the attendee; `workshop policy attendee` prints what she needs.",
        )
    iam, names = cloud.client("iam"), Names(attendee, cloud.account_id, cloud.region)
    boundary = _make_policy(iam, BOUNDARY_NAME, boundary_policy(cloud.account_id, cloud.region))
    policy = _make_policy(iam, names.prefix, attendee_policy(names, boundary))
    iam.create_user(UserName=attendee, Path=ROLE_PATH)
    iam.attach_user_policy(UserName=attendee, PolicyArn=policy)
    key = iam.create_access_key(UserName=attendee)["AccessKey"]
    identity = home / IDENTITY_FILE
    _write_key_pair(identity, key["AccessKeyId"], key["SecretAccessKey"])
    return {"WORKSHOP_IDENTITY": str(identity), "WORKSHOP_BOUNDARY": boundary}


def _make_policy(iam: Any, name: str, document: dict[str, Any]) -> str:
    answer = iam.create_policy(PolicyName=name, Path=ROLE_PATH, PolicyDocument=json.dumps(document))
    arn: str = answer["Policy"]["Arn"]
    return arn


def _write_key_pair(file: Path, access_key_id: str, secret_access_key: str) -> None:
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        json.dump({"access_key_id": access_key_id, "secret_access_key": secret_access_key}, stream)
