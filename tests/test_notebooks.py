"""All eight notebooks, run as an attendee runs them: by papermill in order, and cell by cell."""

import json
import os
import signal
import subprocess
import sys
from fnmatch import fnmatchcase
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import nbformat
import psutil
import pytest

from workshop_lib.lessons import LESSONS
from workshop_lib.local_cloud import launcher
from workshop_lib.naming import Names, boundary_arn
from workshop_lib.policies import attendee_policy, boundary_policy

PROJECT = Path(__file__).parent.parent
NOTEBOOKS = PROJECT / "notebooks"
RUN_SECONDS = 600


@pytest.fixture
def environment(tmp_path, weights):
    """The environment of someone who starts with an empty home; its cloud is ended after."""
    home = tmp_path / "home"
    yield os.environ | weights | {"WORKSHOP_HOME": str(home), "WORKSHOP_ATTENDEE": "test"}
    launcher.stop(home / "cloud")


@pytest.fixture(scope="module")
def whole_run(tmp_path_factory, weights):
    """What `workshop run --html` said, from an empty home."""
    variables = {"WORKSHOP_HOME": str(tmp_path_factory.mktemp("whole") / "home")}
    command = [sys.executable, "-m", "workshop_lib", "run", "--html"]
    return _run(command, os.environ | weights | variables)


@pytest.mark.timeout(RUN_SECONDS)
def test_the_whole_workshop_runs_in_order(whole_run, weights):
    """`workshop run` executes all eight lessons, ends well and tells what the photo shows."""
    executed = PROJECT / "build" / "run"
    outcome = whole_run

    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
    assert [f"✓ {lesson.stem}" for lesson in LESSONS] == [
        " ".join(line.split()[:2]) for line in outcome.stdout.splitlines() if "✓" in line
    ]
    # With the weights the cup is recognised; without them the result says that no model was used.
    assert ("cup" if weights else "no model") in outcome.stdout
    for lesson in LESSONS:
        assert [] == _errors_in(executed / f"{lesson.stem}.ipynb")
        # Each kernel's calls are counted at the end of its cells, and each lesson has its bill.
        assert "your own calls" in _shown_by("bill", lesson.stem)
    assert "thumbnail stored" in _shown_by("follow", LESSONS[6].stem)
    assert "Standing: " in _shown_by("map", LESSONS[7].stem)


SITE = PROJECT / "build" / "run" / "site"
PAGES = ["index", *(lesson.stem for lesson in LESSONS)]


@pytest.mark.browser
@pytest.mark.timeout(RUN_SECONDS)
def test_the_site_opens_without_a_network(whole_run, chromium):
    """The site begins where the run says, and no page asks for anything but its own files."""
    assert f"The site begins at {(SITE / 'index.html').as_uri()}." in whole_run.stdout
    asked, said = [], []
    page = chromium.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    for name in PAGES:
        page.goto((SITE / f"{name}.html").as_uri())
    page.close()

    assert [] == [url for url in asked if not url.startswith((SITE.as_uri(), "data:"))]
    assert [] == said


@pytest.mark.browser
@pytest.mark.timeout(RUN_SECONDS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "name",
    # The first page, and a lesson with pictures, tables and code; the others take long.
    [name if place in (0, 3) else pytest.param(name, marks=pytest.mark.long)
     for place, name in enumerate(PAGES)],
)  # fmt: skip
def test_a_page_of_the_site_shuts_nobody_out(whole_run, chromium, find_barriers, name, scheme):
    """axe-core finds no grave fault, folded parts included, in either scheme."""
    page = chromium.new_page(color_scheme=scheme)
    page.goto((SITE / f"{name}.html").as_uri())

    assert [] == find_barriers(page)
    page.close()


def test_every_link_of_the_site_leads_somewhere(whole_run):
    """Links within the site reach a file, and the place in it; links outside are well-formed."""
    pages = {file.name: Page(file) for file in SITE.glob("*.html")}
    assert {f"{name}.html" for name in PAGES} == set(pages)
    broken = [
        (name, link)
        for name, page in pages.items()
        for link in page.links
        if not leads_somewhere(link, name, pages)
    ]

    assert [] == broken
    assert any(
        link.startswith("https://docs.aws.amazon.com/") for link in pages[f"{PAGES[1]}.html"].links
    )


