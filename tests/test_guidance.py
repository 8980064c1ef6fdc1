"""Hints, solutions, questions, progress and refusals, as a learner meets them in lesson 1."""

import json
import os
import stat
import subprocess
import sys

import pytest

from workshop_lib import open_lesson
from workshop_lib.errors import LessonError
from workshop_lib.lessons import LESSONS
from workshop_lib.local_cloud import launcher
from workshop_lib.places import NOTEBOOKS
from workshop_lib.progress import Progress
from workshop_lib.solutions import exercise_name, put_solutions, read_solutions


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """The home of an attendee called anna; her cloud is ended after the tests."""
    folder = tmp_path_factory.mktemp("home")
    yield folder
    launcher.stop(folder / "cloud")


@pytest.fixture
def lesson(home, monkeypatch):
    """Lesson 1, just opened, by somebody who has done nothing yet."""
    monkeypatch.setenv("WORKSHOP_HOME", str(home))
    monkeypatch.setenv("WORKSHOP_ATTENDEE", "anna")
    (home / "progress.json").unlink(missing_ok=True)
    return open_lesson(1)


@pytest.mark.parametrize("verb", ["check", "hint", "solution", "quiz"])
def test_an_unknown_name_lists_those_there_are(lesson, verb):
    """A slip of the pen is answered with the names to choose from, whatever it is."""
    for name in ("narow-policy", None, 7, ["narrow-policy"]):
        with pytest.raises(LessonError, match=r"narrow-policy|who-decides"):
            getattr(lesson, verb)(name)


def test_hints_come_one_after_the_other(lesson):
    """Each call gives the next; the last one stays and leads to the solution."""
    hints = [str(lesson.hint("narrow-policy")) for _ in range(4)]

    assert ["Hint 1 of 3", "Hint 2 of 3", "Hint 3 of 3"] == [hint[:11] for hint in hints[:3]]
    assert hints[2] == hints[3]
    assert 'lesson.solution("narrow-policy")' in hints[3]
    assert "Hint 1 of 2" in str(lesson.hint("put-object"))


def test_a_solution_is_the_block_of_its_name(lesson):
    """The solution shows the notebook's cell as it can be written, and why it is right."""
    shown = str(lesson.solution("narrow-policy"))

    assert '"Action": "s3:GetObject"' in shown
    assert "One action, on one part of one bucket." in shown
    assert "<script" not in lesson.solution("narrow-policy").to_html()


def test_a_question_is_answered_with_a_letter(lesson):
    """The right letter explains all options, a wrong one its own, and no letter lists them."""
    assert "b) No, a Deny anywhere wins" in str(lesson.quiz("who-decides"))
    assert "✗ Not this one: One Allow is needed" in str(lesson.quiz("who-decides", "a"))
    right = str(lesson.quiz("who-decides", " B) "))
    assert "✓ Right" in right
    assert "c) A presigned URL lends" in right
    with pytest.raises(LessonError, match="Choose one of a, b, c"):
        lesson.quiz("who-decides", "z")
    assert "1 of 3 questions" in lesson.guidance.describe_progress()


def test_a_question_can_be_clicked(lesson):
    """Choosing a radio button shows the explanation and is kept."""
    question = lesson.quiz("what-cors-protects")
    bundle = question._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert "You remove the CORS rule" in bundle["text/plain"]

    question.widget.chosen = "b"
    assert "Not this one" in question.widget.explanation
    question.widget.chosen = "a"

    assert "Right" in question.widget.explanation
    assert "1 of 3 questions" in lesson.guidance.describe_progress()


def test_progress_is_kept_and_shown(lesson, home):
    """What was right once stays so, on the card and by the command, in a file of one's own."""
    narrow = {"Effect": "Allow", "Action": "s3:GetObject"}
    right = narrow | {"Resource": f"arn:aws:s3:::{lesson.names.images_bucket}/uploads/*"}

    lesson.check("narrow-policy", right)
    lesson.check("narrow-policy", narrow)

    assert {"narrow-policy": "correct"} == Progress(home).of(lesson.lesson.stem).exercises
    assert "1 of 3 exercises" in lesson._repr_mimebundle_()["text/plain"]
    outcome = subprocess.run(
        [sys.executable, "-m", "workshop_lib", "progress"],
        env=os.environ | {"WORKSHOP_HOME": str(home)},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "1 of 3" in outcome.stdout
    if os.name == "posix":
        assert 0o600 == stat.S_IMODE((home / "progress.json").stat().st_mode)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"01_s3_iam_image_bucket": {"exercises": 3}}'])
