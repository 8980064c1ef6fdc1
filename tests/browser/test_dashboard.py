"""The dashboard in a real Chromium, against a small cloud that speaks the API's contract."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, FilePayload, Locator, Page, Route, expect

pytestmark = pytest.mark.browser

HOSTILE = (
    "<img src=x onerror=\"document.title='taken'\"><script>document.title='taken'</script>.png"
)


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A page of 1280 by 900 pixels; an error in its scripts fails the test."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert [] == errors


def picture(width: int = 60, height: int = 40) -> bytes:
    """A small PNG."""
    file = BytesIO()
    Image.new("RGB", (width, height), "teal").save(file, "PNG")
    return file.getvalue()


def payload(
    name: str = "cat.png", kind: str = "image/png", content: bytes | None = None
) -> FilePayload:
    """A file as the file dialog would hand it over."""
    return {"name": name, "mimeType": kind, "buffer": picture() if content is None else content}


def send(page: Page, *files: FilePayload) -> None:
    page.get_by_label("Choose pictures").set_input_files(list(files))


def upload_row(page: Page, name: str) -> Locator:
    return page.locator(".upload", has_text=name)


def has_arrived(page: Page, cloud: Any, name: str) -> str:
    expect(upload_row(page, name)).to_contain_text("Waiting for the function")
    key: str = cloud.key_of(name)
    return key


def test_a_photo_comes_back_with_label_and_thumbnail(page: Page, cloud: Any) -> None:
    """A photo sent by the page is in the bucket; its label, boxes and thumbnail appear alone."""
    page.goto(cloud.website)
    expect(page.get_by_text("No pictures yet")).to_be_visible()

    send(page, payload())
    key = has_arrived(page, cloud, "cat.png")
    cloud.recognise(key)
    cloud.thumbnails[key] = picture()

    expect(upload_row(page, "cat.png")).to_contain_text("Recognised: cat, 94%")
    expect(page.locator(".stage .result")).to_have_text("cat 94%")
    expect(page.locator(".box .tag")).to_have_text("cat 94%")
    expect(page.locator(".card .thumbnail img")).to_be_visible()
    assert picture() == cloud.pictures[key]


def test_a_box_lies_where_the_thing_was_found(page: Page, cloud: Any) -> None:
    """A box covers the same share of the shown picture as the result says."""
    cloud.pictures["a.png"] = picture(600, 400)
    cloud.recognise(
        "a.png", labels=[{"name": "cat", "confidence": 0.9, "box": [0.25, 0.5, 0.5, 0.25]}]
    )
    page.goto(cloud.website)

    box = page.locator(".box")
    expect(box).to_be_visible()
    frame, found = page.locator(".frame").bounding_box(), box.bounding_box()
    assert frame is not None
    assert found is not None
    assert pytest.approx(0.25, abs=0.01) == (found["x"] - frame["x"]) / frame["width"]
    assert pytest.approx(0.5, abs=0.01) == (found["y"] - frame["y"]) / frame["height"]
    assert pytest.approx(0.5, abs=0.01) == found["width"] / frame["width"]


def test_a_thumbnail_may_come_later(page: Page, cloud: Any) -> None:
    """A result without its thumbnail says so in words, until the thumbnail comes."""
    cloud.recognise("late.png", timestamp=datetime.now(UTC).isoformat())
    page.goto(cloud.website)
    expect(page.get_by_text("Thumbnail on its way")).to_be_visible()

    cloud.thumbnails["late.png"] = picture()

    expect(page.locator(".card .thumbnail img")).to_be_visible()


def test_a_picture_from_before_thumbnails_is_not_waited_for(page: Page, cloud: Any) -> None:
    """Where a result is minutes old and has no thumbnail, the card says why and what to do."""
    cloud.recognise("early.png", timestamp="2026-01-01T12:00:00Z")

    page.goto(cloud.website)

    expect(page.locator(".card .thumbnail")).to_contain_text("Sent before lesson 7")
    expect(page.get_by_text("Thumbnail on its way")).to_have_count(0)


def test_many_pictures_are_sent_at_once(page: Page, cloud: Any) -> None:
    """Five files chosen together all arrive, each under a name of its own."""
    page.goto(cloud.website)

    send(page, *[payload(f"photo {number}.png") for number in range(5)])

    for number in range(5):
        expect(upload_row(page, f"photo {number}.png")).to_contain_text("Waiting")
    assert 5 == len(cloud.pictures)


def test_hostile_names_and_labels_are_text(page: Page, cloud: Any) -> None:
    """Markup in a file's name, a label or a reason is shown as it is written and never runs."""
    cloud.recognise("first.png", result=HOSTILE, labels=[{"name": HOSTILE, "confidence": 0.5}])
    cloud.recognise(f"uploads/{HOSTILE}", status="error", error=HOSTILE, recogniser=HOSTILE)
    page.goto(cloud.website)
    send(page, payload(HOSTILE))

    expect(page.locator(".reason")).to_have_text(HOSTILE)
    expect(page.locator(".card-result").last).to_contain_text(HOSTILE)
    expect(page.locator(".upload-name")).to_contain_text("onerror")
    page.locator(".card").last.click()
    expect(page.locator(".stage .result")).to_contain_text(HOSTILE)
    assert "What is in the picture?" == page.title()
    assert 0 == page.locator("img[src='x'], body script").count()


