"""What a notebook holds: an open lesson, over a local cloud of its own."""

import os
import subprocess
import sys
from dataclasses import dataclass, replace

import pytest

import workshop_lib
from workshop_lib import open_lesson
from workshop_lib.aws import functions, queues
from workshop_lib.errors import LessonError, ResourceNotReadyError
from workshop_lib.lessons import LESSONS
from workshop_lib.local_cloud import launcher

ALWAYS_SEEN = {"CreateTopic", "CreateDeployment"}


@dataclass(frozen=True)
class Photo:
    name: str
    content: bytes


@pytest.fixture(scope="module")
def environment(tmp_path_factory, weights):
    """The environment of an attendee called anna; her cloud is ended after the tests."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in weights.items():
            patch.setenv(name, value)
        patch.setenv("WORKSHOP_HOME", str(home))
        patch.setenv("WORKSHOP_ATTENDEE", "anna")
        yield dict(os.environ)
    launcher.stop(home / "cloud")


@pytest.fixture(scope="module")
def built(environment):
    """Lesson 8, with all that the lessons build."""
    lesson = open_lesson(8)
    lesson.catch_up(lambda _: None)
    lesson.lesson.build(lesson)
    return lesson


def run_python(code, environment):
    return subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    ).stdout


def test_importing_loads_neither_moto_nor_widgets(environment):
    """Package and door load neither moto nor ipywidgets; the package alone not even boto3."""
    code = (
        "import sys, workshop_lib; print('boto3' in sys.modules);"
        "from workshop_lib import open_lesson;"
        "print([name for name in ('moto', 'ipywidgets', 'anywidget') if name in sys.modules])"
    )

    assert "False\n[]\n" == run_python(code, environment)


def test_the_public_door_is_small():
    """The package exports the lesson's door and nothing else."""
    assert ["OpenLesson", "open_lesson"] == workshop_lib.__all__
    assert isinstance(workshop_lib.OpenLesson, type)
    assert set(workshop_lib.__all__) <= set(dir(workshop_lib))
    with pytest.raises(AttributeError, match="no attribute 'close_lesson'"):
        workshop_lib.close_lesson  # noqa: B018


def test_there_is_no_other_lesson(environment):
    """A number without a lesson is an error that says which there are."""
    with pytest.raises(LessonError, match="from 1 to 8"):
        open_lesson(9)


def test_a_lesson_that_was_not_reached_is_missing_nothing_yet(environment):
    """With nothing built, earlier parts are missing, this lesson's are lit, later ones later."""
    states = open_lesson(3).parts()

    assert ("missing", "missing") == (states["images"], states["api"])
    assert ("this lesson", "later") == (states["reco-image"], states["table"])


def test_catching_up_builds_what_came_before(built):
    """After catching up every part of lessons 1 to 7 stands, and the card says so."""
    states = built.parts()

    assert {"standing", "this lesson"} == set(states.values())
    text = built._repr_mimebundle_()["text/plain"]
    assert "Lesson 8: A website for it all" in text
    assert "db-save (Lambda)" in text
    assert "Missing" not in text


def test_a_picture_goes_all_the_way(built):
    """A photo put by the API's URL is recognised, saved, listed and made small, for the page."""
    photo = Photo("my café+cat.jpg", built.pictures[1].read_bytes())

    key = built.upload(photo)
    item = built.wait_until(lambda: built.find_result(key), "the result")
    thumbnail = built.wait_until(lambda: built.find_thumbnail(key), "the thumbnail")

    assert ("ok", key) == (item["status"], item["name"])
    assert 0 < item["confidence"] <= 1
    assert thumbnail.startswith(b"\xff\xd8")
    listed = built.list_results()["items"][0]
    assert (item["id"], photo.content) == (
        listed["id"],
        built.http.get(listed["picture_url"]).content,
    )
    assert "my café+cat.jpg" in str(built.gallery())
    reports = built.reports("reco-image", "db-save")
    assert ["reco-image", "db-save"] == [report["function"] for report in reports]
    assert all(report["billed, ms"] > 0 for report in reports)
    assert built.http.get(built.website_url).status_code == 200
    assert built.browser_website_url in str(built.website_link())


