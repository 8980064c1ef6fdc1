"""Functions and layers as zip files: the same every time, and whole without the workshop."""

from __future__ import annotations

import hashlib
import importlib.metadata
import io
import json
import os
import shutil
import subprocess
import sys
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from workshop_lib.errors import PackagingError
from workshop_lib.packaging import (
    LayerPackage,
    build_layer,
    pack_function,
    pack_source,
    replace_functions,
)

PROJECT = Path(__file__).parents[1]
LAMBDAS = PROJECT / "lambdas"
FUNCTIONS = ["presigned_url", "reco_image", "db_save", "db_list", "thumbnail_gen"]
PICTURES = PROJECT / "notebooks" / "pictures"


def names_in(content: bytes | Path) -> list[str]:
    source = content if isinstance(content, Path) else io.BytesIO(content)
    with zipfile.ZipFile(source) as archive:
        return archive.namelist()


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("packages")


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some bytes in the place of weights: packing does not look into them."""
    file = tmp_path_factory.mktemp("weights") / "other_name.onnx"
    file.write_bytes(b"weights")
    return file


@pytest.fixture(scope="module")
def recogniser(cache: Path) -> LayerPackage:
    return build_layer("recogniser", cache)


@pytest.fixture
def layers(tmp_path: Path) -> Path:
    """A folder with one small layer of one small library."""
    folder = tmp_path / "layers" / "small"
    (folder / "own").mkdir(parents=True)
    (folder / "own" / "__init__.py").write_text("WORD = 'own'\n")
    write_manifest(folder, 'description = "Small"\ndistributions = ["six"]\n')
    return folder.parent


def write_manifest(folder: Path, text: str) -> None:
    (folder / "layer.toml").write_text(text)


# Functions ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FUNCTIONS)
def test_function_holds_its_handler_alone(name: str) -> None:
    """A function's zip holds its code at the top, and neither test events nor caches."""
    assert ["handler.py"] == names_in(pack_function(LAMBDAS / name))


def test_a_function_that_is_one_text_is_packed_as_its_handler():
    """One text gives the zip that a folder with this handler.py gives."""
    assert ["handler.py"] == names_in(pack_source("def handler(event, context): ..."))


def test_function_is_packed_byte_for_byte(tmp_path: Path) -> None:
    """What the learner reads is what is packed, with names in any script."""
    (tmp_path / "handler.py").write_bytes(b"text = '\xc3\xa9t\xc3\xa9'\r\n")
    (tmp_path / "données").mkdir()
    (tmp_path / "données" / "été.txt").write_text("chaud")
    content = pack_function(tmp_path)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert b"text = '\xc3\xa9t\xc3\xa9'\r\n" == archive.read("handler.py")
        assert b"chaud" == archive.read("données/été.txt")


def test_function_packs_the_same_every_time(tmp_path: Path) -> None:
    """The bytes depend on names and contents, not on times, modes or caches."""
    (tmp_path / "handler.py").write_text("def handler(event, context): ...\n")
    first = pack_function(tmp_path)
    os.utime(tmp_path / "handler.py", (1, 1))
    (tmp_path / "handler.py").chmod(0o600)
    for folder in ("__pycache__", "events", "tests", ".hidden"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "file").write_text("left out")
    assert first == pack_function(tmp_path)


def test_function_can_be_read_by_lambda(tmp_path: Path) -> None:
    """Every file is readable for all, whatever its mode here: Lambda's user is another one."""
    (tmp_path / "handler.py").write_text("")
    (tmp_path / "handler.py").chmod(0o600)
    with zipfile.ZipFile(io.BytesIO(pack_function(tmp_path))) as archive:
        assert [0o100644] == [entry.external_attr >> 16 for entry in archive.infolist()]


def test_function_without_handler(tmp_path: Path) -> None:
    """A folder without handler.py is refused, with what to name instead."""
    with pytest.raises(PackagingError, match=r"holds no handler\.py") as refused:
        pack_function(tmp_path)
    assert "lambdas/" in refused.value.next_step


def test_function_with_a_symbolic_link(tmp_path: Path) -> None:
    """A symbolic link is refused: it could carry any file of this machine into a function."""
    (tmp_path / "handler.py").write_text("")
    (tmp_path / "passwords").symlink_to("/etc/passwd")
    with pytest.raises(PackagingError, match="passwords is a symbolic link"):
        pack_function(tmp_path)


def test_function_too_large(tmp_path: Path) -> None:
    """What Lambda would refuse for its size is refused here, before it is packed."""
    (tmp_path / "handler.py").write_text("")
    with (tmp_path / "large.bin").open("wb") as file:
        file.truncate(251 * 1024 * 1024)
    with pytest.raises(PackagingError, match="251 MB unzipped; Lambda takes 250 MB"):
        pack_function(tmp_path)


