"""The architecture drawing, measured in a real Chromium."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from workshop_lib.diagram import ARCHITECTURE, PartState, State, draw_architecture, part_states

pytestmark = pytest.mark.browser

MIXED: dict[str, State] = {
    "browser": "standing",
    "images": "standing",
    "api": "standing",
    "presigned-url": "missing",
    "reco-image": "this lesson",
    "topic": "this lesson",
}
DRAWINGS = {
    "all standing": part_states({}, otherwise="standing"),
    "all of this lesson": part_states({}, otherwise="this lesson"),
    "all missing": part_states({}, otherwise="missing"),
    "a mixture": part_states(MIXED),
}

# The texts that leave their part's box (a layer's tab belongs to it) and the flow labels that
# touch a box or another label, each named.
MISFITS = """
() => {
  const box = (element) => element.getBoundingClientRect();
  const within = (inner, outer) =>
    inner.left >= outer.left && inner.right <= outer.right &&
    inner.top >= outer.top && inner.bottom <= outer.bottom;
  const touch = (one, other) =>
    one.left < other.right && other.left < one.right &&
    one.top < other.bottom && other.top < one.bottom;
  const misfits = [];
  for (const part of document.querySelectorAll('.part')) {
    const frames = [...part.querySelectorAll('.box, .layer')].map(box);
    for (const text of part.querySelectorAll('text'))
      if (!frames.some((frame) => within(box(text), frame))) misfits.push(text.textContent);
  }
  const frames = [...document.querySelectorAll('.box, .layer')].map(box);
  const labels = [...document.querySelectorAll('.flow text')];
  for (const label of labels) {
    const others = labels.filter((other) => other !== label).map(box);
    if ([...frames, ...others].some((other) => touch(box(label), other)))
      misfits.push(label.textContent);
  }
  return misfits;
}
"""


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A page of 900 by 600 pixels."""
    context = chromium.new_context(viewport={"width": 900, "height": 600})
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("name", DRAWINGS)
@pytest.mark.parametrize("font", ["DejaVu Sans", "Liberation Sans"])
def test_every_text_fits(page: Page, name: str, font: str) -> None:
    """In every state, in a wide font and a common one, no text leaves its box or hits another."""
    page.set_content(_html(DRAWINGS[name]))
    page.add_style_tag(content=f".workshop-map {{ font-family: '{font}' !important }}")

    assert [] == page.evaluate(MISFITS)


def test_the_drawing_fits_900_pixels(page: Page) -> None:
    """At 900 pixels the drawing is shown in its own size, so its smallest text stays 12 pixels."""
    page.set_content(_html(DRAWINGS["a mixture"]))

    assert 900 == page.locator("svg").evaluate("svg => svg.getBoundingClientRect().width")
    assert 0 == page.evaluate("document.documentElement.scrollWidth - 900")


def test_the_drawing_shrinks_with_its_page(page: Page) -> None:
    """On a narrow page the drawing shrinks as a whole and nothing is cut off."""
    page.set_viewport_size({"width": 450, "height": 600})
    page.set_content(_html(DRAWINGS["a mixture"]))

    assert 450 == page.locator("svg").evaluate("svg => svg.getBoundingClientRect().width")


@pytest.mark.parametrize(
    ("scheme", "theme", "expected"),
    [
        ("light", None, "rgb(255, 255, 255)"),
        ("dark", None, "rgb(27, 32, 39)"),
        ("dark", "true", "rgb(255, 255, 255)"),
        ("light", "false", "rgb(27, 32, 39)"),
    ],
)
def test_the_drawing_follows_the_scheme(
    page: Page, scheme: str, theme: str | None, expected: str
) -> None:
    """The page's scheme decides the colours, and JupyterLab's own theme goes before it."""
    page.emulate_media(color_scheme=scheme)
    page.set_content(_html(DRAWINGS["all standing"], theme))

    assert expected == page.locator("[data-part=images] .box").evaluate(
        "box => getComputedStyle(box).fill"
    )


def test_paper_is_light(page: Page) -> None:
    """In print the drawing is light, whatever the screen and JupyterLab say."""
    page.emulate_media(color_scheme="dark", media="print")
    page.set_content(_html(DRAWINGS["all standing"], "false"))

    assert "rgb(255, 255, 255)" == page.locator("[data-part=images] .box").evaluate(
        "box => getComputedStyle(box).fill"
    )


def test_a_screen_reader_hears_name_and_description(page: Page) -> None:
    """The drawing is one image to a screen reader, named, and described in sentences."""
    page.set_content(_html(DRAWINGS["a mixture"]))

    drawing = page.get_by_role("img", name="Architecture of the workshop")
    described_by = drawing.get_attribute("aria-describedby")
    assert "Missing: presigned-url (Lambda)." in page.locator(f"#{described_by}").inner_html()
    assert len(ARCHITECTURE.parts) == drawing.locator(".part").count()


def _html(parts: list[PartState], jupyter_theme_light: str | None = None) -> str:
    theme = f' data-jp-theme-light="{jupyter_theme_light}"' if jupyter_theme_light else ""
    return f'<!doctype html><body{theme} style="margin: 0">{draw_architecture(parts)}'
