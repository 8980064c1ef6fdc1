"""A bucket's website configuration: its documents, and where it sends a browser instead.

Source: S3 API reference, PutBucketWebsite; S3 user guide, "Routing rules".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import xmltodict  # type: ignore[import-untyped]


@dataclass(frozen=True)
class Redirect:
    """Where to go; None keeps what the request has."""

    key: str
    host: str | None
    protocol: str | None
    status: int = 301


@dataclass(frozen=True)
class WebsiteConfiguration:
    """The parts of the document; ``rules`` in their order, as S3 writes them."""

    index: str = ""
    error: str | None = None
    redirect_all: Mapping[str, str] | None = None
    rules: list[Mapping[str, Any]] = field(default_factory=list)


def read_configuration(document: bytes) -> WebsiteConfiguration:
    """Read the XML that PutBucketWebsite has stored."""
    website = xmltodict.parse(document, force_list=("RoutingRule",))["WebsiteConfiguration"]
    rules = (website.get("RoutingRules") or {}).get("RoutingRule", [])
    return WebsiteConfiguration(
        (website.get("IndexDocument") or {}).get("Suffix", ""),
        (website.get("ErrorDocument") or {}).get("Key"),
        website.get("RedirectAllRequestsTo"),
        rules,
    )


def find_redirect(
    website: WebsiteConfiguration, key: str, error_status: int | None
) -> Redirect | None:
    """Return where the configuration sends a request, None when nowhere.

    Args:
        website: the bucket's configuration.
        key: what was asked for.
        error_status: how reading it failed; None before it was tried.
    """
    everything = website.redirect_all
    if everything is not None:
        return Redirect(key, everything["HostName"], everything.get("Protocol"))
    for rule in website.rules:
        condition = rule.get("Condition") or {}
        if _applies(condition, key, error_status):
            return _make_redirect(rule["Redirect"], condition.get("KeyPrefixEquals") or "", key)
    return None


def _applies(condition: Mapping[str, Any], key: str, error_status: int | None) -> bool:
    expected = condition.get("HttpErrorCodeReturnedEquals")
    has_status = None if expected is None else int(expected)
    return has_status == error_status and key.startswith(condition.get("KeyPrefixEquals") or "")


def _make_redirect(redirect: Mapping[str, Any], prefix: str, key: str) -> Redirect:
    if "ReplaceKeyWith" in redirect:
        key = redirect["ReplaceKeyWith"] or ""
    elif "ReplaceKeyPrefixWith" in redirect:
        key = (redirect["ReplaceKeyPrefixWith"] or "") + key.removeprefix(prefix)
    return Redirect(
        key,
        redirect.get("HostName"),
        redirect.get("Protocol"),
        int(redirect.get("HttpRedirectCode") or 301),
    )
