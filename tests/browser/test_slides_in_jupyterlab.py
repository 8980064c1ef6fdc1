"""The slides beside the notebook: from JupyterLab's launcher, and from a lesson's card."""

import pytest
from playwright.sync_api import expect

from workshop_lib.lessons import LESSONS
from workshop_lib.notebook_sections import timed_sections

pytestmark = pytest.mark.browser
PATIENCE = 120_000  # milliseconds; the slides are built when they are first asked for


@pytest.fixture(scope="module")
def page(shared_lab, chromium):
    """JupyterLab with lesson 1 open, its kernel ready."""
    opened = chromium.new_page(viewport={"width": 1500, "height": 1000})
    # JupyterLab remembers how other tests have left its panels.
    opened.goto(f"{shared_lab.first_page}&reset")
    expect(opened.get_by_text("Python 3 (ipykernel) | Idle")).to_be_visible(timeout=PATIENCE)
    yield opened
    opened.close()


def slides(page):
    return page.frame_locator('iframe[title="The workshop\'s slides"]')


def are_side_by_side(page):
    notebook = page.locator(".jp-NotebookPanel").bounding_box()
    pane = page.locator('iframe[title="The workshop\'s slides"]').bounding_box()
    return notebook["x"] + notebook["width"] <= pane["x"]


def test_present_in_the_launcher_opens_the_decks_beside_the_notebook(page):
    """A "Present" tile stands in the launcher and opens the list of decks in a split pane."""
    page.get_by_title("New Launcher").first.click()
    page.locator(".jp-LauncherCard", has_text="Present").click()
    for lesson in LESSONS:
        link = slides(page).get_by_role("link", name=lesson.title, exact=True)
        expect(link).to_be_visible(timeout=PATIENCE)
    assert are_side_by_side(page)


def test_a_card_opens_its_deck_at_the_slide_of_a_section(page):
    """A link in the lesson's card opens the right deck, at the slide of that section."""
    section = timed_sections(LESSONS[0].stem)[3]
    for place in (0, 1):
        page.locator(".jp-Notebook .jp-CodeCell .cm-content").nth(place).click()
        page.keyboard.press("Shift+Enter")
    page.get_by_text("at a section", exact=True).click(timeout=PATIENCE)
    page.get_by_role("link", name=section.title, exact=True).click()
    shown = slides(page).locator("section.present .section-name")
    expect(shown).to_have_text(section.title, timeout=PATIENCE)
    assert are_side_by_side(page)

    page.get_by_role("link", name="Present the slides", exact=True).click()
    expect(slides(page).locator("section.present h1")).to_have_text(LESSONS[0].title)


def test_the_palette_presents_the_section_that_is_being_read(page):
    """The slides follow the notebook's active cell when the reader asks for them."""
    section = next(part for part in timed_sections(LESSONS[0].stem) if ":" in part.title)
    page.locator(".jp-Notebook h2", has_text=section.title).first.click()
    page.keyboard.press("Control+Shift+C")
    page.keyboard.type("Slides of This Section")
    page.keyboard.press("Enter")
    shown = slides(page).locator("section.present .section-name")
    expect(shown).to_have_text(section.title, timeout=PATIENCE)
