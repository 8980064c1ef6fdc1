"""The design tokens: colours, type, spacing and one colour for each service.

`design_tokens.toml` is the only place where a colour is chosen. From it come the variables of the
drawing, the cards and the dashboard. Run as a program, the module prints the dashboard's
`tokens.css`.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

TOKENS_FILE = Path(__file__).with_name("design_tokens.toml")
DASHBOARD_STYLES = Path(__file__).with_name("dashboard") / "tokens.css"

Scheme = Literal["light", "dark"]


@dataclass(frozen=True)
class ServiceLook:
    """How one service is shown: its name and its colour in each scheme, as `#rrggbb`."""

    name: str
    light: str
    dark: str


@dataclass(frozen=True)
class DesignTokens:
    """The tokens file as data; sizes are CSS pixels, colours `#rrggbb`."""

    type: Mapping[str, str | float]
    space: Mapping[str, float]
    shape: Mapping[str, float]
    light: Mapping[str, str]
    dark: Mapping[str, str]
    services: Mapping[str, ServiceLook]

    def colours(self, scheme: Scheme) -> dict[str, str]:
        """All colours of a scheme by the name of their CSS variable, services as `service-…`."""
        chosen = self.light if scheme == "light" else self.dark
        looks = {
            f"service-{key}": look.light if scheme == "light" else look.dark
            for key, look in self.services.items()
        }
        return {**chosen, **looks}


@cache
def load_tokens() -> DesignTokens:
    """Read the tokens file, once.

    Raises:
        tomllib.TOMLDecodeError: when the file is not TOML.
    """
    raw = tomllib.loads(TOKENS_FILE.read_text(encoding="utf-8"))
    services = {key: ServiceLook(**look) for key, look in raw.pop("services").items()}
    return DesignTokens(services=services, **raw)


def service_name(service: str) -> str:
    """The name under which a reader knows a service: `"apigateway"` is "API Gateway"."""
    look = load_tokens().services.get(service)
    return look.name if look else service


def contrast_ratio(one: str, other: str) -> float:
    """How far two `#rrggbb` colours stand apart, 1 to 21, as WCAG 2.2 defines it."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)


def colour_variables(scheme: Scheme) -> str:
    """The colours of a scheme as CSS declarations on one line."""
    colours = load_tokens().colours(scheme)
    return " ".join(f"--{name}: {value};" for name, value in colours.items())


def size_variables() -> str:
    """Type, spacing and shape as CSS declarations on one line."""
    tokens = load_tokens()
    fonts = [f"--{name}: {tokens.type[name]};" for name in ("sans", "mono")]
    text = [f"--text-{name}: {tokens.type[name]}px;" for name in _text_sizes(tokens)]
    space = [f"--space-{name}: {value}px;" for name, value in tokens.space.items()]
    shape = [f"--shape-{name}: {value}px;" for name, value in tokens.shape.items()]
    line = f"--line-height: {tokens.type['line']};"
    return " ".join([*fonts, *text, line, *space, *shape])


def _text_sizes(tokens: DesignTokens) -> list[str]:
    return [name for name in tokens.type if name not in ("sans", "mono", "line")]


def notebook_colours(selector: str) -> str:
    """CSS that gives `selector` its colours in a notebook, a plain page and in print.

    The reader's own scheme decides; where JupyterLab says which theme it wears, its word goes
    first; paper is light.
    """
    tokens = load_tokens()
    light, dark = tokens.colours("light"), tokens.colours("dark")
    colours = "".join(f"--{name}:light-dark({light[name]},{dark[name]});" for name in light)
    return "\n".join(
        [
            f"{selector} {{ color-scheme: light dark; {colours} }}",
            f'[data-jp-theme-light="true"] {selector} {{ color-scheme: light; }}',
            f'[data-jp-theme-light="false"] {selector} {{ color-scheme: dark; }}',
            f"@media print {{ {selector}, [data-jp-theme-light] {selector} "
            "{ color-scheme: light; } }",
        ]
    )


def dashboard_styles() -> str:
    """The dashboard's `tokens.css`, made from the tokens file."""
    return "\n".join(
        [
            "/* Made from workshop_lib/design_tokens.toml by `python -m workshop_lib.design`. */",
            _rule(":root", f"color-scheme: light dark; {size_variables()}"),
            _rule(":root", colour_variables("light")),
            "@media (prefers-color-scheme: dark) {",
            _rule(":root", colour_variables("dark")),
            "}",
            "",
        ]
    )


def _rule(selector: str, declarations: str) -> str:
    lines = declarations.removesuffix(";").split("; ")
    return "\n".join([f"{selector} {{", *(f"  {line};" for line in lines), "}"])


if __name__ == "__main__":
    sys.stdout.write(dashboard_styles())
