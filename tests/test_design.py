"""The design tokens: contrast, completeness, and the files made from them."""

from __future__ import annotations

import pytest

from workshop_lib import design

SCHEMES: list[design.Scheme] = ["light", "dark"]
GROUNDS = ["ground", "surface", "sunk"]
TEXT = ["ink", "quiet", "accent", "good", "warn", "bad"]


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("ground", GROUNDS)
def test_every_text_colour_reads_on_every_ground(scheme: design.Scheme, ground: str) -> None:
    """Every text colour and every service's colour has a contrast of 4.5 on each ground."""
    colours = design.load_tokens().colours(scheme)
    texts = TEXT + [name for name in colours if name.startswith("service-")]

    poor = {
        name: round(design.contrast_ratio(colours[name], colours[ground]), 2)
        for name in texts
        if design.contrast_ratio(colours[name], colours[ground]) < 4.5
    }

    assert {} == poor


@pytest.mark.parametrize("scheme", SCHEMES)
def test_text_on_the_accent_reads(scheme: design.Scheme) -> None:
    """What is written on the accent colour has a contrast of 4.5 too."""
    colours = design.load_tokens().colours(scheme)

    assert design.contrast_ratio(colours["on-accent"], colours["accent"]) >= 4.5


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("ground", GROUNDS)
def test_strong_lines_are_seen(scheme: design.Scheme, ground: str) -> None:
    """A line that carries meaning has the contrast of 3 that WCAG asks of graphics."""
    colours = design.load_tokens().colours(scheme)

    assert design.contrast_ratio(colours["line-strong"], colours[ground]) >= 3


def test_contrast_is_measured_as_wcag_does() -> None:
    """Black on white is 21 to 1, a colour on itself 1 to 1, and #767676 on white just 4.54."""
    assert pytest.approx(21) == design.contrast_ratio("#000000", "#ffffff")
    assert pytest.approx(1) == design.contrast_ratio("#336699", "#336699")
    assert pytest.approx(4.54, abs=0.005) == design.contrast_ratio("#ffffff", "#767676")


def test_both_schemes_name_the_same_colours() -> None:
    """A colour that one scheme has, the other has as well."""
    tokens = design.load_tokens()

    assert set(tokens.colours("light")) == set(tokens.colours("dark"))


@pytest.mark.parametrize("scheme", SCHEMES)
def test_each_service_has_a_colour_of_its_own(scheme: design.Scheme) -> None:
    """No two services share a colour."""
    colours = design.load_tokens().colours(scheme)
    services = [value for name, value in colours.items() if name.startswith("service-")]

    assert len(services) == len(set(services))


def test_services_are_called_by_their_names() -> None:
    """A known service is shown under its name, an unknown one under what the caller said."""
    assert "API Gateway" == design.service_name("apigateway")
    assert "kinesis" == design.service_name("kinesis")


def test_the_dashboard_wears_these_tokens() -> None:
    """The committed tokens.css is what the tokens file makes today."""
    assert design.dashboard_styles() == design.DASHBOARD_STYLES.read_text(encoding="utf-8"), (
        "run: python -m workshop_lib.design > workshop_lib/dashboard/tokens.css"
    )


def test_a_notebook_follows_the_page_and_jupyterlab() -> None:
    """Colours follow the page's scheme, JupyterLab's word overrules it, and paper is light."""
    css = design.notebook_colours(".part")

    assert "--surface:light-dark(#ffffff,#1b2027);" in css
    assert '[data-jp-theme-light="false"] .part { color-scheme: dark; }' in css
    assert "@media print { .part, [data-jp-theme-light] .part { color-scheme: light; } }" in css
