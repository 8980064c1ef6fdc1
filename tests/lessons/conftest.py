"""What the tests of all lessons' exercises share: an attendee of their own, and hostile answers."""

import sys
from pathlib import Path

import pytest

from workshop_lib.lessons import LESSONS
from workshop_lib.local_cloud import launcher
from workshop_lib.workshop import open_lesson

# Tests are imported by their path, and the frame beside them by its name.
sys.path.insert(0, str(Path(__file__).parent))


class Hostile:
    """An object whose every method raises."""

    def __getattribute__(self, name):
        raise RuntimeError(name)

    def __repr__(self):
        raise RuntimeError("repr")

    def __eq__(self, other):
        raise RuntimeError("eq")

    def __hash__(self):
        raise RuntimeError("hash")

    def __str__(self):
        raise RuntimeError("str")

    def __call__(self, *arguments):
        raise SystemExit(3)


def deep(depth=2000):
    nested = []
    for _ in range(depth):
        nested = [nested]
    return nested


HOSTILE = {
    "none": None,
    "number": 7,
    "infinite": float("nan"),
    "truth": True,
    "empty": "",
    "words": "no idea",
    "empty-dict": {},
    "empty-list": [],
    "list-of-none": [None],
    "huge-text": "x" * 3_000_000,
    "huge-list": list(range(100_000)),
    "huge-number": 10**5000,
    "deep": deep(),
    "bytes": b"\xff\x00",
    "control": "\x1b[31m\u202e",
    "type": dict,
    "function": lambda *_: exit(1),
    "object": Hostile(),
    "objects": [Hostile(), {"Effect": Hostile()}],
    "strange-keys": {1: 2, ("a",): None},
    "odd-url": "http://[::1",
    "odd-statement": {"Effect": "Allow", "Action": 3, "Resource": {"a": 1}},
    "stars": {"Effect": "Allow", "Action": "*a" * 5000, "Resource": "*" * 9000},
}


@pytest.fixture(scope="session")
def open_as_learner(tmp_path_factory, weights):
    """A function that opens a lesson of a learner, on a local cloud of her own."""
    home = tmp_path_factory.mktemp("learner")
    with pytest.MonkeyPatch.context() as patch:

        def open_here(number):
            for name, value in weights.items():
                patch.setenv(name, value)
            patch.setenv("WORKSHOP_HOME", str(home))
            patch.setenv("WORKSHOP_ATTENDEE", "learner")
            patch.delenv("WORKSHOP_TARGET", raising=False)
            lesson = open_lesson(number)
            patch.undo()
            return lesson

        yield open_here
    launcher.stop(home / "cloud")


def pytest_generate_tests(metafunc):
    """Ask what holds for every exercise of each exercise of the module's lesson."""
    if "exercise_name" in metafunc.fixturenames:
        number = int(metafunc.module.__name__.rpartition("_")[2])
        names = [exercise.name for exercise in LESSONS[number - 1].exercises]
        metafunc.parametrize("exercise_name", names)


@pytest.fixture
def before_an_answer():
    """What stands before an exercise is answered; nothing, unless a module says otherwise."""


@pytest.fixture(params=HOSTILE)
def hostile_answer(request):
    """One thing after the other that no check was made for."""
    return HOSTILE[request.param]


@pytest.fixture
def outcome_of():
    """A function that runs an exercise's check and returns its outcome as data."""

    def find(lesson, name, answer):
        return lesson.check(name, answer).outcome

    return find
