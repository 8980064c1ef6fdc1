"""Layers for AWS: wheels for Lambda's own machines, fetched by pip, pruned, within the limit."""

import zipfile

import pytest

from workshop_lib.errors import PackagingError
from workshop_lib.packaging import build_layer, wheels
from workshop_lib.packaging.archives import MOST_UNZIPPED

ARCHITECTURES = {"x86_64": b"\x3e\x00", "arm64": b"\xb7\x00"}  # e_machine of ELF


def test_pip_is_asked_for_binary_wheels_of_lambdas_python_and_system(tmp_path):
    """Only wheels, of CPython 3.13, for a C library no newer than Amazon Linux 2023's."""
    arguments = wheels.pip_arguments(["Pillow==13.0.0"], tmp_path, "aarch64")

    assert "--only-binary=:all:" in arguments
    assert "--python-version=3.13" in arguments
    assert "--platform=manylinux_2_28_aarch64" in arguments
    assert "Pillow==13.0.0" == arguments[-1]
    assert [] == [part for part in arguments if "x86_64" in part]


def test_an_architecture_that_lambda_lacks_is_refused(tmp_path):
    """Only the two that Lambda has."""
    with pytest.raises(PackagingError, match="no architecture 'riscv'"):
        wheels.fetch_libraries(["Pillow"], tmp_path, "riscv")


def test_without_a_network_the_way_out_is_said(tmp_path, monkeypatch):
    """When pip cannot fetch, its words are told, and the layers of the instructor are named."""
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/")
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_RETRIES", "0")
    monkeypatch.setenv("PIP_NO_CACHE_DIR", "1")

    with pytest.raises(PackagingError, match="WORKSHOP_LAYERS"):
        wheels.fetch_libraries(["Pillow"], tmp_path)

    assert [] == list(tmp_path.glob("lambda-*"))


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_a_wheel_is_fetched_for_lambdas_machine_and_not_for_this_one(architecture, tmp_path):
    """pip unpacks what is compiled for that architecture and Python; twice is once."""
    try:
        folder = wheels.fetch_libraries(["MarkupSafe"], tmp_path, architecture)
    except PackagingError as error:
        pytest.skip(f"pip cannot fetch here: {error.what}")

    (compiled,) = folder.rglob("*.so")
    machine = wheels.ARCHITECTURES[architecture]
    assert f"_speedups.cpython-313-{machine}-linux-gnu.so" == compiled.name
    assert ARCHITECTURES[architecture] == compiled.read_bytes()[18:20]
    stamp = folder.stat().st_mtime_ns
    assert folder == wheels.fetch_libraries(["MarkupSafe"], tmp_path, architecture)
    assert stamp == folder.stat().st_mtime_ns


@pytest.mark.long
@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize("name", ["pillow", "recogniser"])
def test_a_layer_for_lambda_holds_lambdas_libraries(name, architecture, tmp_path):
    """Every compiled library is of the architecture and Python; it is small; twice is once."""
    try:
        layer = build_layer(name, tmp_path, architecture=architecture)
    except PackagingError as error:
        pytest.skip(f"pip cannot fetch here: {error.what}")

    assert layer.size_unzipped <= MOST_UNZIPPED
    with zipfile.ZipFile(layer.path) as archive:
        compiled = [item for item in archive.namelist() if ".so" in item]
        machines = {archive.read(item)[18:20] for item in compiled}
        modules = {item.split(".")[1] for item in compiled if item.endswith("linux-gnu.so")}
    assert compiled
    assert {ARCHITECTURES[architecture]} == machines
    assert {f"cpython-313-{wheels.ARCHITECTURES[architecture]}-linux-gnu"} >= modules
    again = build_layer(name, tmp_path, architecture=architecture)
    assert (layer.path, layer.sha256) == (again.path, again.sha256)