def test_a_file_that_is_no_picture_is_a_result_in_words(page: Page, cloud: Any) -> None:
    """What could not be recognised says so, with the function's reason, and waits for nothing."""
    page.goto(cloud.website)
    send(page, payload("notes.jpg", "image/jpeg", b"only text"))
    key = has_arrived(page, cloud, "notes.jpg")

    cloud.recognise(key, status="error", error="The file is not a picture.", result=None, labels=[])

    expect(page.locator(".reason")).to_have_text("The file is not a picture.")
    expect(page.locator(".card")).to_contain_text("Could not be recognised")
    expect(upload_row(page, "notes.jpg")).not_to_contain_text("Recognised:")
    expect(page.locator(".card")).to_contain_text("No thumbnail: not a readable picture")


def test_a_picture_of_nothing_known_has_no_percentage(page: Page, cloud: Any) -> None:
    """Where the recogniser saw nothing it knows, that is said, and no share of it."""
    page.goto(cloud.website)
    send(page, payload("wall.png"))
    key = has_arrived(page, cloud, "wall.png")

    cloud.recognise(key, result="nothing recognised", confidence=0.0, labels=[])

    expect(upload_row(page, "wall.png").locator(".upload-status")).to_have_text(
        "Done: nothing recognised"
    )
    expect(page.locator(".stage .result")).to_have_text("nothing recognised ")
    expect(page.locator(".card-result")).to_have_text("nothing recognised")


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (payload("photo.heic", "image/heic"), "HEIC"),
        (payload("renamed.jpg", "image/jpeg", b"\0\0\0\x18ftypheic" + b"\0" * 40), "HEIC"),
        (payload("empty.png", content=b""), "The file is empty"),
        (payload("paper.pdf", "application/pdf", b"%PDF-1.7"), "not a picture that can be sent"),
    ],
    ids=lambda value: value["name"] if isinstance(value, dict) else "",
)
def test_what_cannot_be_sent_is_told_apart(
    page: Page, cloud: Any, file: FilePayload, said: str
) -> None:
    """A file that is no picture for the recogniser is refused with the reason before it leaves."""
    page.goto(cloud.website)

    send(page, file)

    expect(upload_row(page, file["name"])).to_contain_text(said)
    expect(upload_row(page, file["name"]).get_by_role("button")).to_have_count(0)
    assert {} == cloud.pictures


def test_a_file_over_the_limit_is_refused(page: Page, cloud: Any, tmp_path: Path) -> None:
    """A file over 20 MB is refused with its size and the limit before it leaves."""
    huge = tmp_path / "huge.png"
    with huge.open("wb") as file:
        file.truncate(21_000_000)
    page.goto(cloud.website)

    page.get_by_label("Choose pictures").set_input_files(huge)

    expect(upload_row(page, "huge.png")).to_contain_text(
        "The picture has 21 MB; the limit is 20 MB"
    )
    assert {} == cloud.pictures


def test_a_picture_chosen_before_the_page_is_configured_is_not_lost(page: Page, cloud: Any) -> None:
    """On a slow network, a picture may be chosen while config.json is still on its way."""
    asked: list[Route] = []
    page.route("**/config.json", lambda route: asked.append(route))
    page.goto(cloud.website)
    send(page, payload("early.png"))
    expect(page.locator(".upload")).to_have_count(0)

    asked[0].continue_()

    has_arrived(page, cloud, "early.png")


