"""The application as its users use it: what its refusals say, and what threads remember."""

import httpx
import pytest

from workshop_lib.background_applications import BackgroundApplication
from workshop_lib.cloud import Cloud
from workshop_lib.errors import LessonError
from workshop_lib.places import PICTURES

CAT = PICTURES / "cat.jpg"


@pytest.fixture
def background(application):
    return BackgroundApplication(application.cloud, application.names)


def test_a_file_is_uploaded_by_its_path(application):
    """A path is enough; the key ends in the file's name, and the bucket has its bytes."""
    key = application.upload(str(CAT))

    assert key.endswith("/cat.jpg")
    bucket = application.names.images_bucket
    stored = application.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
    assert CAT.read_bytes() == stored


def test_a_large_picture_is_sent_in_pieces_and_told(application):
    """A picture of some megabytes arrives whole, and its progress is told up to the end."""
    content = CAT.read_bytes() + bytes(3_000_000)
    shares = []
    ticket = application.ask_for_upload("large.jpg")
    application.put_picture(ticket, content, shares.append)

    assert shares == sorted(shares)
    assert (True, 1) == (len(shares) > 5, shares[-1])
    bucket = application.names.images_bucket
    stored = application.client("s3").head_object(Bucket=bucket, Key=ticket["key"])
    assert len(content) == stored["ContentLength"]


def test_the_functions_own_reason_is_said(application):
    """What presigned-url answers to a bad name is the error's sentence."""
    with pytest.raises(LessonError, match="must not hold a path") as refusal:
        application.ask_for_upload("../secret.jpg")

    assert "Rename the file" in refusal.value.next_step


def test_s3s_reason_is_said_and_explained(application):
    """A URL that was tampered with is refused with S3's code and what that means."""
    ticket = application.ask_for_upload("cat.jpg")
    ticket["url"] = ticket["url"].replace("cat.jpg", "dog.jpg")

    with pytest.raises(LessonError, match="S3 refused the picture: SignatureDoesNotMatch") as said:
        application.put_picture(ticket, CAT.read_bytes())

    assert "Sending it again asks for a new URL." in said.value.next_step


def test_silence_is_said_with_what_to_do(application):
    """Where nobody answers, the error says who, and how to start the local cloud."""
    ticket = {"url": "http://127.0.0.1:9/x", "key": "x"}

    with pytest.raises(LessonError, match="S3 does not answer") as silence:
        application.put_picture(ticket, b"x")

    assert "workshop cloud start" in silence.value.next_step


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("no JSON", "is no list"),
        ("[]", "is no list"),
        ('{"items": {}}', "no list of objects"),
        ('{"items": [1]}', "no list of objects"),
    ],
)
def test_an_answer_of_another_shape_is_said(application, body, said):
    """The attendee's own function may answer anything; the error says what it was not."""
    cloud = Cloud("local", application.region, None)
    cloud.http = answering(200, body)
    own = BackgroundApplication.__new__(BackgroundApplication)
    own._cloud, own._names, own._known_api_id = cloud, application.names, "a1"

    with pytest.raises(LessonError, match=said):
        own.list_results()


def test_a_thread_asks_for_the_apis_id_once(background):
    """Looking many times asks API Gateway's control plane once, and hides no call of a cell."""
    for _ in range(3):
        background.list_results(1)

    operations = [call.operation for call in background._cloud.recorder.since(0)]
    assert 1 == operations.count("GetRestApis")


def test_an_api_that_has_gone_is_asked_for_again(background):
    """After an answer of 403 the API's id is looked up anew."""
    background._known_api_id = "gone"
    with pytest.raises(LessonError, match="answered 403"):
        background.list_results(1)

    assert background.list_results(1).keys() == {"items", "next"}


def answering(status, body):
    """Return a client whose every request gets this answer."""
    respond = httpx.MockTransport(lambda _: httpx.Response(status, text=body))
    return httpx.Client(transport=respond)
