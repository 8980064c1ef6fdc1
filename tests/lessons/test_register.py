"""The register of lessons holds together with the notebooks, the map and the contracts."""

from pathlib import Path

from workshop_lib.architecture import ARCHITECTURE
from workshop_lib.lessons import LESSONS
from workshop_lib.lessons.contracts import FUNCTION_CONTRACTS
from workshop_lib.lessons.parts import FINDERS
from workshop_lib.naming import FUNCTIONS

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
