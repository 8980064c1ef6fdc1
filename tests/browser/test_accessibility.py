"""Nobody is shut out: axe-core finds no grave fault in the dashboard and in the widgets."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_the_judge_finds_what_is_wrong(chromium, find_barriers):
    """A picture without words, a button without a name and grey on grey are found."""
    page = chromium.new_page()
    page.set_content(
        "<title>x</title><body style='background:#fff'><img src='data:,'><button></button>"
        "<p style='color:#ccc'>pale</p>"
    )

    rules = {fault.partition(":")[0] for fault in find_barriers(page)}
    page.close()

    assert {"image-alt", "button-name", "color-contrast"} <= rules


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_dashboard_shuts_nobody_out(chromium, cloud, find_barriers, scheme):
    """With results, one of them open, in both schemes."""
    cloud.recognise("uploads/0001/cat.png")
    cloud.recognise("uploads/0002/broken.png", status="error", result="", error="no picture")
    page = chromium.new_page(color_scheme=scheme)
    page.goto(cloud.website)
    expect(page.get_by_text("broken.png").first).to_be_visible()

    assert [] == find_barriers(page)
    page.close()


def test_the_widgets_shut_nobody_out(open_notebook, find_barriers):
    """A card, an answered question, the uploader, an outcome, the map, the bill; in both themes."""
    notebook = open_notebook(
        "from workshop_lib import open_lesson; lesson = open_lesson(3)",
        "lesson",
        'lesson.quiz("who-tries-again")',
        "lesson.upload_pictures()",
        'lesson.check("decode-key", ...)',
        "lesson.map()",
        "lesson.bill()",
    )
    notebook.run_all()
    notebook.output(2).get_by_role("radio").first.check()
    expect(notebook.output(2).get_by_role("status").first).to_contain_text("Not this one")
    for place in range(1, 7):
        expect(notebook.output(place).locator(".jp-OutputArea-output").first).to_be_visible()

    for theme in ("Dark", "Light"):
        notebook.wear(theme)
        assert [] == find_barriers(notebook.page, within=".jp-OutputArea-output")
