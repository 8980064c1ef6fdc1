"""A full disk, a torn record, a foreign or damaged state: told, and never a loss."""

from __future__ import annotations

import json
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.local_cloud.durability.conftest import Home
from workshop_lib.commands.recoveries import describe_recovery
from workshop_lib.local_cloud.changes import Changes
from workshop_lib.local_cloud.durability import snapshots
from workshop_lib.local_cloud.durability.keepers import StateKeeper
from workshop_lib.local_cloud.durability.recoveries import recover

resource = pytest.importorskip("resource")
posix_only = pytest.mark.skipif(os.name != "posix", reason="SIGKILL, modes")
linux_only = pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="prlimit")


def make_table(home: Home) -> Any:
    dynamodb = home.clients()("dynamodb")
    dynamodb.create_table(
        TableName="items", BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
    )  # fmt: skip
    return dynamodb


def put(dynamodb: Any, name: str, value: str = "") -> None:
    dynamodb.put_item(TableName="items", Item={"id": {"S": name}, "value": {"S": value}})


def read(home: Home) -> dict[str, str]:
    items = home.clients()("dynamodb").scan(TableName="items")["Items"]
    return {item["id"]["S"]: item["value"]["S"] for item in items}


def journals(home: Home) -> list[Path]:
    return sorted(home.state.glob("journal-*"), key=lambda file: int(file.name[8:]))


def put_and_kill(home: Home, name: str, value: str) -> Path:
    """Put an item and kill the cloud before it makes a snapshot; return the journal."""
    while True:
        put(home.clients()("dynamodb"), name, value)
        home.kill()
        found = journals(home)
        if found:
            return found[-1]


@contextmanager
def no_file_larger_than(size: int, pid: int) -> Iterator[None]:
    """Let the system refuse to write beyond a size, as a full disk does."""
    _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, hard))
    yield
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (hard, hard))


@linux_only
def test_a_full_disk_is_an_error_and_no_loss(home: Home) -> None:
    """What cannot be written is refused with 507 and does not happen; what was there stays."""
    dynamodb = make_table(home)
    for number in range(30):
        put(dynamodb, "same", str(number) + "x" * 9000)
    s3 = home.clients()("s3")
    s3.create_bucket(Bucket="full-disk")
    with no_file_larger_than(100, home.start().pid):
        with pytest.raises(dynamodb.exceptions.ClientError, match="InsufficientStorage") as item:
            put(dynamodb, "same", "lost" + "x" * 9000)
        with pytest.raises(s3.exceptions.ClientError, match="InsufficientStorage") as body:
            s3.put_object(Bucket="full-disk", Key="large", Body=b"x" * 3_000_000)
        assert "29" == read(home)["same"].rstrip("x")
        assert 0 == s3.list_objects_v2(Bucket="full-disk")["KeyCount"]
    put(dynamodb, "other", "kept")
    home.kill()

    for refused in (item, body):
        assert 507 == refused.value.response["ResponseMetadata"]["HTTPStatusCode"]
        assert "Nothing was changed" in refused.value.response["Error"]["Message"]
        assert "disk" in refused.value.response["Error"]["Message"]
    assert {"same": "29", "other": "kept"} == {
        name: value.rstrip("x") for name, value in read(home).items()
    }


@posix_only
def test_half_a_record_at_the_end_was_promised_to_nobody(home: Home) -> None:
    """A record that was being written is left out; all before it is there, and all after."""
    make_table(home)
    with put_and_kill(home, "whole", "1").open("ab") as journal:
        journal.write(b"\0\0\1\0half")
    recovery = home.recover()

    assert 8 == recovery["torn_bytes"]
    assert "" == recovery["set_aside"]
    put(home.clients()("dynamodb"), "later", "2")
    home.kill()
    assert {"whole": "1", "later": "2"} == read(home)


@posix_only
def test_a_damaged_journal_is_kept_and_read_up_to_the_damage(home: Home) -> None:
    """What cannot be read is copied away and told; what comes before it is there."""
    make_table(home)
    put(home.clients()("dynamodb"), "before", "1")
    journal = put_and_kill(home, "damaged", "2")
    content = bytearray(journal.read_bytes())
    content[-20] ^= 0xFF
    journal.write_bytes(content)
    recovery = home.recover()
    said = "\n".join(describe_recovery(recovery))

    assert {"before": "1"} == read(home)
    aside = Path(recovery["set_aside"])
    assert [bytes(content)] == [file.read_bytes() for file in aside.iterdir()]
    assert str(aside) in said
    assert "nothing of it was deleted" in said


