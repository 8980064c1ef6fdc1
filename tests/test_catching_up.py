"""Catching up and starting over, from states that nobody plans for."""

import subprocess
import sys

import pytest

from workshop_lib import catching_up, cleanup, open_lesson
from workshop_lib.errors import LessonError
from workshop_lib.lessons import LESSONS
from workshop_lib.local_cloud import launcher
from workshop_lib.naming import Names
from workshop_lib.ui.steps import SaidSteps


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """An attendee called anna; her cloud is ended after the tests."""
    folder = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WORKSHOP_HOME", str(folder))
        patch.setenv("WORKSHOP_ATTENDEE", "anna")
        # Without weights the layer is small, and these tests quick.
        patch.setenv("WORKSHOP_MODEL", "")
        yield folder
    launcher.stop(folder / "cloud")


@pytest.fixture(scope="module")
def built(home):
    """Lesson 8, with all that the lessons build; tests that take away put back."""
    lesson = open_lesson(8)
    lesson.catch_up(lambda _: None)
    lesson.lesson.build(lesson)
    return lesson


def standing(lesson):
    return {(r.kind, r.name) for r in cleanup.plan_cleanup(lesson.cloud, lesson.names)}


def catch_up(number):
    said = []
    open_lesson(number).catch_up(said.append)
    return said


def test_a_lesson_is_reached_from_nothing_and_says_what_was_made(home):
    """From an empty cloud everything before the lesson is made, and named; twice is once."""
    first = catch_up(3)

    assert "made bucket awstack-anna-images-123456789012-us-east-1-an" in first[0]
    assert "role awstack-anna-presigned-url" in first[0]
    assert "function awstack-anna-presigned-url" in first[1]
    assert "Everything that lesson 3 needs stands" in first[2]

    second = catch_up(3)
    assert [f"Lesson {n.number}: {n.title}: all stood." for n in LESSONS[:2]] == second[:2]


def test_an_interruption_is_said_and_goes_on_later(home):
    """Interrupted in the middle, the next one makes the rest."""
    lesson = open_lesson(3)
    lesson.client("apigateway").meta.events.register_first(
        "before-call.api-gateway.CreateRestApi", _interrupt
    )
    cleanup.run_cleanup(cleanup.plan_cleanup(lesson.cloud, lesson.names), lambda _: None)
    said = []

    with pytest.raises(KeyboardInterrupt):
        catching_up.catch_up(lesson, SaidSteps(said.append))

    assert "Stopped in lesson 2; run it again" in said[-1]
    assert "made API awstack-anna-reco-image" in "\n".join(catch_up(3))


def _interrupt(**_):
    raise KeyboardInterrupt


def test_two_at_the_same_time_end_well(home):
    """Two kernels that catch up at the same time both end, and everything stands once."""
    lesson = open_lesson(3)
    cleanup.run_cleanup(cleanup.plan_cleanup(lesson.cloud, lesson.names), lambda _: None)
    command = [sys.executable, "-m", "workshop_lib", "catch-up", "2"]
    both = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        for _ in range(2)
    ]
    ended = [(process.communicate(timeout=120)[0], process.returncode) for process in both]

    assert [0, 0] == [status for _, status in ended], ended
    assert [True, True] == ["Open 02_lambda_api" in said for said, _ in ended]
    assert [False, True] == sorted(
        "made bucket awstack-anna-images-123456789012-us-east-1-an" in said for said, _ in ended
    )


def test_what_is_half_built_is_completed(built):
    """A function without its role, a topic without a subscriber, wrong variables: set right."""
    lesson, names = built, built.names
    lambda_ = lesson.client("lambda")
    lambda_.update_function_configuration(
        FunctionName=names.function("db-save"), Environment={"Variables": {"TABLE_NAME": "gone"}}
    )
    lesson.client("sns").delete_topic(TopicArn=names.topic_arn)
    lesson.client("iam").delete_role_policy(
        RoleName=names.role("db-list"),
        PolicyName=lesson.client("iam").list_role_policies(RoleName=names.role("db-list"))[
            "PolicyNames"
        ][0],
    )

    said = "\n".join(catch_up(8))

    assert "made topic awstack-anna-reco-results" in said
    assert "UpdateFunctionConfiguration" in said
    assert "PutRolePolicy" in said
    settings = lambda_.get_function_configuration(FunctionName=names.function("db-save"))
    assert {"TABLE_NAME": names.table} == settings["Environment"]["Variables"]


def test_starting_over_asks_first(built):
    """Dots only say what would go; another word is an error; nothing is removed by either."""
    before, said = standing(built), []

    open_lesson(5).start_over(..., said.append)
    with pytest.raises(LessonError, match='Write "yes"'):
        open_lesson(5).start_over("no")

    assert "Remove the table awstack-anna-reco-results." in said
    assert 'lesson.start_over("yes")' in said[-1]
    assert before == standing(built)


