"""S3's own XML documents, as far as something here must read them."""

from __future__ import annotations

from xml.etree import ElementTree

from workshop_lib.local_cloud.aws_errors import AwsError


def find_elements(document: bytes, name: str) -> list[ElementTree.Element]:
    """Return the elements of a name, wherever they stand.

    Raises:
        AwsError: ``MalformedXML``.
    """
    # S3's documents have no document type, and one could make a parser fetch or grow things.
    if b"<!DOCTYPE" in document:
        raise malformed()
    try:
        root = ElementTree.fromstring(document)  # noqa: S314 - see above
    except ElementTree.ParseError as error:
        raise malformed() from error
    return root.findall(f".//{{*}}{name}")


def find_text(document: bytes, name: str) -> str:
    """Return the text of the first element of a name, empty where there is none."""
    return "".join(element.text or "" for element in find_elements(document, name)[:1])


def malformed() -> AwsError:
    """Return S3's refusal of a document that it cannot read."""
    message = (
        "The XML you provided was not well-formed or did not validate against our published schema"
    )
    return AwsError("MalformedXML", message, 400)
