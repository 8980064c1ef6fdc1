"""The workshop's own glyphs, one for each service, as SVG shapes on a grid of 24 by 24.

They are lines without a fill of their own: whoever draws them chooses colour and stroke.
"""

from __future__ import annotations

_SHAPES = {
    "browser": '<rect x="3" y="4.5" width="18" height="15" rx="2.5"/>'
    '<path d="M3 9h18M6 6.8h.01M8.5 6.8h.01"/>',
    "s3": '<ellipse cx="12" cy="6.5" rx="7.5" ry="2.5"/>'
    '<path d="M4.5 6.5l2 11.7c.2 1.1 2.6 2 5.5 2s5.3-.9 5.5-2l2-11.7"/>'
    '<path d="M5.5 12.5c3.7 2.2 9.3 2.2 13 0"/>',
    "iam": '<circle cx="8" cy="12" r="4.5"/><path d="M12.5 12h8.5v3.5M17.5 12v2.5M8 12h.01"/>',
    "lambda": '<path d="M7.5 4h2.3c1 0 1.6.5 2 1.4l5.5 13c.4.9 1 1.6 2.2 1.6M12 10.3L6 20"/>',
    "apigateway": '<path d="M5 4v16M19 4v16M2.5 4h5M16.5 4h5M2.5 20h5M16.5 20h5"/>'
    '<path d="M8.5 12h7M13 9.5l2.5 2.5-2.5 2.5"/>',
    "sns": '<circle cx="12" cy="12" r="2"/><path d="M8.3 15.7a5.2 5.2 0 0 1 0-7.4M15.7 8.3a5.2 '
    '5.2 0 0 1 0 7.4M5.3 18.7a9.5 9.5 0 0 1 0-13.4M18.7 5.3a9.5 9.5 0 0 1 0 13.4"/>',
    "dynamodb": '<rect x="3.5" y="4" width="17" height="16" rx="2"/>'
    '<path d="M3.5 9.3h17M3.5 14.7h17M9 9.3V20"/>',
    "sqs": '<rect x="2.5" y="8.5" width="5" height="7" rx="1"/>'
    '<rect x="9.5" y="8.5" width="5" height="7" rx="1"/>'
    '<path d="M17 12h4.5M19 9.5l2.5 2.5-2.5 2.5"/>',
    "cloudwatch": '<circle cx="12" cy="12" r="9"/><path d="M4.5 13h3.5l2-5 3.5 8 2-4.5h4"/>',
}
_UNKNOWN = '<rect x="4" y="4" width="16" height="16" rx="4"/>'


def glyph_shapes(service: str) -> str:
    """The shapes of a service's glyph; a plain square for a service that has none."""
    return _SHAPES.get(service, _UNKNOWN)


def glyph_services() -> set[str]:
    """The services that have a glyph of their own."""
    return set(_SHAPES)


def inline_glyph(service: str, size: float = 20) -> str:
    """A glyph as an SVG of its own, `size` pixels wide, in the text's colour.

    It is hidden from screen readers: the service's name stands beside it.
    """
    return (
        f'<svg viewBox="0 0 24 24" width="{size:g}" height="{size:g}" aria-hidden="true" '
        'fill="none" stroke="currentColor" stroke-width="1.7" stroke-linecap="round" '
        f'stroke-linejoin="round">{glyph_shapes(service)}</svg>'
    )
