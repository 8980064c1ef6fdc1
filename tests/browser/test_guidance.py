"""Exercises and questions as a learner meets them in JupyterLab."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_a_check_goes_from_not_attempted_to_incorrect_to_correct(open_notebook):
    """Dots are not attempted, a wrong answer is told its likely mistake, a right one holds.

    And what API Gateway writes with dollar signs is no formula.
    """
    notebook = open_notebook(
        "from workshop_lib import open_lesson; lesson = open_lesson(3)",
        "from urllib.parse import unquote, unquote_plus",
        'lesson.check("decode-key", ...)',
        'from workshop_lib.ui import show; show({"says": "$context.path and $context.id"})',
    )
    notebook.run_all()
    expect(notebook.output(2)).to_contain_text("Not attempted")
    expect(notebook.output(2)).to_contain_text("over the dots")

    read_key = 'lambda record: {}(record["s3"]["object"]["key"])'
    notebook.run(2, f'lesson.check("decode-key", {read_key.format("unquote")})')
    expect(notebook.output(2)).to_contain_text("Incorrect")
    expect(notebook.output(2)).to_contain_text("+")

    notebook.run(2, f'lesson.check("decode-key", {read_key.format("unquote_plus")})')
    expect(notebook.output(2)).to_contain_text("Correct")
    expect(notebook.output(3)).to_contain_text("$context.path and $context.id")


def test_a_question_is_answered_by_keyboard(open_notebook):
    """Space and arrows choose, and each choice is explained at once."""
    notebook = open_notebook(
        "from workshop_lib import open_lesson; lesson = open_lesson(5)",
        'lesson.quiz("which-read")',
    )
    # So it is where Jupyter is served without TLS from another machine.
    notebook.page.evaluate("delete Crypto.prototype.randomUUID")
    notebook.run_all()
    question = notebook.output(1)
    expect(question.get_by_role("radio")).to_have_count(3)

    keyboard = notebook.page.keyboard
    question.get_by_role("radio").first.focus()
    keyboard.press("Space")
    keyboard.press("ArrowDown")
    expect(question).to_contain_text("Not this one")
    expect(question.get_by_role("radio").nth(1)).to_be_checked()

    keyboard.press("ArrowUp")
    expect(question).to_contain_text("Right")
    expect(question).to_contain_text("one of three copies")
    expect(question.get_by_role("radio").first).to_be_focused()
