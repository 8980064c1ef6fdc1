"""What goes wrong in a notebook is said once, under the cell, with what to do."""

import pytest
from playwright.sync_api import expect

from workshop_lib.local_cloud import launcher

pytestmark = pytest.mark.browser


def test_errors_are_explained_and_a_restart_is_survived(open_notebook, shared_lab):
    """Our errors show once, AWS's with their meaning, a lost name with the way back to it."""
    notebook = open_notebook(
        "from workshop_lib import open_lesson; lesson = open_lesson(2)",
        'lesson.check("nothing")',
        'lesson.client("s3").get_bucket_location(Bucket=f"{lesson.names.prefix}-nowhere")',
    )
    for place in range(3):
        notebook.run(place)

    said = notebook.output(1).get_by_text("This lesson has no exercise nothing.")
    expect(said.filter(visible=True)).to_have_count(1)
    expect(notebook.output(1)).to_contain_text("LessonError, explained above.")
    refusal = notebook.output(2)
    expect(refusal).to_contain_text("There is no bucket of this name")
    expect(refusal.get_by_text("botocore.errorfactory.NoSuchBucket")).to_be_hidden()
    refusal.get_by_text("Traceback", exact=True).click()
    expect(refusal.get_by_text("botocore.errorfactory.NoSuchBucket")).to_be_visible()

    notebook.restart_kernel()
    notebook.run(1)
    expect(notebook.output(1)).to_contain_text("This kernel knows no lesson.")
    expect(notebook.output(1)).to_contain_text("Run All Above Selected Cell")
    notebook.choose_run("Run All Above Selected Cell")
    notebook.run(1, "lesson.number")
    expect(notebook.output(1)).to_contain_text("2")


def test_a_stopped_cloud_is_explained_and_starts_again(open_notebook, shared_lab):
    """While the cloud is stopped the cell says so; the first cell starts it, and clients work."""
    notebook = open_notebook(
        "from workshop_lib import open_lesson; lesson = open_lesson(1); s3 = lesson.client('s3')",
        "print(len(s3.list_buckets()['Buckets']), 'buckets')",
    )
    notebook.run_all()
    launcher.stop(shared_lab.home / "cloud")

    notebook.run(1)
    expect(notebook.output(1)).to_contain_text("Nobody answers at the cloud's address")
    notebook.run(1, "print(len(s3.list_buckets()['Buckets']), 'buckets', lesson.number)")
    expect(notebook.output(1)).to_contain_text("first cell again")

    notebook.run(0, "from workshop_lib import open_lesson; lesson = open_lesson(1)")
    notebook.run(1)
    expect(notebook.output(1)).to_contain_text("buckets 1")
