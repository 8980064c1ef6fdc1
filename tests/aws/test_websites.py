"""A website over real HTTP."""

import pytest

from workshop_lib.aws import buckets, websites


@pytest.fixture
def s3(client):
    return client("s3")


@pytest.fixture
def bucket(s3, name, tags):
    return buckets.ensure_bucket(s3, name, region="us-east-1", tags=tags).name


@pytest.fixture
def folder(tmp_path):
    """A page with its parts, and files that are not for the public."""
    (tmp_path / "parts").mkdir()
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "index.html").write_text("<h1>Hello</h1>")
    (tmp_path / "error.html").write_text("<h1>Not here</h1>")
    (tmp_path / "parts" / "page.js").write_text("export {};")
    (tmp_path / ".secret").write_text("mine")
    (tmp_path / "__pycache__" / "x.pyc").write_text("mine")
    return tmp_path


def test_twice_is_once_and_drift_is_mended(s3, bucket, changes):
    """Hosting is switched on once; another index document is put right."""
    assert websites.describe_website(s3, bucket) is None
    made = websites.ensure_website(s3, bucket)

    assert [] == changes(lambda: websites.ensure_website(s3, bucket))
    websites.ensure_website(s3, bucket, index="start.html")
    websites.ensure_website(s3, bucket)
    assert made == websites.describe_website(s3, bucket)


def test_the_page_is_served_with_types_that_browsers_take(s3, cloud, bucket, folder):
    """Uploaded, the page answers at the website's address; strangers get the error page else.

    The status is 403 rather than 404, because strangers may not list what the bucket holds.
    """
    told = []
    websites.ensure_website(s3, bucket)
    buckets.allow_public_read(s3, bucket)

    keys = websites.upload_folder(s3, bucket, folder, progress=lambda *step: told.append(step))

    assert ["error.html", "index.html", "parts/page.js"] == keys
    assert [(1, 3, "error.html"), (2, 3, "index.html"), (3, 3, "parts/page.js")] == told
    address = cloud.website_url(bucket)
    page, script = cloud.http.get(address), cloud.http.get(f"{address}parts/page.js")
    missing = cloud.http.get(f"{address}nothing.html")
    assert ("<h1>Hello</h1>", "text/html; charset=utf-8") == (
        page.text, page.headers["content-type"],
    )  # fmt: skip
    assert "text/javascript; charset=utf-8" == script.headers["content-type"]
    assert (403, "<h1>Not here</h1>") == (missing.status_code, missing.text)


def test_only_what_changed_is_uploaded_again(s3, bucket, folder, changes):
    """An unchanged folder uploads nothing; a changed file alone goes up."""
    websites.upload_folder(s3, bucket, folder)

    assert [] == changes(lambda: websites.upload_folder(s3, bucket, folder))
    (folder / "index.html").write_text("<h1>New</h1>")
    assert ["PutObject"] == changes(lambda: websites.upload_folder(s3, bucket, folder))


def test_the_configuration_is_written_once(s3, bucket, changes):
    """config.json holds the addresses as JSON, and the same again writes nothing."""
    addresses = {"api_upload": "http://a/upload", "api_results": "http://a/results"}

    def put():
        return websites.put_configuration(s3, bucket, **addresses, thumbnails="http://t/")

    written = put()

    assert {
        "api": {"upload": "http://a/upload", "results": "http://a/results"},
        "thumbnails": "http://t/",
    } == written
    described = buckets.describe_object(s3, bucket, "config.json")
    assert "application/json" == described.content_type
    assert [] == changes(put)


def test_hosting_is_switched_off_and_absence_is_fine(s3, bucket, name):
    """Switched off, there is no website, and neither again nor without a bucket is an error."""
    websites.ensure_website(s3, bucket)

    websites.delete_website(s3, bucket)
    websites.delete_website(s3, bucket)
    websites.delete_website(s3, f"{name}-none")

    assert websites.describe_website(s3, bucket) is None
    assert websites.describe_website(s3, f"{name}-none") is None
