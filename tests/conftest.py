"""What tests of every part share."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

BUILD = Path(__file__).parents[1] / "build"
CHROMIUM_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
INSTALL_SECONDS = 180
SHARED_MODELS = Path(__file__).parents[2] / "shared" / "models"


def pytest_collection_modifyitems(items):
    """Begin with the longest file, so that no worker is left alone with it at the end."""
    items.sort(key=lambda item: item.path.name != "test_notebooks.py")


@pytest.fixture(scope="session")
def weights():
    """The variables that lead to the recogniser's weights; none where there are no weights."""
    named = os.environ.get("WORKSHOP_MODEL")
    folder = Path(named) if named else SHARED_MODELS
    return {"WORKSHOP_MODEL": str(folder)} if (folder / "yolox_nano.onnx").exists() else {}


@pytest.fixture(scope="session")
def application(tmp_path_factory, weights):
    """The whole application of eight lessons, built on a local cloud of its own."""
    from workshop_lib.local_cloud import launcher
    from workshop_lib.workshop import open_lesson

    home = tmp_path_factory.mktemp("application")
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("WORKSHOP_MODEL", raising=False)
        patch.setenv("WORKSHOP_HOME", str(home))
        patch.setenv("WORKSHOP_ATTENDEE", "test")
        for name, value in weights.items():
            patch.setenv(name, value)
        lesson = open_lesson(8)
        lesson.catch_up(say=lambda _: None)
        lesson.lesson.build(lesson)
        yield lesson
    launcher.stop(home / "cloud")


@pytest.fixture(scope="session")
def decks(tmp_path_factory):
    """The workshop's slides, built: the page of each deck by its stem."""
    from workshop_lib.slides.builds import build_decks

    built = build_decks(folder=tmp_path_factory.mktemp("slides"))
    built.require_no_mistake()
    return {page.stem: page for page in built.pages}


@pytest.fixture(scope="session")
def install_from_npm():
    """Return a function that fetches programs which only the tests use, and says where they are.

    They are pinned by whoever asks, and never shipped. Without npm or its registry the tests that
    need them are skipped, and fail in CI.
    """

    def install(name, *packages):
        folder = BUILD / name
        stamp, wanted = folder / "installed.txt", "\n".join(packages)
        if stamp.exists() and stamp.read_text() == wanted:
            return folder
        npm = shutil.which("npm")
        if npm is None or not _run_npm(npm, folder, packages):
            give_up = pytest.fail if os.environ.get("CI") else pytest.skip
            give_up(f"{' and '.join(packages)} need node, npm and its registry.")
        stamp.write_text(wanted)
        return folder

    return install


def _run_npm(npm, folder, packages):
    folder.mkdir(parents=True, exist_ok=True)
    flags = ["--no-audit", "--no-fund", "--ignore-scripts"]
    finished = subprocess.run(
        [npm, "install", "--prefix", str(folder), *flags, *packages],
        capture_output=True, text=True, timeout=INSTALL_SECONDS, check=False,
    )  # fmt: skip
    return finished.returncode == 0


@pytest.fixture(scope="session")
def chromium():
    """One headless Chromium for all tests; each opens a context, so a profile, of its own."""
    from playwright.sync_api import sync_playwright

    executable = shutil.which("chromium") or shutil.which("chromium-browser")
    if executable is None:
        missing = "there is no chromium on the PATH; on Debian: apt-get install chromium"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=CHROMIUM_ARGUMENTS)
        yield browser
        browser.close()


# What a reader who cannot see well, or cannot use a mouse, would stumble over.
GRAVE = ("serious", "critical")


@pytest.fixture(scope="session")
def find_barriers(install_from_npm):
    """Return a function that has axe-core look for grave faults of accessibility in a page.

    It looks at what is folded away too, and says for each fault its rule and where it is.
    """
    folder = install_from_npm("axe", "axe-core@4.14.1")
    axe = (folder / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")

    def find(page, within="body", rules=None):
        page.evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true")
        page.evaluate(f"{axe}; undefined")
        options = {"resultTypes": ["violations"]}
        if rules:
            options["runOnly"] = {"type": "rule", "values": rules}
        found = page.evaluate(
            "([within, options]) => axe.run(within, options)", [within, options]
        )  # fmt: skip
        return [
            f"{fault['id']}: {node['target']} {node['html'][:120]}"
            for fault in found["violations"]
            if fault["impact"] in GRAVE
            for node in fault["nodes"]
        ]

    return find