def test_experiments_go_and_neighbours_stay(built):
    """What a lesson's experiment made goes by its tag; a neighbour's of a like name stays."""
    lesson = open_lesson(5)
    neighbour = Names("anna-b", lesson.cloud.account_id, lesson.region)
    sqs = lesson.client("sqs")
    for name, tags in (
        ("awstack-anna-trial", lesson.tags),
        ("awstack-anna-b-trial", neighbour.tags(lesson.lesson.stem)),
        ("awstack-anna-six", open_lesson(6).tags),
    ):
        sqs.create_queue(QueueName=name, tags=tags)

    lesson.start_over("yes", lambda _: None)

    open_lesson(5).lesson.build(open_lesson(5))
    urls = sqs.list_queues()["QueueUrls"]
    for url in urls:
        if not url.endswith("-failed"):
            sqs.delete_queue(QueueUrl=url)
    left = {url.rsplit("/", 1)[-1] for url in urls}
    assert {"awstack-anna-b-trial", "awstack-anna-six"} == left - {"awstack-anna-failed"}


def test_the_command_catches_up(home):
    """`workshop catch-up 2` says each lesson, and which notebook to open; 9 is explained."""
    command = [sys.executable, "-m", "workshop_lib", "catch-up"]
    run = subprocess.run([*command, "2"], capture_output=True, text=True, check=True)
    refused = subprocess.run([*command, "9"], capture_output=True, text=True, check=False)

    assert "✓ Lesson 1: A private bucket for pictures" in run.stdout
    assert "Open 02_lambda_api_gateway_upload_image.ipynb" in run.stdout
    assert (1, True) == (refused.returncode, "There is no lesson 9." in refused.stderr)


def test_closed_doors_are_opened_again(built):
    """After the minimum, `workshop catch-up` serves API, thumbnails and website as before."""
    names, http = built.names, built.cloud.http
    built.client("s3").put_object(Bucket=names.thumbnails_bucket, Key="a.jpg", Body=b"a")
    doors = [f"{built.api_url}/results", f"{built.thumbnails_url}/a.jpg", built.website_url]
    built.clean_up("minimum", lambda _: None)
    closed = [http.get(door).status_code for door in doors]

    outcome = subprocess.run(
        [sys.executable, "-m", "workshop_lib", "catch-up"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip

    assert [403, 403, 403] == closed
    assert [200, 200, 200] == [http.get(door).status_code for door in doors]
    assert "✓ Lesson 8" in outcome.stdout
    assert "Everything stands" in outcome.stdout
    assert f"Your website: {built.browser_website_url}" in outcome.stdout


def test_starting_over_removes_one_lesson_and_no_other(built):
    """In whatever order: only what the lesson has made goes, and what it added to others."""
    before = standing(built)
    for number, expected in GONE.items():
        said = []
        open_lesson(number).start_over("yes", said.append)
        after = standing(built)

        gone = {(kind, bare(name)) for kind, name in before - after}
        assert (number, expected) == (number, gone)
        assert f"nothing of lesson {number} is left" in "\n".join(said)
        LEFT.get(number, lambda _: None)(built)
        before = after

    # What lessons share has stayed, and goes now that no lesson uses it.
    assert {"REST API", "bucket", "queue"} == {kind for kind, _ in before}
    for number in (2, 3):
        open_lesson(number).start_over("yes", lambda _: None)
    assert set() == standing(built)
    said = []
    open_lesson(1).start_over("yes", said.append)
    assert ["Nothing of lesson 1 stands: begin at the top of the notebook."] == said


def bare(name):
    return name.removeprefix("awstack-anna-").removesuffix("-123456789012-us-east-1-an")


def _of(function, *more):
    logs = f"/aws/lambda/awstack-anna-{function}"
    return {("function", function), ("log group", logs), *more}


# In this order, some other lesson always needs what is shared: the API, the queue, the bucket that
# layers pass through.
GONE = {
    2: _of("presigned-url"),
    4: {("topic", "reco-results")},
    6: _of("db-list", ("role", "db-list")),
    3: _of("reco-image", ("role", "reco-image"), ("layer", "recogniser"),
           ("event notification", "recognise of the bucket awstack-anna-images")),
    5: _of("db-save", ("role", "db-save"), ("table", "reco-results")),
    7: _of("thumbnail-gen", ("role", "thumbnail-gen"), ("layer", "pillow"),
           ("bucket", "thumbnails")),
    8: {("bucket", "website")},
    1: {("bucket", "images"), ("role", "presigned-url")},
}  # fmt: skip


def has_only_the_results(lesson):
    upload = lesson.cloud.http.get(f"{lesson.api_url}/upload", params={"filename": "a.jpg"})
    results = lesson.cloud.http.get(f"{lesson.api_url}/results")
    assert (403, 200) == (upload.status_code, results.status_code)


def knows_no_topic(lesson):
    function = lesson.names.function("reco-image")
    settings = lesson.client("lambda").get_function_configuration(FunctionName=function)
    assert {} == settings.get("Environment", {}).get("Variables", {})


def has_no_results(lesson):
    assert 403 == lesson.cloud.http.get(f"{lesson.api_url}/results").status_code


LEFT = {2: has_only_the_results, 4: knows_no_topic, 6: has_no_results}