def test_a_failed_event_ends_in_the_queue_of_failures(built):
    """What a function cannot do is tried again, and at last told to the queue."""
    built.client("sns").publish(TopicArn=built.names.topic_arn, Message="no JSON")
    queue = queues.describe_queue(built.client("sqs"), built.names.queue("failed"))

    def find_failures():
        messages = queues.receive_messages(built.client("sqs"), queue.url, wait_seconds=1)
        return [message for message in messages if "no JSON" in message.body]

    assert built.wait_until(find_failures, "the failed event", seconds=60)


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.stem)
def test_building_again_changes_nothing(built, lesson):
    """Every lesson built again makes no change, be it on another day or after later lessons."""
    another_day = replace(built.settings, lifetime_days=built.settings.lifetime_days + 1)
    opened = workshop_lib.OpenLesson(lesson, another_day, built.cloud)
    before = built.cloud.recorder.total

    lesson.build(opened)

    looks = ("Get", "List", "Describe", "Head")
    changes = {
        call.operation
        for call in built.cloud.recorder.since(before)
        if not call.operation.startswith(looks)
    }
    assert changes <= ALWAYS_SEEN


def test_an_early_lesson_leaves_what_a_later_one_gave(built):
    """Lesson 3 opened again still gives reco-image the topic, because the topic stands."""
    lesson = open_lesson(3)

    assert {"TOPIC_ARN": lesson.names.topic_arn} == lesson.environment("reco-image")
    assert "sns:Publish" in [
        statement["Action"] for statement in lesson.policy("reco-image")["Statement"]
    ]


def test_the_attendee_may_try_the_first_role(built):
    """The role of presigned-url can be taken on by the attendee, the others only by Lambda."""
    sts, names = built.client("sts"), built.names

    session = sts.assume_role(RoleArn=names.role_arn("presigned-url"), RoleSessionName="try")
    assert session["Credentials"]["SessionToken"]
    with pytest.raises(sts.exceptions.ClientError, match="AccessDenied"):
        sts.assume_role(RoleArn=names.role_arn("db-save"), RoleSessionName="try")


def test_test_events_are_those_beside_the_source(built):
    """An event is found by its name, and an unknown one is an error that lists those there are."""
    event = built.test_event("presigned-url", "good_cat")
    answer = functions.invoke_function(
        built.client("lambda"), built.names.function("presigned-url"), event
    )

    assert 200 == answer.payload["statusCode"]
    with pytest.raises(LessonError, match="good_cat"):
        built.test_event("presigned-url", "good_dog")
    with pytest.raises(LessonError, match="presigned-url"):
        built.source("presigned_url")


def test_waiting_in_vain_says_what_did_not_come(built):
    """When the time is over, the error names what was waited for."""
    with pytest.raises(ResourceNotReadyError, match="the impossible"):
        built.wait_until(lambda: None, "the impossible", seconds=0.1, every=0.05)


def test_a_clean_up_asks_for_a_word(built):
    """Dots remove nothing, and another word is an error."""
    told = []

    built.clean_up(..., told.append)

    assert "Not attempted" in told[0]
    with pytest.raises(LessonError, match="'everything'"):
        built.clean_up("everything")
    degrees = [entry["degree"] for entry in built.plan_cleanup()]
    assert {"minimum", "full"} == set(degrees)


def test_the_calls_of_a_cell_are_shown_under_it(built, environment):
    """In IPython the calls of a cell are displayed once, however often a lesson was opened."""
    code = """
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

shell = InteractiveShell.instance()
for cell in (
    "from workshop_lib import open_lesson; lesson = open_lesson(1)",
    "lesson = open_lesson(1); s3 = lesson.client('s3')",
    "answer = s3.list_buckets()",
    "x = 1",
):
    with capture_output() as captured:
        shell.run_cell(cell).raise_error()
    print([output.data["text/plain"].splitlines()[0].split(",")[0] for output in captured.outputs])
"""

    shown = run_python(code, environment).splitlines()

    assert ["[]", "[]", "['1 call to AWS']", "[]"] == shown[-4:]


def test_outside_ipython_nothing_is_shown(built, environment):
    """A plain Python process opens a lesson without a word."""
    code = "from workshop_lib import open_lesson; open_lesson(1).client('s3').list_buckets()"

    assert "" == run_python(code, environment)


def test_the_pictures_are_sorted_and_there(built):
    """The sample photos come sorted by name, and the uploads begin with the cup."""
    assert ["astronaut.jpg", "cat.jpg", "coffee.jpg"] == [file.name for file in built.pictures]
    assert "coffee.jpg" == built.upload_pictures().samples[0].name
