"""The whole chain over real HTTP: a photo in, a result and a thumbnail out."""

import io
import time
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

from botocore.validate import ParamValidator
from PIL import Image

from workshop_lib.places import PICTURES, PROJECT

SECONDS = 60


def wait_for(look):
    """Return the first true answer; fails the test when none comes."""
    deadline = time.monotonic() + SECONDS
    while not (answer := look()):
        assert time.monotonic() < deadline, "it did not come in time"
        time.sleep(0.1)
    return answer


def photo(name):
    """One of the sample photos under another name."""
    return SimpleNamespace(name=name, content=(PICTURES / "coffee.jpg").read_bytes())


def size_of(content):
    return Image.open(io.BytesIO(content)).size


def test_a_photo_is_recognised_saved_listed_and_thumbnailed(application, weights):
    """Uploaded by a presigned URL, a photo is listed with its label, and its thumbnail is there."""
    key = application.upload(photo("coffee.jpg"))

    item = wait_for(lambda: application.find_result(key))
    thumbnail = wait_for(lambda: application.find_thumbnail(key))
    # Results of pictures that other tests have sent may come after it.
    listed = next(one for one in application.list_results()["items"] if key == one["name"])

    assert "ok" == item["status"]
    assert item["result"] == listed["result"]
    assert 128 == max(size_of(thumbnail))
    assert photo("").content == application.http.get(listed["picture_url"]).content
    if weights:
        assert "cup" == item["result"]
    else:
        assert "pixels only" in item["recogniser"]


def test_a_name_with_spaces_accents_and_a_plus_survives(application):
    """A key of awkward characters goes the whole way and comes back as it was."""
    key = application.upload(photo("été à Paris + café (1).jpg"))

    item = wait_for(lambda: application.find_result(key))
    thumbnail = wait_for(lambda: application.find_thumbnail(key))

    assert item["name"].endswith("/été à Paris + café (1).jpg")
    assert 128 == max(size_of(thumbnail))


def test_a_file_that_is_no_picture_is_a_result_too(application):
    """A text named .jpg is saved as an error with its reason, and gets no thumbnail."""
    key = application.upload(SimpleNamespace(name="notes.jpg", content=b"not a picture"))

    item = wait_for(lambda: application.find_result(key))

    assert "error" == item["status"]
    assert item["error"]
    assert application.find_thumbnail(key) is None


def test_many_uploads_at_once_all_arrive(application):
    """Eight photos uploaded by four clients at once give eight results and eight thumbnails."""
    with ThreadPoolExecutor(4) as pool:
        keys = list(pool.map(lambda n: application.upload(photo(f"many-{n}.jpg")), range(8)))

    found = [wait_for(lambda key=key: application.find_result(key)) for key in keys]
    thumbnails = [wait_for(lambda key=key: application.find_thumbnail(key)) for key in keys]

    assert keys == [item["name"] for item in found]
    assert [128] * 8 == [max(size_of(thumbnail)) for thumbnail in thumbnails]


def test_strangers_read_thumbnails_and_pages_and_nothing_else(application):
    """Without a signature: thumbnails and the website yes; originals, listings and writes no."""
    key = application.upload(photo("private.jpg"))
    wait_for(lambda: application.find_thumbnail(key))
    http, objects = application.http, application.cloud.objects_url
    images = objects(application.names.images_bucket)
    thumbnails = objects(application.names.thumbnails_bucket)

    assert 200 == http.get(f"{thumbnails}/{key}").status_code
    assert 200 == http.get(application.website_url).status_code
    assert 403 == http.get(f"{images}/{key}").status_code
    assert 403 == http.get(thumbnails).status_code
    assert 403 == http.put(f"{thumbnails}/{key}", content=b"x").status_code
    assert 403 == http.delete(f"{thumbnails}/{key}").status_code


def test_every_call_is_valid_against_botocore_s_models(application):
    """What was sent to build it all has the parameters, types and lengths that AWS's models ask."""
    calls, validator = application.cloud.recorder.since(0), ParamValidator()
    reports = []
    for call in calls:
        model = application.cloud.client(call.service).meta.service_model
        shape = model.operation_model(call.operation).input_shape
        report = validator.validate(call.parameters, shape) if shape else None
        if report and report.has_errors():
            reports.append(f"{call.operation}: {report.generate_report()}")

    assert len(calls) > 100
    assert [] == reports
    # boto3 validates every call by itself, unless somebody turns that off.
    sources = (PROJECT / "workshop_lib").rglob("*.py")
    assert [] == [file for file in sources if "parameter_validation" in file.read_text("utf-8")]