# Layers ---------------------------------------------------------------------------------------


def test_layer_holds_code_libraries_and_licences(recogniser: LayerPackage) -> None:
    """Everything lies under python/, with the licences, without tests, stubs and caches."""
    names = names_in(recogniser.path)
    assert all(name.startswith("python/") for name in names)
    assert {"python/recogniser/__init__.py", "python/PIL/Image.py"} <= set(names)
    assert "python/recogniser/coco_classes.txt" in names
    assert any(name.startswith("python/numpy-") and "licenses" in name for name in names)
    unneeded = ("/tests/", "__pycache__", ".pyi", ".h", "layer.toml", "onnxruntime/transformers")
    assert [] == [name for name in names if any(part in name for part in unneeded[:2])]
    assert [] == [name for name in names if name.endswith(unneeded[2:])]


def test_layer_tells_what_it_is(recogniser: LayerPackage) -> None:
    """Hash, sizes and description are those of the file."""
    content = recogniser.path.read_bytes()
    assert hashlib.sha256(content).hexdigest() == recogniser.sha256
    assert len(content) == recogniser.size_zipped
    with zipfile.ZipFile(recogniser.path) as archive:
        assert sum(entry.file_size for entry in archive.infolist()) == recogniser.size_unzipped
    assert f"numpy {importlib.metadata.version('numpy')}" in recogniser.description
    assert recogniser.description.endswith("no model weights: answers from the pixels")
    assert len(recogniser.description) <= 256


def test_layer_fits_lambda(recogniser: LayerPackage) -> None:
    """The largest layer leaves room for a function under Lambda's 250 MB."""
    assert recogniser.size_unzipped < 240 * 1024 * 1024


def test_layer_takes_the_weights(cache: Path, weights: Path) -> None:
    """With a model the layer holds it where the recogniser looks, and says so."""
    package = build_layer("recogniser", cache, model=weights)
    with zipfile.ZipFile(package.path) as archive:
        assert b"weights" == archive.read("python/recogniser/yolox_nano.onnx")
    assert package.description.endswith("model weights")
    assert "no model weights" not in package.description


def test_layer_runs_on_its_own(recogniser: LayerPackage, tmp_path: Path) -> None:
    """An interpreter that sees the standard library and the layer, and nothing else, runs it."""
    answer = run_isolated(recogniser, tmp_path, PICTURES / "cat.jpg")
    assert "pixels only: the layer holds no model weights" == answer["recogniser"]
    assert "brown" == answer["result"]


@pytest.mark.model
def test_layer_with_the_model_runs_on_its_own(cache: Path, tmp_path: Path) -> None:
    """The same with the real weights: numpy, onnxruntime and Pillow all load from the layer."""
    folder = Path(os.environ.get("WORKSHOP_MODEL") or PROJECT.parent / "shared" / "models")
    model = folder / "yolox_nano.onnx"
    if not model.is_file():
        pytest.skip(f"no weights in {folder}; name a folder that has them in WORKSHOP_MODEL")
    package = build_layer("recogniser", cache, model=model)
    answer = run_isolated(package, tmp_path, PICTURES / "cat.jpg")
    assert "cat" == answer["result"]
    assert answer["recogniser"].startswith("YOLOX-nano on onnxruntime")


