"""The application that the workshop builds: its parts, and what flows between them.

Data only; :mod:`workshop_lib.diagram` draws it. A part stands on a grid of columns and rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

State = Literal["standing", "this lesson", "missing", "later"]
Side = Literal["left", "right", "top", "bottom"]

STATES: tuple[State, ...] = ("standing", "this lesson", "missing", "later")


@dataclass(frozen=True)
class Part:
    """One box of the drawing: what it is and where it stands on the grid.

    Args:
        id: its name in the register of lessons.
        service: a key of the design tokens' services.
        label: what the box says.
        column: 0 is the leftmost.
        row: 0 is the uppermost.
        rows: how many rows the box spans.
        layer: the name of the Lambda layer the function stands on.
    """

    id: str
    service: str
    label: str
    column: int
    row: int
    rows: int = 1
    layer: str | None = None


@dataclass(frozen=True)
class Anchor:
    """Where a flow touches a part: the side, and how far along it from 0 to 1."""

    side: Side
    along: float = 0.5


@dataclass(frozen=True)
class Flow:
    """What passes from one part to another; it is there once the part `since` is."""

    source: str
    target: str
    label: str
    since: str
    leaves: Anchor
    enters: Anchor


@dataclass(frozen=True)
class PartState:
    """A part, and how far it has come."""

    part: Part
    state: State


@dataclass(frozen=True)
class Architecture:
    """All parts and flows of an application."""

    parts: tuple[Part, ...]
    flows: tuple[Flow, ...]


_LEFT, _RIGHT, _TOP, _BOTTOM = (Anchor(side) for side in ("left", "right", "top", "bottom"))

# Where the browser's tall box faces the API, the images and the thumbnails.
_AT_UPLOAD, _AT_RESULTS = Anchor("right", 0.09), Anchor("right", 0.195)
_AT_IMAGES, _AT_THUMBNAILS = Anchor("right", 0.8704), Anchor("right", 0.96)

ARCHITECTURE = Architecture(
    parts=(
        Part("browser", "browser", "your browser", 0, 0, rows=3),
        Part("api", "apigateway", "reco-image", 1, 0),
        Part("db-list", "lambda", "db-list", 2, 0),
        Part("table", "dynamodb", "reco-results", 3, 0),
        Part("presigned-url", "lambda", "presigned-url", 2, 1),
        Part("db-save", "lambda", "db-save", 3, 1),
        Part("images", "s3", "images", 1, 2),
        Part("reco-image", "lambda", "reco-image", 2, 2, layer="recogniser"),
        Part("topic", "sns", "reco-results", 3, 2),
        Part("website", "s3", "website", 0, 3),
        Part("thumbnails", "s3", "thumbnails", 1, 3),
        Part("thumbnail-gen", "lambda", "thumbnail-gen", 2, 3, layer="pillow"),
    ),
    flows=(
        Flow("browser", "api", "GET /upload", "presigned-url", _AT_UPLOAD, Anchor("left", 0.347)),
        Flow("browser", "api", "GET /results", "db-list", _AT_RESULTS, Anchor("left", 0.752)),
        Flow("api", "presigned-url", "invoke", "presigned-url", _BOTTOM, _LEFT),
        Flow("api", "db-list", "invoke", "db-list", _RIGHT, _LEFT),
        Flow("db-list", "table", "query", "db-list", _RIGHT, _LEFT),
        Flow("browser", "images", "PUT picture", "images", _AT_IMAGES, _LEFT),
        Flow("images", "reco-image", "event", "reco-image", _RIGHT, _LEFT),
        Flow("reco-image", "topic", "publish", "topic", _RIGHT, _LEFT),
        Flow("topic", "db-save", "deliver", "db-save", _TOP, _BOTTOM),
        Flow("db-save", "table", "put item", "table", _TOP, _BOTTOM),
        Flow("topic", "thumbnail-gen", "deliver", "thumbnail-gen", _BOTTOM, _RIGHT),
        Flow("thumbnail-gen", "thumbnails", "put object", "thumbnail-gen", _LEFT, _RIGHT),
        Flow("thumbnails", "browser", "show", "thumbnails", _LEFT, _AT_THUMBNAILS),
        Flow("website", "browser", "the page", "website", _TOP, _BOTTOM),
    ),
)


def part_states(states: Mapping[str, State], otherwise: State = "later") -> list[PartState]:
    """The parts of `ARCHITECTURE` with the states given by part id, the others in `otherwise`.

    Raises:
        ValueError: when an id belongs to no part.
    """
    unknown = sorted(set(states) - {part.id for part in ARCHITECTURE.parts})
    if unknown:
        raise ValueError(f"the architecture has no part {', '.join(unknown)}")
    return [PartState(part, states.get(part.id, otherwise)) for part in ARCHITECTURE.parts]
