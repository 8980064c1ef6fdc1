"""The register of lessons holds together with the notebooks, the map and the contracts."""

import re
from pathlib import Path

import nbformat
import pytest

from workshop_lib.architecture import ARCHITECTURE
from workshop_lib.lessons import LESSONS
from workshop_lib.lessons.contracts import FUNCTION_CONTRACTS
from workshop_lib.lessons.parts import FINDERS
from workshop_lib.naming import FUNCTIONS
from workshop_lib.solutions import read_solutions

PROJECT = Path(__file__).parents[2]


def test_numbers_follow_and_stems_begin_with_them():
    """Lessons are numbered from 1 without a gap, and their stems say so."""
    assert list(range(1, len(LESSONS) + 1)) == [lesson.number for lesson in LESSONS]
    assert all(lesson.stem.startswith(f"{lesson.number:02}_") for lesson in LESSONS)


def test_one_stem_names_a_lesson_everywhere():
    """Every lesson has its notebook and its module, and no notebook is without a lesson."""
    stems = [lesson.stem for lesson in LESSONS]

    assert stems == sorted(file.stem for file in (PROJECT / "notebooks").glob("*.ipynb"))
    assert all((PROJECT / f"workshop_lib/lessons/lesson_{stem}.py").exists() for stem in stems)


def test_a_lesson_needs_only_earlier_ones():
    """What a lesson needs has been done before."""
    assert [] == [
        lesson.number
        for lesson in LESSONS
        if not all(0 < needed < lesson.number for needed in lesson.needs)
    ]


def test_the_lessons_add_every_part_of_the_map_once():
    """Together the lessons add all parts of the architecture, each once, each findable."""
    added = [part for lesson in LESSONS for part in lesson.parts]

    assert sorted(part.id for part in ARCHITECTURE.parts) == sorted(added)
    assert set(added) == set(FINDERS)


def test_every_function_has_a_contract_and_a_lesson_that_makes_it():
    """The five functions have contracts, folders, and the lesson that the contract names."""
    assert set(FUNCTIONS) == set(FUNCTION_CONTRACTS)
    for contract in FUNCTION_CONTRACTS.values():
        assert (PROJECT / "lambdas" / contract.folder / "handler.py").exists()
        assert contract.name in LESSONS[contract.lesson - 1].functions


SERVICE_CALL = re.compile(
    r"\b(s3|iam|lambda_|apigateway|sns|sqs|dynamodb)\.(?!meta)[a-z_]+\(", re.MULTILINE
)
NAMED = re.compile(r'lesson\.(check|hint|solution|quiz)\("([a-z0-9-]+)"')

each_lesson = pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.stem)


def notebook_text(lesson):
    notebook = nbformat.read(PROJECT / f"notebooks/{lesson.stem}.ipynb", as_version=4)
    return "\n".join(cell.source for cell in notebook.cells)


@each_lesson
def test_a_lesson_has_exercises_questions_hints_and_a_checkpoint(lesson):
    """Three exercises and three questions at least, hints for what is built, a checkpoint."""
    assert len(lesson.exercises) >= 3
    assert len(lesson.quizzes) >= 3
    assert all(len(exercise.hints) >= 2 for exercise in lesson.exercises)
    assert all(len(quiz.options) >= 3 for quiz in lesson.quizzes)
    assert lesson.hints
    assert lesson.requirements
    assert "lesson.checkpoint()" in notebook_text(lesson)


@each_lesson
def test_the_notebook_asks_what_the_lesson_knows(lesson):
    """Every check, question and hint in the notebook has its name in the lesson, and is there."""
    exercises = {exercise.name for exercise in lesson.exercises}
    known = {
        "check": exercises,
        "solution": exercises,
        "hint": exercises | set(lesson.hints),
        "quiz": {quiz.name for quiz in lesson.quizzes},
    }
    asked = NAMED.findall(notebook_text(lesson))

    assert [] == [(verb, name) for verb, name in asked if name not in known[verb]]
    assert exercises == {name for verb, name in asked if verb == "check"}
    assert known["quiz"] == {name for verb, name in asked if verb == "quiz"}
    assert {name for verb, name in asked if verb == "hint"} & set(lesson.hints)


@each_lesson
def test_in_every_lesson_the_learner_types_a_call_to_aws(lesson):
    """The answer of one exercise at least is a call to a service, by its boto3 client."""
    solutions = read_solutions(PROJECT / f"notebooks/solutions/{lesson.stem}.py")

    assert [name for name, block in solutions.items() if SERVICE_CALL.search(block)]
