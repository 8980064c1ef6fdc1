"""Static website hosting by Amazon S3."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

# Not from the mimetypes module, which on Windows repeats what other programs put in the registry.
CONTENT_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".jpg": "image/jpeg",
    ".map": "application/json",
    ".md": "text/markdown; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}
CONFIGURATION_KEY = "config.json"


@dataclass(frozen=True)
class Website:
    """A bucket's website: its index document and its error document."""

    bucket: str
    index: str
    error: str | None


def ensure_website(
    s3: Any, bucket: str, *, index: str = "index.html", error: str = "error.html"
) -> Website:
    """Switch website hosting on, or mend its documents; the bucket must stand."""
    wanted = Website(bucket, index, error)
    if describe_website(s3, bucket) != wanted:
        s3.put_bucket_website(
            Bucket=bucket,
            WebsiteConfiguration={
                "IndexDocument": {"Suffix": index},
                "ErrorDocument": {"Key": error},
            },
        )
    return wanted


def describe_website(s3: Any, bucket: str) -> Website | None:
    """Return the bucket's website, or None when there is no bucket or no website."""
    try:
        answer = s3.get_bucket_website(Bucket=bucket)
    except ClientError as error:
        if error.response["Error"]["Code"] in ("NoSuchWebsiteConfiguration", "NoSuchBucket"):
            return None
        raise
    return Website(
        bucket,
        answer.get("IndexDocument", {}).get("Suffix", ""),
        answer.get("ErrorDocument", {}).get("Key"),
    )


def delete_website(s3: Any, bucket: str) -> None:
    """Switch website hosting off; the objects stay; no bucket or no website is fine."""
    try:
        s3.delete_bucket_website(Bucket=bucket)
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchBucket":
            raise


def upload_folder(
    s3: Any,
    bucket: str,
    folder: Path,
    *,
    progress: Callable[[int, int, str], None] = lambda done, total, key: None,
) -> list[str]:
    """Upload every file of a folder that differs from its object; return all the keys.

    Args:
        s3: the client.
        bucket: where to.
        folder: its files' paths below it become the keys; hidden files stay at home.
        progress: told how many files are done, of how many, and the key.
    """
    files = sorted(_list_files(folder))
    standing = _list_etags(s3, bucket)
    keys = [file.relative_to(folder).as_posix() for file in files]
    for done, (file, key) in enumerate(zip(files, keys, strict=True), start=1):
        body = file.read_bytes()
        if standing.get(key) != _fingerprint(body):
            _put(s3, bucket, key, body)
        progress(done, len(files), key)
    return keys


def put_configuration(
    s3: Any, bucket: str, *, api_upload: str, api_results: str, thumbnails: str
) -> dict[str, Any]:
    """Write the page's ``config.json``: the addresses it works with; return what was written.

    Args:
        s3: the client.
        bucket: the website's.
        api_upload: where the page asks for an upload URL.
        api_results: where the page asks for results.
        thumbnails: the base address of the thumbnails, to which a key is appended.
    """
    configuration = {
        "api": {"upload": api_upload, "results": api_results},
        "thumbnails": thumbnails,
    }
    body = json.dumps(configuration, indent=2).encode()
    if _list_etags(s3, bucket).get(CONFIGURATION_KEY) != _fingerprint(body):
        _put(s3, bucket, CONFIGURATION_KEY, body)
    return configuration


def _list_files(folder: Path) -> list[Path]:
    return [
        file
        for file in folder.rglob("*")
        if file.is_file()
        and not any(part.startswith((".", "__")) for part in file.relative_to(folder).parts)
    ]


def _list_etags(s3: Any, bucket: str) -> dict[str, str]:
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
    return {
        entry["Key"]: entry["ETag"].strip('"')
        for page in pages
        for entry in page.get("Contents", [])
    }


def _put(s3: Any, bucket: str, key: str, body: bytes) -> None:
    s3.put_object(
        Bucket=bucket,
        Key=key,
        Body=body,
        ContentType=CONTENT_TYPES.get(Path(key).suffix.lower(), "application/octet-stream"),
        # The page changes during the workshop: browsers ask each time whether it did.
        CacheControl="no-cache",
    )


def _fingerprint(body: bytes) -> str:
    """Return the ETag that S3 gives an object encrypted with its own keys: its MD5."""
    return hashlib.md5(body, usedforsecurity=False).hexdigest()
