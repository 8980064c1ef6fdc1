"""Drawings for slides and lessons: each a function that returns a static SVG, under a name."""

from __future__ import annotations

from collections.abc import Callable, Mapping

DRAWINGS: Mapping[str, Callable[[], str]] = {}
