"""The settings: what the environment may say, and what is kept when it says nothing."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from workshop_lib.errors import SettingsError
from workshop_lib.settings import ATTENDEE_PATTERN, Settings, read_settings


def test_everything_can_be_set(tmp_path):
    """Each variable has its place in the settings."""
    model = tmp_path / "weights"
    model.mkdir()

    settings = read_settings({
        "WORKSHOP_HOME": str(tmp_path / "home"),
        "WORKSHOP_TARGET": "aws",
        "WORKSHOP_ATTENDEE": "anna-b",
        "WORKSHOP_REGION": "eu-west-1",
        "WORKSHOP_PORT": "4711",
        "WORKSHOP_MODEL": str(model),
        "WORKSHOP_LIFETIME_DAYS": "2",
    })  # fmt: skip

    expected = Settings(
        tmp_path / "home", "aws", "anna-b", "eu-west-1", 4711, model, lifetime_days=2
    )
    assert expected == settings


def test_defaults_are_local_and_keep_the_attendee(tmp_path):
    """With a home and nothing else, the target is local and the id is made once and kept."""
    first = read_settings({"WORKSHOP_HOME": str(tmp_path)})
    second = read_settings({"WORKSHOP_HOME": str(tmp_path)})

    assert ("local", "us-east-1", None) == (first.target, first.region, first.port)
    assert first == second
    assert ATTENDEE_PATTERN.fullmatch(first.attendee)


def test_two_homes_have_two_attendees(tmp_path):
    """Ids are random, so two laptops never share one."""
    one = read_settings({"WORKSHOP_HOME": str(tmp_path / "one")})
    other = read_settings({"WORKSHOP_HOME": str(tmp_path / "other")})

    assert one.attendee != other.attendee


def test_many_at_once_agree_on_one_attendee(tmp_path):
    """Eight readers of a new home at the same time get the same id."""
    with ThreadPoolExecutor(8) as pool:
        home = {"WORKSHOP_HOME": str(tmp_path / "new")}
        ids = set(pool.map(lambda _: read_settings(home).attendee, range(8)))

    assert 1 == len(ids)
    assert ["attendee"] == [file.name for file in (tmp_path / "new").iterdir()]


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("WORKSHOP_TARGET", "azure"),
        ("WORKSHOP_ATTENDEE", "Anna"),
        ("WORKSHOP_ATTENDEE", "ab"),
        ("WORKSHOP_ATTENDEE", "a" * 19),
        ("WORKSHOP_ATTENDEE", "anna\n"),
        ("WORKSHOP_REGION", "Paris"),
        ("WORKSHOP_PORT", "80"),
        ("WORKSHOP_PORT", "many"),
        ("WORKSHOP_PORT", "70000"),
        ("WORKSHOP_MODEL", "/no/such/folder"),
        ("WORKSHOP_ATTENDEE", "class"),
        ("WORKSHOP_BOUNDARY", "awstack-functions-boundary"),
        ("WORKSHOP_IDENTITY", "/no/such/file"),
        ("WORKSHOP_LAYERS", "arn:aws:lambda:us-east-1:123456789012:layer:without-version"),
    ],
)
def test_a_wrong_value_names_its_variable(tmp_path, variable, value):
    """A value that cannot be used is an error that names the variable and says what would do."""
    with pytest.raises(SettingsError) as caught:
        read_settings({"WORKSHOP_HOME": str(tmp_path), variable: value})

    assert variable in caught.value.what
    assert caught.value.next_step


def test_an_id_too_long_for_a_region_s_bucket_names_is_said(tmp_path):
    """Where a Region's name leaves too little of a bucket's 63 characters, the length is told."""
    home = {"WORKSHOP_HOME": str(tmp_path)}
    long, short = {"WORKSHOP_ATTENDEE": "a" * 18}, {"WORKSHOP_ATTENDEE": "a" * 13}
    sydney = {"WORKSHOP_REGION": "ap-southeast-2"}

    assert "a" * 18 == read_settings(home | long).attendee
    assert "a" * 13 == read_settings(home | short | sydney).attendee
    with pytest.raises(SettingsError, match="too long for ap-southeast-2") as caught:
        read_settings(home | long | sydney)
    (tmp_path / "attendee").write_text("a" * 18)
    with pytest.raises(SettingsError, match=r"The id kept in .* is too long for ap-southeast-2"):
        read_settings(home | sydney)

    assert "Use an id of 3 to 13 characters, or a Region with a shorter name." == (
        caught.value.next_step
    )


def test_a_damaged_attendee_file_is_said(tmp_path):
    """An id that is no id is not used and not overwritten: resources may carry the right one."""
    (tmp_path / "attendee").write_text("Not an id!")

    with pytest.raises(SettingsError, match="attendee"):
        read_settings({"WORKSHOP_HOME": str(tmp_path)})

    assert "Not an id!" == (tmp_path / "attendee").read_text()


def test_importing_the_package_is_light():
    """Importing workshop_lib and its door loads neither moto nor ipywidgets."""
    code = (
        "import sys, workshop_lib, workshop_lib.workshop;"
        "print([name for name in ('moto', 'ipywidgets') if name in sys.modules])"
    )

    output = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path("/")
    ).stdout

    assert "[]" == output.strip()