def leads_somewhere(link, page, pages):
    address = urlsplit(link)
    if address.scheme == "data":
        return True
    if address.scheme or address.netloc:
        return address.scheme in ("http", "https") and "." in address.netloc.partition(":")[0]
    name = unquote(address.path) or page
    if not (SITE / name).is_file():
        return False
    return not address.fragment or unquote(address.fragment) in pages[name].ids


def test_the_site_begins_with_map_results_and_bill(whole_run, weights):
    """The first page shows the map with words, what was recognised, and what it cost."""
    first = (SITE / "index.html").read_text(encoding="utf-8")

    assert 'role="img"' in first
    assert ("cup" if weights else "no model") in first
    for heading in ("The map", "The lessons", "What was recognised", "The bill"):
        assert f">{heading}</h2>" in first
    assert all(lesson.thesis in first for lesson in LESSONS)
    # A question, a widget, is shown by its static form.
    lesson = (SITE / f"{PAGES[1]}.html").read_text(encoding="utf-8")
    assert 'Answer with lesson.quiz("who-decides"' in lesson
    assert "Question(" not in lesson


class Page(HTMLParser):
    """A page's links and the ids in it."""

    def __init__(self, file):
        super().__init__()
        self.links, self.ids = [], set()
        self.feed(file.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attributes):
        named = dict(attributes)
        self.ids.add(named.get("id"))
        self.links += [named[name] for name in ("href", "src") if named.get(name)]


@pytest.fixture(scope="module")
def solved_run(tmp_path_factory, weights):
    """A run with the solutions, as an attendee's user: what it said, and what was decided."""
    folder = tmp_path_factory.mktemp("solved")
    variables = {
        "WORKSHOP_HOME": str(folder / "home"),
        "WORKSHOP_DECISIONS": str(folder / "decisions.jsonl"),
    }
    command = [sys.executable, "-m", "workshop_lib", "run", "--solutions", "--as-attendee"]
    outcome = _run(command, os.environ | weights | variables)
    decisions = (folder / "decisions.jsonl").read_text(encoding="utf-8").splitlines()
    return outcome, [json.loads(line) for line in decisions]


@pytest.mark.timeout(RUN_SECONDS)
def test_with_the_solutions_every_check_holds(solved_run):
    """`workshop run --solutions` ends well, with every exercise right; untouched notebooks stay."""
    outcome, _ = solved_run

    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
    exercises = sum(len(lesson.exercises) for lesson in LESSONS)
    assert f"Exercises: {exercises} correct, 0 incorrect, 0 not attempted." in outcome.stdout


@pytest.mark.timeout(RUN_SECONDS)
def test_an_attendee_can_do_everything_and_nothing_more(solved_run):
    """Under exactly her policy and boundary no action was refused, and each was used."""
    outcome, decisions = solved_run
    assert "Listed again: nothing is left." in outcome.stdout
    hers = [decision for decision in decisions if ":user/workshop/" in decision["principal"]]
    functions = [decision for decision in decisions if "role/" in decision["principal"]]
    attendee = hers[0]["principal"].rpartition("/")[2]
    names = Names(attendee, "123456789012", "us-east-1")
    policy = attendee_policy(names, boundary_arn(names.account_id))
    boundary = boundary_policy(names.account_id, names.region, attendee=attendee)

    # What the lessons provoke is refused to functions, to services and to strangers, not to her.
    assert [] == [(d["action"], *d["resources"]) for d in hers if not d["allowed"]]
    assert set() == list_unused(policy, hers) - AFTER_A_MISHAP
    assert set() == list_unused(boundary, functions)


# Needed only to go on after an interruption, and proved where that is tested.
AFTER_A_MISHAP = {"s3:AbortMultipartUpload", "iam:UpdateAssumeRolePolicy"}


