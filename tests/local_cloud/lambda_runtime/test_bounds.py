"""What a function may not do to others: time, memory, processes, output, payloads, concurrency."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psutil
import pytest
from botocore.exceptions import ClientError

Make = Callable[..., str]
Invoke = Callable[..., Any]
Client = Callable[..., Any]


def wait_until_gone(pids: list[int], seconds: float = 10.0) -> bool:
    """Wait until no process of these is alive; zombies are not."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not any(_is_alive(pid) for pid in pids):
            return True
        time.sleep(0.02)
    return False


def _is_alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_a_timeout_ends_the_worker_and_the_next_call_works(
    make_function: Make, invoke: Invoke
) -> None:
    """The error is AWS's, the process is gone, and a new one serves the next call."""
    code = (
        "import os, time\ndef handler(event, context):\n    print('pid', os.getpid())\n"
        "    time.sleep(event.get('sleep', 0))\n    return os.getpid()\n"
    )
    name = make_function(code, Timeout=1)

    slow = invoke(name, {"sleep": 30})
    request_id = slow.raw["ResponseMetadata"]["RequestId"]
    pid = int(slow.log.split("pid ")[1].split()[0])

    assert "Unhandled" == slow.error
    assert {
        "errorType": "Sandbox.Timedout",
        "errorMessage": f"RequestId: {request_id} Error: Task timed out after 1.00 seconds",
    } == slow.payload
    assert f"{request_id} Task timed out after 1.00 seconds" in slow.log
    assert "Status: timeout" in slow.log
    assert wait_until_gone([pid])
    assert invoke(name).payload != pid


def test_too_much_memory_ends_the_worker(make_function: Make, invoke: Invoke) -> None:
    """A function that keeps more than its MemorySize resident is killed, as on AWS."""
    code = (
        "def handler(event, context):\n"
        "    kept = bytearray(event['megabytes'] * 2**20)\n    return len(kept)\n"
    )
    name = make_function(code, MemorySize=192)

    over = invoke(name, {"megabytes": 400})
    request_id = over.raw["ResponseMetadata"]["RequestId"]

    assert {
        "errorType": "Runtime.ExitError",
        "errorMessage": f"RequestId: {request_id} Error: Runtime exited with error: signal: killed",
    } == over.payload
    assert "Max Memory Used: 192 MB" in over.log
    assert 2**20 == invoke(name, {"megabytes": 1}).payload


def test_the_largest_memory_used_is_reported(make_function: Make, invoke: Invoke) -> None:
    """REPORT has the peak of the resident size, however short it was."""
    code = "def handler(event, context):\n    kept = bytearray(200 * 2**20)\n    del kept\n"
    log = invoke(make_function(code, MemorySize=512)).log

    used = int(log.split("Max Memory Used: ")[1].split()[0])
    assert 200 <= used <= 400


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("sys.exit(3)", "Runtime exited with error: exit status 3"),
        ("os._exit(0)", "Runtime exited without providing a reason"),
        ("os.kill(os.getpid(), 11)", "Runtime exited with error: signal: segmentation fault"),
    ],
)
def test_a_function_that_ends_its_process_harms_only_itself(
    make_function: Make, invoke: Invoke, statement: str, reason: str
) -> None:
    """Exit and crash are Runtime.ExitError with how the process ended; the next call works."""
    code = (
        f"import os, sys\ndef handler(event, context):\n    if event.get('end'):\n"
        f"        print('last words')\n        {statement}\n    return 'fine'\n"
    )
    name = make_function(code)

    ended = invoke(name, {"end": True})
    request_id = ended.raw["ResponseMetadata"]["RequestId"]

    assert "Runtime.ExitError" == ended.payload["errorType"]
    assert f"RequestId: {request_id} Error: {reason}" == ended.payload["errorMessage"]
    assert "last words" in ended.log
    assert "fine" == invoke(name).payload


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_what_a_function_forks_ends_with_it(make_function: Make, invoke: Invoke) -> None:
    """Children, even in sessions of their own, do not outlive a worker that is ended."""
    code = """
import os, time
def spawn():
    read, write = os.pipe()
    if os.fork() == 0:
        os.setsid()
        child = os.fork()
        if child == 0:
            time.sleep(60)
            os._exit(0)
        os.write(write, b"%d" % child)
        os._exit(0)
    return int(os.read(read, 20))
def handler(event, context):
    print('pids', spawn(), spawn())
    time.sleep(60)
"""
    log = invoke(make_function(code, Timeout=1)).log

    pids = [int(text) for text in log.split("pids ")[1].split()[:2]]
    assert wait_until_gone(pids)