def test_the_keyboard_is_enough(page: Page, cloud: Any) -> None:
    """With Tab and Enter alone, a picture is sent and an older one is looked at."""
    cloud.recognise("older.png", result="dog")
    cloud.recognise("newer.png", result="cup")
    # Playwright takes over the file dialog in the background: asked for at the key press, it can
    # come too late, and a browser without a screen has then cancelled the dialog already.
    page.on("filechooser", lambda chooser: chooser.set_files(payload()))
    page.goto(cloud.website)
    expect(page.locator(".card")).to_have_count(2)

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the pictures")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_label("Choose pictures")).to_be_focused()
    page.keyboard.press("Enter")
    has_arrived(page, cloud, "cat.png")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(page.locator(".stage .result")).to_contain_text("dog")
    expect(page.locator(".card", has_text="dog")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#announcements")).to_contain_text("older.png: dog, 94%")


def test_focus_is_seen(page: Page, cloud: Any) -> None:
    """The button of the hidden file field shows the focus that the field has."""
    page.goto(cloud.website)

    page.keyboard.press("Tab")
    page.keyboard.press("Tab")

    outline = page.locator("label.button").evaluate("label => getComputedStyle(label).outlineStyle")
    assert "solid" == outline


def test_a_drop_anywhere_is_taken(page: Page, cloud: Any) -> None:
    """A picture dropped beside the field is sent, and the browser stays on the page."""
    page.goto(cloud.website)
    expect(page.get_by_text("No pictures yet")).to_be_visible()

    _hand_over(page, "drop")

    has_arrived(page, cloud, "given.png")


def test_a_pasted_picture_is_taken(page: Page, cloud: Any) -> None:
    """A picture on the clipboard is sent by pasting it."""
    page.goto(cloud.website)
    expect(page.get_by_text("No pictures yet")).to_be_visible()

    _hand_over(page, "paste")

    has_arrived(page, cloud, "given.png")


def test_a_refused_name_says_why(page: Page, cloud: Any) -> None:
    """The API's reason for refusing a name is shown at the upload."""
    cloud.refuse_upload = (400, "The name is longer than 200 characters.")
    page.goto(cloud.website)

    send(page, payload())

    expect(upload_row(page, "cat.png")).to_contain_text("The name is longer than 200 characters.")


def test_an_upload_that_failed_can_be_tried_again(page: Page, cloud: Any) -> None:
    """After a refusal that may pass, one click sends the same picture again."""
    cloud.refuse_upload = (502, "Internal server error")
    page.goto(cloud.website)
    send(page, payload())
    expect(upload_row(page, "cat.png")).to_contain_text("502")

    cloud.refuse_upload = None
    page.get_by_role("button", name="Try again to send cat.png").click()

    has_arrived(page, cloud, "cat.png")


def test_cors_of_the_api_is_explained(page: Page, cloud: Any) -> None:
    """An API that answers but does not allow this origin is told apart from a silent one."""
    cloud.allow_api = False
    page.goto(cloud.website)

    expect(page.locator(".notice")).to_contain_text("does not let this page read the answer (CORS)")
    expect(page.locator(".notice")).to_contain_text(f"Access-Control-Allow-Origin: {cloud.website}")


def test_cors_of_the_bucket_is_explained(page: Page, cloud: Any) -> None:
    """A bucket without a CORS rule for this origin is named, with the rule that it needs."""
    cloud.allow_uploads = False
    page.goto(cloud.website)

    send(page, payload())

    row = upload_row(page, "cat.png")
    expect(row).to_contain_text("The bucket of the pictures answered")
    expect(row).to_contain_text(f"a CORS rule that lets {cloud.website} PUT")
    assert {} == cloud.pictures


def test_a_silent_api_is_explained_and_the_page_recovers(page: Page, cloud: Any) -> None:
    """Where nothing answers, the page says what to start, and goes on by itself afterwards."""
    page.route("**/dev/results*", lambda route: route.abort("connectionrefused"))
    page.goto(cloud.website)
    expect(page.locator(".notice")).to_contain_text("The API does not answer at 127.0.0.1")
    expect(page.locator(".notice")).to_contain_text("workshop cloud start")

    cloud.recognise("cat.png")
    page.unroute("**/dev/results*")

    expect(page.locator(".card")).to_have_count(1)
    expect(page.locator(".notice")).to_have_count(0)


def test_a_failing_function_is_explained(page: Page, cloud: Any) -> None:
    """An answer of 502 says which function to look at."""
    cloud.results_status = 502
    page.goto(cloud.website)

    expect(page.locator(".notice")).to_contain_text("The API answered 502 to /results")
    expect(page.get_by_text("The pictures cannot be shown now")).to_be_visible()


@pytest.mark.parametrize(
    ("config", "said"),
    [
        (None, "config.json cannot be read (404)"),
        ("{", "config.json is not JSON"),
        ('{"api": {"upload": "javascript:alert(1)"}}', 'no usable address under "api.upload"'),
        ("null", 'no usable address under "api.upload"'),
    ],
    ids=["missing", "not JSON", "not an address", "null"],
)
def test_a_missing_configuration_is_explained(
    page: Page, cloud: Any, config: str | None, said: str
) -> None:
    """Without a usable config.json the page says what is wrong with it and takes no picture."""
    cloud.config = config
    page.goto(cloud.website)

    expect(page.locator(".notice")).to_contain_text(said)
    expect(page.get_by_label("Choose pictures")).to_be_disabled()


def test_older_pictures_come_on_request(page: Page, cloud: Any) -> None:
    """The first page is shown at once, the older ones after a click, until there are none."""
    for number in range(30):
        cloud.recognise(f"{number}.png", result=f"thing {number}")
    page.goto(cloud.website)
    expect(page.locator(".card")).to_have_count(24)
    expect(page.locator(".card").first).to_contain_text("thing 29")

    page.get_by_role("button", name="Show older pictures").click()

    expect(page.locator(".card")).to_have_count(30)
    expect(page.locator(".card").last).to_contain_text("thing 0,")
    expect(page.get_by_role("button", name="Show older pictures")).to_be_hidden()


def test_no_new_picture_is_lost_between_two_looks(page: Page, cloud: Any) -> None:
    """More new pictures than a page holds are all found, though the page looked only afterwards."""
    cloud.recognise("first.png")
    page.goto(cloud.website)
    expect(page.locator(".card")).to_have_count(1)

    for number in range(50):
        cloud.recognise(f"{number}.png")

    expect(page.locator(".card")).to_have_count(51)


def test_an_expired_picture_address_is_renewed(page: Page, cloud: Any) -> None:
    """A picture whose address no longer works is shown again under the one of the next answer."""
    item = cloud.recognise("cat.png", picture_url=f"{cloud.services}/images/expired.png")
    page.goto(cloud.website)
    expect(page.locator(".no-photo")).to_contain_text("may have expired")

    cloud.pictures["cat.png"] = picture()
    item["picture_url"] = f"{cloud.services}/images/cat.png"
    cloud.recognise("other.png")
    expect(page.locator(".card")).to_have_count(2)
    page.locator(".card").last.click()

    expect(page.locator(".stage .frame img")).to_be_visible()


def test_the_page_needs_no_other_host(page: Page, cloud: Any) -> None:
    """Every request goes to the website's own origin or to the addresses in config.json."""
    requested: list[str] = []
    page.on("request", lambda request: requested.append(request.url))
    cloud.recognise("cat.png")
    page.goto(cloud.website)
    expect(page.locator(".card")).to_have_count(1)

    strangers = [
        url
        for url in requested
        if not url.startswith((f"{cloud.website}/", f"{cloud.services}/", "blob:"))
    ]
    assert [] == strangers


@pytest.mark.parametrize("width", [1280, 390, 320])
def test_nothing_is_wider_than_the_page(page: Page, cloud: Any, width: int) -> None:
    """Long names and labels wrap; the page never scrolls sideways."""
    cloud.pictures["a.png"] = picture(2000, 300)
    cloud.recognise("a.png", result="w" * 80, labels=[{"name": "w" * 90, "confidence": 1}])
    cloud.recognise("uploads/" + "x" * 190 + ".png")
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(cloud.website)
    expect(page.locator(".card")).to_have_count(2)
    page.locator(".card").last.click()

    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_dark_is_dark(page: Page, cloud: Any) -> None:
    """The page follows the reader's scheme."""
    page.emulate_media(color_scheme="dark")
    page.goto(cloud.website)

    ground = page.locator("body").evaluate("body => getComputedStyle(body).backgroundColor")
    assert "rgb(18, 22, 27)" == ground


def test_an_unknown_address_gets_the_error_document(page: Page, cloud: Any) -> None:
    """The error document needs nothing but itself, and leads back to the pictures."""
    page.goto(f"{cloud.website}/nothing")
    expect(page.get_by_role("heading", name="There is no such page")).to_be_visible()

    page.get_by_role("link").click()

    expect(page.get_by_role("heading", name="What is in the picture?")).to_be_visible()


def _hand_over(page: Page, kind: str) -> None:
    """Give the page a picture as a drop or a paste would."""
    page.evaluate(
        """([kind, bytes]) => {
          const transfer = new DataTransfer();
          const content = new Uint8Array(bytes);
          transfer.items.add(new File([content], 'given.png', { type: 'image/png' }));
          const event = kind === 'paste'
            ? new ClipboardEvent('paste', { clipboardData: transfer, bubbles: true })
            : new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true });
          document.body.dispatchEvent(event);
        }""",
        [kind, list(picture())],
    )
