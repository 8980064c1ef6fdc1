"""A full disk, a torn record, a foreign or damaged state: told, and never a loss."""

from __future__ import annotations

import json
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.local_cloud.durability.conftest import Home, open_home
from workshop_lib.commands.recoveries import describe_recovery
from workshop_lib.local_cloud import launcher
from workshop_lib.local_cloud.changes import Changes
from workshop_lib.local_cloud.durability import snapshots
from workshop_lib.local_cloud.durability.keepers import StateKeeper
from workshop_lib.local_cloud.durability.recoveries import recover

resource = pytest.importorskip("resource")
posix_only = pytest.mark.skipif(os.name != "posix", reason="SIGKILL, modes")
linux_only = pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="prlimit")


@pytest.fixture(scope="module")
def shared_home(tmp_path_factory: pytest.TempPathFactory, clients_of: Any) -> Iterator[Home]:
    """A home for all that looks only at what it has made itself, in a table of its own."""
    yield from open_home(tmp_path_factory.mktemp("damage"), clients_of)


@dataclass(frozen=True)
class Table:
    """A table of a home, whose cloud comes and goes."""

    home: Home
    client: Any
    name: str

    def put(self, name: str, value: str = "") -> None:
        self.home.start()
        item = {"id": {"S": name}, "value": {"S": value}}
        self.client.put_item(TableName=self.name, Item=item)

    def read(self) -> dict[str, str]:
        self.home.start()
        items = self.client.scan(TableName=self.name)["Items"]
        return {item["id"]["S"]: item["value"]["S"] for item in items}

    def put_and_kill(self, name: str, value: str) -> Path:
        """Put an item and kill the cloud before it makes a snapshot; return the journal."""
        while True:
            self.put(name, value)
            self.home.kill()
            found = journals(self.home)
            if found:
                return found[-1]


def make_table(home: Home, name: str) -> Table:
    # The cloud comes back at the same address, so the same client does.
    client = home.clients()("dynamodb")
    client.create_table(
        TableName=name, BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
    )  # fmt: skip
    return Table(home, client, name)


def journals(home: Home) -> list[Path]:
    return sorted(home.state.glob("journal-*"), key=lambda file: int(file.name[8:]))


@contextmanager
def no_file_larger_than(size: int, pid: int) -> Iterator[None]:
    """Let the system refuse to write beyond a size, as a full disk does."""
    _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, hard))
    yield
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (hard, hard))


@linux_only
def test_a_full_disk_is_an_error_and_no_loss(shared_home: Home) -> None:
    """What cannot be written is refused with 507 and does not happen; what was there stays."""
    home, table = shared_home, make_table(shared_home, "full-disk")
    for number in range(30):
        table.put("same", str(number) + "x" * 9000)
    s3 = home.clients()("s3")
    s3.create_bucket(Bucket="full-disk")
    with no_file_larger_than(100, home.start().pid):
        with pytest.raises(ClientError, match="InsufficientStorage") as item:
            table.put("same", "lost" + "x" * 9000)
        with pytest.raises(ClientError, match="InsufficientStorage") as body:
            s3.put_object(Bucket="full-disk", Key="large", Body=b"x" * 3_000_000)
        assert "29" == table.read()["same"].rstrip("x")
        assert 0 == s3.list_objects_v2(Bucket="full-disk")["KeyCount"]
    table.put("other", "kept")
    home.kill()

    for refused in (item, body):
        assert 507 == refused.value.response["ResponseMetadata"]["HTTPStatusCode"]
        assert "Nothing was changed" in refused.value.response["Error"]["Message"]
        assert "disk" in refused.value.response["Error"]["Message"]
    assert {"same": "29", "other": "kept"} == {
        name: value.rstrip("x") for name, value in table.read().items()
    }


@posix_only
def test_half_a_record_at_the_end_was_promised_to_nobody(shared_home: Home) -> None:
    """A record that was being written is left out; all before it is there, and all after."""
    table = make_table(shared_home, "torn")
    with table.put_and_kill("whole", "1").open("ab") as journal:
        journal.write(b"\0\0\1\0half")
    recovery = shared_home.recover()

    assert 8 == recovery["torn_bytes"]
    assert "" == recovery["set_aside"]
    table.put("later", "2")
    shared_home.kill()
    assert {"whole": "1", "later": "2"} == table.read()


@posix_only
def test_a_damaged_journal_is_kept_and_read_up_to_the_damage(shared_home: Home) -> None:
    """What cannot be read is copied away and told; what comes before it is there."""
    table = make_table(shared_home, "damaged")
    table.put("before", "1")
    journal = table.put_and_kill("damaged", "2")
    content = bytearray(journal.read_bytes())
    content[-20] ^= 0xFF
    journal.write_bytes(content)
    recovery = shared_home.recover()
    said = "\n".join(describe_recovery(recovery))

    assert {"before": "1"} == table.read()
    aside = Path(recovery["set_aside"])
    assert [bytes(content)] == [file.read_bytes() for file in aside.iterdir()]
    assert str(aside) in said
    assert "nothing of it was deleted" in said


def test_a_state_that_cannot_be_read_is_set_aside(shared_home: Home, tmp_path: Path) -> None:
    """Another version's, another home's or a damaged state is told, kept, and runs no code."""
    home = shared_home
    make_table(home, "kept").put("kept", "1")
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
def test_files_are_their_owners(shared_home: Home) -> None:
    """All of the state is 0600 in folders of 0700: snapshot, journal, bodies."""
    home = shared_home
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


def test_reset_leaves_nothing(shared_home: Home) -> None:
    """After a reset the cloud is empty, and stays so."""
    home = shared_home
    make_table(home, "gone").put("gone", "1")
    launcher.reset(home.folder)
    assert [] == home.clients()("dynamodb").list_tables()["TableNames"]
    home.stop()
    assert [] == home.clients()("dynamodb").list_tables()["TableNames"]
