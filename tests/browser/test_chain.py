"""The dashboard in a real Chromium on the whole application: the browser's own CORS at work."""

import pytest
from playwright.sync_api import expect

from workshop_lib.places import PICTURES

pytestmark = pytest.mark.browser
ARRIVAL = 60_000  # milliseconds


def test_a_photo_sent_by_the_page_comes_back_with_label_and_thumbnail(
    application, chromium, weights
):
    """The page uploads a photo across origins; label and thumbnail arrive by themselves."""
    page = chromium.new_page()
    requests = []
    page.on("request", lambda request: requests.append(request.url))

    page.goto(application.browser_website_url)
    page.get_by_label("Choose pictures").set_input_files(PICTURES / "cat.jpg")

    card = page.locator(".card", has_text="cat.jpg")
    expect(card).to_be_visible(timeout=ARRIVAL)
    expect(card).to_contain_text("cat" if weights else "%")
    thumbnail = card.locator("img")
    expect(thumbnail).to_be_visible(timeout=ARRIVAL)
    assert 128 == thumbnail.evaluate("image => Math.max(image.naturalWidth, image.naturalHeight)")
    port = application.cloud.endpoint_url.rsplit(":", 1)[1]
    foreign = [url for url in requests if f":{port}/" not in url and not url.startswith("blob:")]
    assert [] == foreign
    page.close()


def test_a_page_of_another_origin_may_not_use_the_api(application, chromium):
    """From any other origin the browser refuses to hand over the API's answer."""
    page = chromium.new_page()
    other = application.cloud.browser_website_url(application.names.thumbnails_bucket)
    page.goto(other)

    answer = page.evaluate(
        "url => fetch(url).then(() => 'read', error => error.name)",
        f"{application.browser_api_url}/results",
    )

    assert "TypeError" == answer
    page.close()
