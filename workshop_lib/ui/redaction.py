"""What is left out of everything that is shown: secrets, tokens, signatures, account numbers."""

from __future__ import annotations

import re
from typing import Any

HIDDEN = "HIDDEN"
# AWS's own example account, and the local cloud's: nobody's.
EXAMPLE_ACCOUNT = "123456789012"

_SECRET_NAME = re.compile(
    r"(secret|secret_?(access_?)?key|password|token|signature|authorization)$", re.I
)
_SIGNATURE = re.compile(
    r"((?:X-Amz-Signature|X-Amz-Security-Token|[?&]Signature)=)[^&\s\"'<>]+", re.I
)
_ACCOUNT = re.compile(r"(?<![0-9A-Za-z])[0-9]{12}(?![0-9A-Za-z])")


def hide_secrets(value: Any) -> Any:
    """The value with its secrets, tokens and signatures replaced, however deep they lie."""
    if isinstance(value, dict):
        return {
            name: HIDDEN if _is_secret(name, held) else hide_secrets(held)
            for name, held in value.items()
        }
    if isinstance(value, list | tuple):
        return [hide_secrets(held) for held in value]
    return hide_signatures(value) if isinstance(value, str) else value


def hide_signatures(text: str) -> str:
    """The text with the signature and the session token of every presigned URL replaced."""
    return _SIGNATURE.sub(rf"\1{HIDDEN}", text)


def hide_accounts(text: str) -> str:
    """The text with account numbers replaced by `ACCOUNT_ID`; the example account is kept."""
    return _ACCOUNT.sub(
        lambda found: found[0] if found[0] == EXAMPLE_ACCOUNT else "ACCOUNT_ID", text
    )


def split_at_accounts(text: str) -> list[str]:
    """The text cut where account numbers stand, which are left out; the example account is kept."""
    parts, reached = [], 0
    for found in _ACCOUNT.finditer(text):
        if found[0] != EXAMPLE_ACCOUNT:
            parts.append(text[reached : found.start()])
            reached = found.end()
    return [*parts, text[reached:]]


_known_accounts: set[str] = set()


def hide_account(account_id: str) -> None:
    """Leave this account's number out of every view from now on; the example account is kept."""
    if account_id != EXAMPLE_ACCOUNT:
        _known_accounts.add(account_id)


def hide_known_accounts(text: str) -> str:
    """The text with the numbers given to :func:`hide_account` replaced by `ACCOUNT_ID`.

    Only those: a number of twelve digits may as well be a photo's name.
    """
    for account_id in _known_accounts:
        text = text.replace(account_id, "ACCOUNT_ID")
    return text


def _is_secret(name: object, held: Any) -> bool:
    return isinstance(held, str | bytes) and bool(_SECRET_NAME.search(str(name)))
