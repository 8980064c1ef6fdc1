"""Every slide in a real Chromium without a network, as a room would see it."""

import threading
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from workshop_lib.slides.servers import open_server

pytestmark = pytest.mark.browser
HERE = Path(__file__).parent
SIZES = {"16:9": (1280, 720), "4:3": (1024, 768)}


@pytest.fixture(scope="module")
def server(decks):
    """The built decks, served as `workshop slides serve` does."""
    folder = next(iter(decks.values())).parent
    served = open_server(folder)
    thread = threading.Thread(target=served.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{served.server_port}"
    served.shutdown()
    served.server_close()


@pytest.fixture(scope="module")
def context(chromium):
    """A profile whose every request is written down; what would leave the machine is refused."""
    opened = chromium.new_context()
    asked = []

    def answer(route):
        asked.append(route.request.url)
        local = urlsplit(route.request.url).hostname in ("127.0.0.1", None, "")
        route.continue_() if local else route.abort()

    opened.route("**/*", answer)
    opened.asked = asked
    yield opened
    opened.close()


@pytest.fixture
def page(context):
    """A page that remembers its errors."""
    opened = context.new_page()
    opened.errors = []
    opened.on("pageerror", lambda error: opened.errors.append(str(error)))
    opened.on("console", lambda said: said.type == "error" and opened.errors.append(said.text))
    yield opened
    opened.close()


def test_no_slide_leaves_its_frame_and_no_request_leaves_the_machine(decks, page, context):
    """At 16:9 and 4:3 nothing overflows or overlaps; drawings have words; nothing is fetched."""
    context.asked.clear()
    faults = {}
    for stem, file in decks.items():
        for shape, (width, height) in SIZES.items():
            page.set_viewport_size({"width": width, "height": height})
            page.goto(file.as_uri())
            found = page.evaluate((HERE / "measure_deck.js").read_text(encoding="utf-8"))
            faults |= {f"{stem} at {shape}": found} if found else {}
    assert {} == faults
    assert [] == page.errors
    assert [] == [url for url in context.asked if not url.startswith(("file:", "data:"))]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_words_can_be_told_from_what_they_stand_on(decks, page, scheme):
    """Every text of every slide has a contrast of 4.5, in light and in dark."""
    page.emulate_media(color_scheme=scheme)
    script = (HERE / "measure_contrast.js").read_text(encoding="utf-8")
    faults = {}
    for stem, file in decks.items():
        page.goto(file.as_uri())
        found = page.evaluate(script)
        faults |= {stem: found} if found else {}
    assert {} == faults


def ground(page):
    return page.evaluate("getComputedStyle(document.body).backgroundColor")


def test_t_switches_light_and_dark_in_every_window_of_the_deck(decks, server, page, context):
    """A deck wears the reader's scheme; T switches it, here and in the other windows."""
    page.emulate_media(color_scheme="light")
    other = context.new_page()
    for opened in (page, other):
        opened.goto(f"{server}/{next(iter(decks))}.html")
    light = ground(page)
    page.keyboard.press("t")
    expect(page.locator("html")).to_have_attribute("data-jp-theme-light", "false")
    assert light != ground(page)
    expect(other.locator("html")).to_have_attribute("data-jp-theme-light", "false")
    page.keyboard.press("t")
    assert light == ground(page)
    other.close()


def test_the_speaker_sees_notes_the_next_slide_and_a_clock(decks, server, page):
    """S opens the speaker view: this slide's notes, what comes next, the time and the pace."""
    stem = next(iter(decks))
    page.goto(f"{server}/{stem}.html")
    notes = page.locator("section.present .notes").inner_text().strip()
    with page.expect_popup() as popup:
        page.keyboard.press("s")
    speaker = popup.value
    expect(speaker.locator(".speaker-controls-notes .value")).to_contain_text("min")
    shown = speaker.locator(".speaker-controls-notes .value").inner_text()
    assert notes.split() == shown.split()
    expect(speaker.locator(".speaker-controls-time .timer")).to_be_visible()
    expect(speaker.locator(".speaker-controls-time .pacing")).to_be_visible()
    expect(speaker.locator("#upcoming-slide iframe")).to_be_visible()
    speaker.close()


def test_a_link_to_a_section_shows_its_first_slide(decks, page):
    """The anchor of a notebook's section opens the deck there."""
    file = list(decks.values())[1]
    page.goto(file.as_uri())
    anchors = page.locator(".slides span[id^=section-]")
    anchor = anchors.nth(2).get_attribute("id")
    page.goto(f"{file.as_uri()}#/{anchor}")
    page.reload()
    expect(page.locator(f"section.present > #{anchor}")).to_be_attached()


def test_the_index_leads_to_every_deck(decks, server, page):
    """Every internal link of the index resolves, and every deck has one."""
    page.goto(server)
    links = page.locator("main a").evaluate_all("links => links.map(link => link.href)")
    assert {f"{server}/{stem}.html" for stem in decks} <= set(links)
    for link in links:
        assert page.request.get(link).ok