def list_unused(policy, decisions):
    """Return the actions, and the resources, that a policy allows and nobody has needed."""
    needed = [
        (decision["action"], resource)
        for decision in decisions
        if decision["allowed"]
        for resource in decision["resources"]
    ]
    unused = set()
    for statement in policy["Statement"]:
        if statement["Effect"] == "Allow":
            actions, patterns = _listed(statement["Action"]), _listed(statement["Resource"])
            used = [
                (action, pattern)
                for action, resource in needed
                for pattern in patterns
                if action in actions and fnmatchcase(resource, pattern)
            ]
            unused |= {*actions, *patterns} - {part for pair in used for part in pair}
    return unused


def _listed(value):
    return [value] if isinstance(value, str) else value


def test_solutions_are_not_for_a_run_of_mine(environment):
    """`workshop run --mine --solutions` is refused: it would answer the attendee's exercises."""
    command = [sys.executable, "-m", "workshop_lib", "run", "--mine", "--solutions"]

    outcome = _run(command, environment)

    assert outcome.returncode == 1
    assert "Leave out either --mine or --solutions." in outcome.stderr


def test_a_failing_cell_is_named(environment, tmp_path):
    """A notebook that stops is an error that names notebook, cell and error, with status 1."""
    notebook = NOTEBOOKS / f"{LESSONS[0].stem}.ipynb"
    broken = tmp_path / notebook.name
    content = nbformat.read(notebook, as_version=4)
    content.cells = [nbformat.v4.new_code_cell("1 / 0")]
    nbformat.write(content, broken)
    code = (
        "import sys; from pathlib import Path; from workshop_lib import cli, runs;"
        f"runs.NOTEBOOKS = Path({str(tmp_path)!r});"
        "sys.argv = ['workshop', 'run', '1']; cli.main()"
    )

    outcome = _run([sys.executable, "-c", code], environment)

    assert outcome.returncode == 1
    assert f"{LESSONS[0].stem}.ipynb stopped at cell 0" in outcome.stderr
    assert "1 / 0" in outcome.stderr
    assert "ZeroDivisionError: division by zero" in outcome.stderr


@pytest.mark.timeout(RUN_SECONDS)
def test_each_cell_runs_and_runs_again(environment):
    """nbval executes each notebook cell by cell, twice in a row on the same cloud."""
    # Listed twice, so that every notebook meets what it has built itself.
    notebooks = [str(NOTEBOOKS / f"{lesson.stem}.ipynb") for lesson in LESSONS]
    command = [sys.executable, "-m", "pytest", "--nbval-lax", "-q", "-p", "no:cacheprovider"]

    for _ in range(2):
        outcome = _run([*command, *notebooks], environment)
        assert outcome.returncode == 0, outcome.stdout[-6000:]


def test_a_lesson_that_does_not_exist_is_said(environment):
    """`workshop run 9` names the lessons there are, and runs nothing."""
    outcome = _run([sys.executable, "-m", "workshop_lib", "run", "9"], environment)

    assert outcome.returncode == 1
    assert "There is no lesson 9." in outcome.stderr
    assert "Choose from 1 to 8" in outcome.stderr


def _run(command, environment):
    return subprocess.run(
        command,
        cwd=PROJECT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=RUN_SECONDS,
        check=False,
    )


def _shown_by(cell_id, stem):
    notebook = nbformat.read(PROJECT / "build" / "run" / f"{stem}.ipynb", as_version=4)
    cell = next(cell for cell in notebook.cells if cell.id == cell_id)
    return "".join(output.get("data", {}).get("text/html", "") for output in cell.outputs)


def _errors_in(notebook):
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    outputs = (output for cell in cells for output in cell.get("outputs", []))
    return [output for output in outputs if output["output_type"] == "error"]


def test_ctrl_c_leaves_nothing_running(environment):
    """Ctrl-C in the middle of a run ends it with status 130, its kernel and its own cloud."""
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "workshop_lib", "run"],
        cwd=PROJECT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        start_new_session=True,
    )  # fmt: skip
    for line in process.stdout:
        if "✓" in line:
            break
    started = psutil.Process(process.pid).children(recursive=True)
    cloud = launcher.status(PROJECT / "build" / "run" / "home" / "cloud")

    # As a terminal does: to the whole group in the foreground.
    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=60)

    assert 130 == process.returncode
    assert "Traceback" not in said
    assert [] == [child for child in started if child.is_running()]
    assert not psutil.pid_exists(cloud.pid)