def test_a_flood_of_output_is_bounded_and_the_function_goes_on(
    make_function: Make, invoke: Invoke
) -> None:
    """Over 1 MB of log in one invocation the rest is dropped, and the log says so."""
    code = (
        "def handler(event, context):\n    for _ in range(30):\n        print('x' * 100_000)\n"
        "    return 'done'\n"
    )
    answer = invoke(make_function(code, Timeout=20))

    assert "done" == answer.payload
    assert "the rest is lost" in answer.log


def test_closed_output_does_not_hurt(make_function: Make, invoke: Invoke) -> None:
    """A function that closes its standard streams is still answered, twice."""
    code = (
        "import os\ndef handler(event, context):\n    os.close(1)\n    os.close(2)\n    return 1\n"
    )
    name = make_function(code)

    assert 1 == invoke(name).payload
    assert "Unhandled" == invoke(name).error


def test_each_environment_has_its_own_temporary_folder(make_function: Make, invoke: Invoke) -> None:
    """tempfile's folder belongs to one environment, is kept while warm and gone after it."""
    code = (
        "import os, tempfile\ndef handler(event, context):\n"
        "    file = os.path.join(tempfile.gettempdir(), 'mine')\n"
        "    open(file, 'a').write('x')\n"
        "    if event: os._exit(1)\n    return open(file).read()\n"
    )
    one, two = make_function(code), make_function(code, FunctionName="another-with-same-code")

    first, again, other = (invoke(name).payload for name in (one, one, two))
    invoke(one, {"end": True})

    assert ["x", "xx", "x"] == [first, again, other]
    assert "x" == invoke(one).payload


def test_too_much_in_the_temporary_folder_ends_the_environment(
    make_function: Make, invoke: Invoke
) -> None:
    """Files of more than EphemeralStorage are an error that names the limit."""
    code = (
        "import tempfile, os\ndef handler(event, context):\n"
        "    for number in range(2):\n"
        "        path = os.path.join(tempfile.gettempdir(), str(number))\n"
        "        with open(path, 'wb') as file:\n            file.truncate(300 * 2**20)\n"
    )
    answer = invoke(make_function(code))

    assert "Unhandled" == answer.error
    assert "/tmp holds more than 512 MB" in answer.payload["errorMessage"]


def test_payloads_over_the_limits_are_refused(make_function: Make, client: Client) -> None:
    """6 MB for a synchronous call, 1 MB for an asynchronous one: RequestTooLargeException, 413."""
    name = make_function("def handler(event, context):\n    return len(event)\n")
    functions = client("lambda")

    for size, kind in ((6_291_457, "RequestResponse"), (1_048_577, "Event")):
        with pytest.raises(ClientError) as caught:
            functions.invoke(
                FunctionName=name, InvocationType=kind, Payload=json.dumps("x" * (size - 2))
            )
        assert "RequestTooLargeException" == caught.value.response["Error"]["Code"]
        assert 413 == caught.value.response["ResponseMetadata"]["HTTPStatusCode"]


def test_an_answer_over_six_megabytes_is_an_error(make_function: Make, invoke: Invoke) -> None:
    """Function.ResponseSizeTooLarge, as on AWS."""
    code = "def handler(event, context):\n    return 'x' * (6 * 1024 * 1024 + 101)\n"
    answer = invoke(make_function(code, MemorySize=512))

    assert "Function.ResponseSizeTooLarge" == answer.payload["errorType"]


def test_reserved_concurrency_of_nought_lets_nothing_run(
    make_function: Make, client: Client
) -> None:
    """429 TooManyRequestsException, until the reservation is taken away."""
    name = make_function("def handler(event, context):\n    return 1\n")
    functions = client("lambda")
    functions.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0)

    with pytest.raises(ClientError) as caught:
        functions.invoke(FunctionName=name)
    functions.delete_function_concurrency(FunctionName=name)

    assert "TooManyRequestsException" == caught.value.response["Error"]["Code"]
    assert 429 == caught.value.response["ResponseMetadata"]["HTTPStatusCode"]
    assert "Rate Exceeded." == caught.value.response["Error"]["Message"]
    assert 200 == functions.invoke(FunctionName=name)["StatusCode"]