def test_a_damaged_progress_file_keeps_nobody_from_learning(tmp_path, content):
    """Progress begins anew where the file cannot be read."""
    progress = Progress(tmp_path)
    progress.file.write_text(content)
    stem = LESSONS[0].stem

    assert set() == progress.of(stem).solved
    progress.record_exercise(stem, "narrow-policy", "correct")

    assert {"narrow-policy"} == progress.of(stem).solved
    # No draft is left; the lock's file stays.
    left = [file for file in tmp_path.iterdir() if file.suffix != ".lock"]
    assert [progress.file] == left


def test_two_tabs_keep_their_progress_at_the_same_time(tmp_path):
    """However many kernels record at once, nothing that one of them kept is lost."""
    code = (
        "import sys; from pathlib import Path; from workshop_lib.progress import Progress\n"
        "for place in range(25):\n"
        "    Progress(Path(sys.argv[1])).record_quiz('01', f'{sys.argv[2]}-{place}', 'correct')"
    )
    tabs = [
        subprocess.Popen([sys.executable, "-c", code, str(tmp_path), name]) for name in ("a", "b")
    ]

    assert [0, 0] == [tab.wait(timeout=60) for tab in tabs]
    assert 50 == len(Progress(tmp_path).of("01").answered)


def test_a_refusal_is_explained(lesson, capsys):
    """What AWS refuses as expected is shown with its meaning."""
    with lesson.expect_refusal("NoSuchBucket"):
        lesson.client("s3").get_object(Bucket="awstack-nobody-images", Key="a")

    shown = capsys.readouterr().out
    assert "Refused, as expected: NoSuchBucket · GetObject" in shown
    assert "There is no bucket of this name" in shown


def test_what_is_not_refused_is_an_error(lesson):
    """A break that does not break, or otherwise, must not pass unseen."""
    with pytest.raises(LessonError, match="did not refuse"), lesson.expect_refusal("AccessDenied"):
        lesson.client("s3").list_buckets()
    with (
        pytest.raises(LessonError, match="NoSuchBucket where AccessDenied was expected"),
        lesson.expect_refusal("AccessDenied"),
    ):
        lesson.client("s3").get_object(Bucket="awstack-nobody-images", Key="a")
    with pytest.raises(ZeroDivisionError), lesson.expect_refusal("AccessDenied"):
        _ = 1 / 0


def test_a_bare_error_is_explained_and_still_fails(lesson):
    """In a kernel an AWS error comes with words and a folded traceback, and fails the cell."""
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError

    source = (
        "from workshop_lib import open_lesson\nlesson = open_lesson(1)\n"
        "lesson.client('s3').get_object(Bucket='awstack-nobody-images', Key='a')"
    )
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])

    with pytest.raises(CellExecutionError, match="NoSuchBucket"):
        NotebookClient(notebook, kernel_name="python3").execute()

    outputs = notebook.cells[0].outputs
    shown = next(o.data for o in outputs if o.output_type == "display_data")
    assert "There is no bucket of this name" in shown["text/plain"]
    assert "<details><summary>Traceback" in shown["text/html"]
    error = next(o for o in outputs if o.output_type == "error")
    assert 1 == len(error.traceback)


@pytest.mark.parametrize("each", [lesson for lesson in LESSONS if lesson.exercises],
                         ids=lambda each: each.stem)  # fmt: skip
def test_notebook_register_and_solutions_agree(each):
    """Every exercise has its tagged cell, its block and its hints; questions are asked."""
    notebook = json.loads((NOTEBOOKS / f"{each.stem}.ipynb").read_text(encoding="utf-8"))
    cells = {exercise_name(cell): "".join(cell["source"]) for cell in notebook["cells"]}
    blocks = read_solutions(NOTEBOOKS / "solutions" / f"{each.stem}.py")
    names = {exercise.name for exercise in each.exercises}
    text = "\n".join("".join(cell["source"]) for cell in notebook["cells"])

    assert names == set(blocks) == set(cells) - {None}
    assert len(names) >= 3
    for name in names:
        assert "..." in cells[name]
        assert cells[name].splitlines()[-1] == blocks[name].splitlines()[-1]
        assert f'lesson.check("{name}", ' in blocks[name].splitlines()[-1]
    assert 3 == len(each.quizzes)
    assert all(f'lesson.quiz("{quiz.name}")' in text for quiz in each.quizzes)
    assert all(quiz.right in quiz.lettered for quiz in each.quizzes)
    assert all(len(exercise.hints) >= 2 for exercise in each.exercises)
    assert "lesson.checkpoint()" in text
    assert each.requirements
    assert sorted(names) == sorted(put_solutions(notebook, blocks))


def test_an_exercise_without_a_solution_is_said():
    """A run with solutions stops where there is none, and says what to write."""
    cell = {"metadata": {"tags": ["exercise-lonely"]}, "source": "..."}

    with pytest.raises(LessonError, match="# %% exercise-lonely"):
        put_solutions({"cells": [cell]}, {})