def test_a_state_that_cannot_be_read_is_set_aside(home: Home, tmp_path: Path) -> None:
    """Another version's, another home's or a damaged state is told, kept, and runs no code."""
    put(make_table(home), "kept", "1")
    home.stop()
    secret = json.loads((home.folder / "credentials.json").read_text())["secret_access_key"]
    for what in ("moto", "state_format", "seal", "part", "pickle"):
        copy = tmp_path / what / "state"
        shutil.copytree(home.state, copy)
        harm(copy, secret, what, tmp_path / "harmed")
        keeper = StateKeeper(copy, secret, Changes(), list)
        found = recover(keeper, Changes(), ["s3", "dynamodb"], lambda service: None, lambda _: None)

        assert found.reason, what
        assert (Path(found.set_aside) / "manifest.json").exists(), what
        assert not (tmp_path / "harmed").exists()
    # And the whole cloud starts, empty, and says so.
    harm(home.state, secret, "moto", tmp_path / "harmed")
    recovery = home.recover()
    said = "\n".join(describe_recovery(recovery))
    assert "moto 5.0.0 has written it" in said
    assert recovery["set_aside"] in said
    assert [] == home.clients()("dynamodb").list_tables()["TableNames"]


def harm(state: Path, secret: str, what: str, touched: Path) -> None:
    """Write a state as another version, another home or a stranger would have."""
    files = snapshots.SnapshotFiles(state, secret)
    manifest = files.read_manifest()
    assert manifest is not None
    if what == "moto":
        files.write_manifest(replace(manifest, moto="5.0.0"))
    elif what == "state_format":
        files.write_manifest(replace(manifest, state_format=0))
    elif what == "seal":
        snapshots.SnapshotFiles(state, "another secret").write_manifest(manifest)
    elif what == "part":
        part = state / manifest.parts["dynamodb"].file
        part.write_bytes(part.read_bytes()[:-10])
    else:
        harmful = f"cos\nsystem\n(S'touch {touched}'\ntR.".encode()
        written = files.write_part("s3", manifest.next_number, harmful, set())
        files.write_manifest(replace(manifest, parts=manifest.parts | {"s3": written}))


@posix_only
def test_files_are_their_owners(home: Home) -> None:
    """All of the state is 0600 in folders of 0700: snapshot, journal, bodies."""
    s3 = home.clients()("s3")
    s3.create_bucket(Bucket="private")
    s3.put_object(Bucket="private", Key="large", Body=b"x" * 100_000)
    home.stop()
    s3 = home.clients()("s3")
    s3.put_object(Bucket="private", Key="small", Body=b"y")

    for path in (home.state, *home.state.rglob("*")):
        expected = 0o700 if path.is_dir() else 0o600
        assert expected == stat.S_IMODE(path.stat().st_mode), path


def test_the_disk_holds_little_more_than_the_cloud(home: Home) -> None:
    """Written forty times over, a photo is on the disk a few times at most."""
    s3 = home.clients()("s3")
    s3.create_bucket(Bucket="compact")
    for number in range(40):
        s3.put_object(Bucket="compact", Key="photo", Body=bytes([number]) * 200_000)
        s3.put_object(Bucket="compact", Key="note", Body=bytes([number]) * 10_000)
    s3.copy_object(Bucket="compact", Key="copy", CopySource="compact/photo")
    home.stop()
    stored = sum(file.stat().st_size for file in home.state.rglob("*") if file.is_file())

    # The copy is the photo's own file, and the note has none.
    assert 1 == len(list((home.state / "contents").iterdir()))
    assert 200_000 < stored < 2 * (2 * 200_000 + 10_000)


def test_reset_leaves_nothing(home: Home) -> None:
    """After a reset the cloud is empty, and stays so."""
    from workshop_lib.local_cloud import launcher

    put(make_table(home), "gone", "1")
    launcher.reset(home.folder)
    assert [] == home.clients()("dynamodb").list_tables()["TableNames"]
    home.stop()
    assert [] == home.clients()("dynamodb").list_tables()["TableNames"]