def test_reserved_concurrency_of_one_lets_one_run_at_a_time(
    make_function: Make, client: Client
) -> None:
    """Of two calls at the same time, one is refused with 429."""
    name = make_function(
        "import time\ndef handler(event, context):\n    time.sleep(1)\n    return 1\n"
    )
    functions = client("lambda")
    functions.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=1)

    def call(_: int) -> int:
        try:
            return int(functions.invoke(FunctionName=name)["StatusCode"])
        except ClientError as error:
            return int(error.response["ResponseMetadata"]["HTTPStatusCode"])

    with ThreadPoolExecutor(2) as threads:
        assert [200, 429] == sorted(threads.map(call, range(2)))


def test_calls_at_the_same_time_run_side_by_side(make_function: Make, invoke: Invoke) -> None:
    """Each concurrent call has an environment of its own."""
    name = make_function(
        "import os, time\ndef handler(event, context):\n"
        "    time.sleep(0.5)\n    return os.getpid()\n"
    )
    with ThreadPoolExecutor(3) as threads:
        pids = {answer.payload for answer in threads.map(lambda _: invoke(name), range(3))}

    assert 3 == len(pids)


def test_a_function_cannot_speak_for_the_worker(make_function: Make, invoke: Invoke) -> None:
    """Rubbish on the worker's own channel ends that worker only."""
    code = (
        "import os\ndef handler(event, context):\n    for descriptor in range(3, 12):\n"
        "        try:\n            os.write(descriptor, b'\\xff' * 64)\n"
        "        except OSError:\n            pass\n    return 1\n"
    )
    name = make_function(code, Timeout=5)

    assert "Unhandled" == invoke(name).error
    other = make_function("def handler(event, context):\n    return 'well'\n")
    assert "well" == invoke(other).payload


def has_mount_namespaces() -> bool:
    """Tell, by util-linux's own command, whether this user may have mounts of his own."""
    command = ["unshare", "--mount", *(["--user", "--map-current-user"] if os.getuid() else [])]
    return (
        sys.platform == "linux"
        and 0 == subprocess.run([*command, "true"], check=False, capture_output=True).returncode
    )


@pytest.mark.skipif(not has_mount_namespaces(), reason="no private mounts for this user")
class TestTemporaryFolder:
    """A function has the folder /tmp to itself."""

    def test_tmp_is_the_functions_own(self, make_function, invoke):
        """What a function writes to /tmp stays for its next call, and is not in this machine's."""
        name = make_function("""
import os, tempfile
def handler(event, context):
    seen = os.path.exists("/tmp/kept")
    open("/tmp/kept", "w").write("x")
    return {"seen": seen, "folder": tempfile.gettempdir()}
""")
        answers = [invoke(name).payload for _ in range(2)]
        assert [{"seen": seen, "folder": "/tmp"} for seen in (False, True)] == answers
        assert not Path("/tmp/kept").exists()

    def test_nothing_of_this_machines_tmp_is_seen(self, make_function, invoke):
        """A file in this machine's /tmp is not there for a function."""
        name = make_function("""
import os
def handler(event, context):
    return os.path.exists(event)
""")
        with tempfile.NamedTemporaryFile(dir="/tmp") as file:
            assert False is invoke(name, file.name).payload

    def test_a_plain_start_has_it_too(self, make_function, invoke):
        """A function with a module named as the standard library's has its /tmp as well."""
        code = "import os\ndef handler(event, context):\n    return os.environ['TMPDIR']\n"
        name = make_function({"handler.py": code, "calendar.py": ""})
        assert "/tmp" == invoke(name).payload

    def test_its_bound_is_the_same(self, make_function, invoke):
        """A function that fills /tmp over its 512 MB is ended."""
        name = make_function(
            """
def handler(event, context):
    for number in range(2):
        with open(f"/tmp/{number}", "wb") as file:
            file.truncate(300 * 1024 * 1024)
""",
            Timeout=10,
        )
        assert "/tmp holds more than 512 MB" in invoke(name).payload["errorMessage"]