def run_isolated(package: LayerPackage, folder: Path, picture: Path) -> dict[str, str]:
    with zipfile.ZipFile(package.path) as archive:
        archive.extractall(folder)
    program = (
        "import json, sys; sys.path.append(sys.argv[1]); import recogniser, pathlib;"
        "print(json.dumps(recogniser.recognise(pathlib.Path(sys.argv[2]).read_bytes())))"
    )
    command = [sys.executable, "-I", "-S", "-c", program, str(folder / "python"), str(picture)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
    assert 0 == ended.returncode, ended.stderr
    answer: dict[str, str] = json.loads(ended.stdout)
    return answer


def test_pillow_layer_holds_pillow_alone(cache: Path) -> None:
    """The Pillow layer is one library: no numpy, no recogniser."""
    names = names_in(build_layer("pillow", cache).path)
    assert "python/PIL/Image.py" in names
    assert [] == [name for name in names if "numpy" in name or "recogniser" in name]


def test_layer_is_built_once(layers: Path, cache: Path) -> None:
    """An unchanged layer comes from the cache, and the same from anew: byte for byte."""
    first = build_layer("small", cache, layers=layers)
    seen = first.path.stat()
    assert first == build_layer("small", cache, layers=layers)
    assert seen.st_mtime_ns == first.path.stat().st_mtime_ns
    first.path.unlink()
    assert first == build_layer("small", cache, layers=layers)


def test_layer_follows_its_code(layers: Path, cache: Path) -> None:
    """A changed line is another layer; the earlier one stays."""
    first = build_layer("small", cache, layers=layers)
    (layers / "small" / "own" / "__init__.py").write_text("WORD = 'changed'\n")
    second = build_layer("small", cache, layers=layers)
    assert first.path != second.path
    assert first.path.exists()


def test_layer_does_not_depend_on_caches(layers: Path, cache: Path) -> None:
    """Compiled files that Python leaves behind change nothing."""
    first = build_layer("small", cache, layers=layers)
    (layers / "small" / "own" / "__pycache__").mkdir()
    (layers / "small" / "own" / "__pycache__" / "x.pyc").write_bytes(b"compiled")
    assert first == build_layer("small", cache, layers=layers)


def test_layer_cut_short_in_the_cache(layers: Path, cache: Path) -> None:
    """A half-written zip in the cache is built anew, not published."""
    first = build_layer("small", cache, layers=layers)
    first.path.write_bytes(first.path.read_bytes()[:-100])
    assert first == build_layer("small", cache, layers=layers)


def test_layer_by_two_at_once(layers: Path, tmp_path: Path) -> None:
    """Two that build at the same time get the same whole file, and leave nothing else."""
    with ThreadPoolExecutor(2) as pool:
        jobs = [pool.submit(build_layer, "small", tmp_path, layers=layers) for _ in range(4)]
    packages = {job.result() for job in jobs}
    assert 1 == len(packages)
    assert [packages.pop().path] == list(tmp_path.glob("small-*"))
    assert [] == list(tmp_path.glob("*.part"))


def test_layer_tells_its_progress(layers: Path, tmp_path: Path) -> None:
    """Progress is told in bytes, up to the whole; a cached layer has none to tell."""
    seen: list[tuple[int, int]] = []
    for _ in range(2):
        package = build_layer(
            "small", tmp_path, layers=layers, progress=lambda *now: seen.append(now)
        )
    assert (package.size_unzipped, package.size_unzipped) == seen[-1]
    assert seen == sorted(set(seen))


def test_layer_interrupted(layers: Path, tmp_path: Path) -> None:
    """An interrupted build leaves nothing behind."""

    def interrupt(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build_layer("small", tmp_path / "cache", layers=layers, progress=interrupt)
    assert [] == list((tmp_path / "cache").iterdir())


@pytest.mark.parametrize(
    ("manifest", "told"),
    [
        ('description = "x"\ndistributions = ["no-such-library"]', "no-such-library is not inst"),
        ('description = "x"', "cannot be read"),
        ('description = "x"\ndistributions = []\nexclud = []', "cannot be read"),
        ("description = ", "cannot be read"),
    ],
    ids=["missing library", "incomplete", "misspelt", "not TOML"],
)
def test_layer_with_a_wrong_manifest(layers: Path, cache: Path, manifest: str, told: str) -> None:
    """A manifest that cannot be followed is refused with the reason."""
    write_manifest(layers / "small", manifest)
    with pytest.raises(PackagingError, match=told):
        build_layer("small", cache, layers=layers)


def test_layer_that_is_not_there(cache: Path) -> None:
    """An unknown layer is refused by name."""
    with pytest.raises(PackagingError, match="There is no layer no_such_layer"):
        build_layer("no_such_layer", cache)


def test_layer_leaves_out_what_its_manifest_excludes(layers: Path, cache: Path) -> None:
    """A pattern under exclude leaves files of a library out."""
    shutil.rmtree(layers / "small" / "own")
    write_manifest(
        layers / "small",
        'description = "x"\ndistributions = ["six", "idna"]\nexclude = ["idna/*"]',
    )
    names = names_in(build_layer("small", cache, layers=layers).path)
    assert "python/six.py" in names
    assert [] == [name for name in names if name.startswith("python/idna/")]


HANDLER = """import json


def handler(event, context):
    return tell(event)


@json.loads
def tell(what):
    return what


LAST = 1
"""


def test_a_function_takes_its_namesakes_place():
    """The new text stands where the old function stood, decorators and all; the rest stays."""
    assert HANDLER.replace(
        "@json.loads\ndef tell(what):\n    return what", "def tell(what):\n    return 7"
    ) == replace_functions(HANDLER, "\ndef tell(what):\n    return 7\n")


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("def tell(what)", "cannot read the source"),
        ("\x00", "cannot read the source"),
        ("def speak(what):\n    pass", "defines speak, and the handler has handler, tell"),
        ("tell = 7", "defines no function"),
    ],
)
def test_a_text_that_fits_nowhere_is_refused(source, message):
    """What Python cannot read, or replaces nothing, says so."""
    with pytest.raises(PackagingError, match=message):
        replace_functions(HANDLER, source)
