"""The program inside every worker process: it runs one function, invocation after invocation.

It stands alone and imports only the standard library, because the function shares its process: what
is imported here is what the function finds imported. Started in one of two ways:

    python -I -S bootstrap.py worker PRELOAD SITE_DIRECTORY…    serves one function
    python -I -S bootstrap.py zygote SOCKET SITE_DIRECTORY…     forks workers that have boto3 loaded

A worker speaks over its own three standard streams: requests arrive on 0, replies leave on 1, and 2
carries what the function prints. Before any code of the function runs, 0 becomes the null device
and 1 joins 2. A message is two lengths of four bytes, big-endian, then a JSON header, then a
payload. The behaviour follows AWS's own Runtime Interface Client for Python.
"""

from __future__ import annotations

import decimal
import importlib
import importlib.util
import json
import logging
import math
import os
import signal
import socket
import struct
import sys
import threading
import time
import traceback
from collections.abc import Callable
from importlib.machinery import ModuleSpec, PathFinder
from types import FrameType, ModuleType, TracebackType
from typing import Any, NoReturn

# What AWS's Python runtime brings along: boto3 and what boto3 needs.
RUNTIME_PACKAGES = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "six", "urllib3")
# Clients import much of botocore only when the first one of their protocol is made.
PRELOADED_CLIENTS = ("s3", "dynamodb", "sns")

LENGTHS = struct.Struct(">II")
FORK_REQUEST = struct.Struct(">Q")
RESPONSE_BYTES = 6 * 1024 * 1024 + 100
RECORD_SEPARATOR = "\x1e"
ERROR_INDENT = "\u00a0"
# Whose answers are ASCII; later ones leave what is not as it is.
ESCAPING_RUNTIMES = tuple(f"AWS_Lambda_python3.{minor}" for minor in range(6, 12))
ORPHAN_CHECK_SECONDS = 5
PR_SET_CHILD_SUBREAPER = 36
C_LIBRARIES: list[Any] = []


class InitialisationError(Exception):
    """The function's module cannot be loaded; carries AWS's error type and message."""

    def __init__(self, error_type: str, message: str, stack: list[str] | None = None) -> None:
        super().__init__(message)
        self.error_type = error_type
        self.stack = stack or []


class RuntimePackages:
    """A finder, last in line, that offers boto3's packages and nothing else of their folders."""

    def __init__(self, site_directories: list[str]) -> None:
        self.site_directories = site_directories

    def find_spec(
        self, name: str, path: Any = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Find one of the runtime's top-level packages."""
        if path is None and name in RUNTIME_PACKAGES:
            return PathFinder.find_spec(name, self.site_directories, target)
        return None


# Messages --------------------------------------------------------------------------------------


class Channel:
    """The worker's end of the conversation, over two descriptors that no child inherits."""

    def __init__(self, request_descriptor: int, reply_descriptor: int) -> None:
        self.requests = os.fdopen(request_descriptor, "rb")
        self.replies = os.fdopen(reply_descriptor, "wb")

    def receive(self) -> tuple[dict[str, Any], bytes]:
        """Return the next message; the process ends where the other side is gone."""
        lengths = self.requests.read(LENGTHS.size)
        if len(lengths) < LENGTHS.size:
            os._exit(0)
        header_length, payload_length = LENGTHS.unpack(lengths)
        header: dict[str, Any] = json.loads(self.requests.read(header_length))
        return header, self.requests.read(payload_length)

    def send(self, header: dict[str, Any], payload: bytes = b"") -> None:
        """Send one message."""
        encoded = json.dumps(header).encode()
        self.replies.write(LENGTHS.pack(len(encoded), len(payload)) + encoded + payload)
        self.replies.flush()


class Output:
    """The function's log as the server reads it: lines, some of them marked.

    A marked line starts with a secret prefix, and is one log record with its newlines replaced, or
    the end of an invocation.
    """

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self.prefix = ""
        self.lock = threading.Lock()

    def write_record(self, text: str) -> None:
        """Write a text of several lines as one log record."""
        folded = text.rstrip("\n").replace("\n", RECORD_SEPARATOR)
        self._write(f"{self.prefix}{folded}\n")

    def write_end(self) -> None:
        """Mark that everything the invocation printed has been written."""
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except (OSError, ValueError, AttributeError) as error:
                self.write_record(f"[WARN] What the function printed is incomplete: {error}")
        self._write(f"{self.prefix}\n")

    def _write(self, text: str) -> None:
        data = memoryview(text.encode("utf-8", "replace"))
        with self.lock:
            while data:
                data = data[os.write(self.descriptor, data) :]


# What a function is given ----------------------------------------------------------------------


class Described:
    """Something whose ``repr`` names its attributes, in the manner of AWS's runtime."""

    shown: tuple[str, ...] = ()

    def __repr__(self) -> str:
        values = ",".join(f"{name}={getattr(self, name)}" for name in self.shown)
        return f"{type(self).__name__}([{values}])"


class Client(Described):
    """The application that called, as a mobile client describes itself."""

    shown = (
        "installation_id", "app_title", "app_version_name", "app_version_code", "app_package_name",
    )  # fmt: skip

    def __init__(self, values: dict[str, Any]) -> None:
        for name in self.shown:
            setattr(self, name, values.get(name))


class ClientContext(Described):
    """The caller's own context: client, custom, env."""

    shown = ("custom", "env", "client")

    def __init__(self, values: dict[str, Any]) -> None:
        self.custom = values.get("custom")
        self.env = values.get("env")
        client = values.get("client")
        self.client = None if client is None else Client(client)


class CognitoIdentity(Described):
    """The Cognito identity of the caller; both are None without Cognito."""

    shown = ("cognito_identity_id", "cognito_identity_pool_id")

    cognito_identity_id: str | None = None
    cognito_identity_pool_id: str | None = None


class LambdaContext(Described):
    """The second argument of a handler, with the attributes of AWS's Python runtime."""

    shown = (
        "aws_request_id", "log_group_name", "log_stream_name", "function_name",
        "memory_limit_in_mb", "function_version", "invoked_function_arn", "client_context",
        "identity", "tenant_id",
    )  # fmt: skip

    def __init__(self, header: dict[str, Any], output: Output) -> None:
        self.aws_request_id: str = header["request_id"]
        self.invoked_function_arn: str = header["invoked_function_arn"]
        self.function_name = os.environ.get("AWS_LAMBDA_FUNCTION_NAME")
        self.function_version = os.environ.get("AWS_LAMBDA_FUNCTION_VERSION")
        self.memory_limit_in_mb = os.environ.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE")
        self.log_group_name = os.environ.get("AWS_LAMBDA_LOG_GROUP_NAME")
        self.log_stream_name = os.environ.get("AWS_LAMBDA_LOG_STREAM_NAME")
        self.identity = CognitoIdentity()
        self.tenant_id: str | None = None
        values = header.get("client_context")
        self.client_context = ClientContext(json.loads(values)) if values else None
        self._deadline = time.monotonic() + header["timeout_seconds"]
        self._output = output

    def get_remaining_time_in_millis(self) -> int:
        """Return the milliseconds until the invocation times out, never below 0."""
        return max(0, int((self._deadline - time.monotonic()) * 1000))

    def log(self, message: object) -> None:
        """Write to the function's log."""
        self._output.write_record(str(message))


class LambdaLogFormatter(logging.Formatter):
    """AWS's text format of log records; times are UTC."""

    def __init__(self) -> None:
        super().__init__(
            "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s",
            "%Y-%m-%dT%H:%M:%S",
        )


class LambdaLogHandler(logging.Handler):
    """Sends the root logger's records to the function's log, each with its request id."""

    def __init__(self, output: Output) -> None:
        super().__init__()
        self.output = output
        self.request_id = ""
        self.setFormatter(LambdaLogFormatter())

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record."""
        try:
            record.aws_request_id = self.request_id
            self.output.write_record(self.format(record))
        except Exception:  # noqa: BLE001 - logging's own contract: a bad record is reported, not raised
            self.handleError(record)


class ResponseEncoder(json.JSONEncoder):
    """Encodes what a handler returns, to the letter of AWS's runtime.

    There a Decimal is a number with the digits it has, a named tuple an object, and bytes are text.
    """

    def __init__(self) -> None:
        super().__init__(ensure_ascii=os.environ.get("AWS_EXECUTION_ENV") in ESCAPING_RUNTIMES)
        # Around digits that must not stay a string; no answer can hold it by chance or intent.
        self.mark = os.urandom(16).hex()

    def encode(self, value: Any) -> str:
        """Return the JSON of a value."""
        text = super().encode(translate(value) if needs_translation(value) else value)
        return text.replace(f'"{self.mark}', "").replace(f'{self.mark}"', "")

    def default(self, value: Any) -> Any:
        """Encode what JSON has no type for."""
        if isinstance(value, decimal.Decimal):
            return math.nan if value.is_nan() else f"{self.mark}{value}{self.mark}"
        if isinstance(value, bytes):
            return value.decode()
        if is_named(value):
            return value._asdict()
        return super().default(value)


def is_named(value: Any) -> bool:
    """Tell whether a value is a named tuple, or offers to be a dictionary as they do."""
    return callable(getattr(value, "_asdict", None))


def needs_translation(value: Any) -> bool:
    """Tell whether a value holds a named tuple or a key of bytes: json itself would not ask."""
    waiting, seen = [value], set()
    while waiting:
        part = waiting.pop()
        if not isinstance(part, (dict, list, tuple)) or id(part) in seen:
            continue
        if is_named(part) or (isinstance(part, dict) and bytes in map(type, part)):
            return True
        seen.add(id(part))
        waiting.extend(part.values() if isinstance(part, dict) else part)
    return False


def translate(value: Any) -> Any:
    """Return a value with dictionaries for named tuples, and with text for keys of bytes."""
    if isinstance(value, tuple) and is_named(value):
        named: Any = value
        value = named._asdict()
    if isinstance(value, dict):
        return {
            key.decode() if isinstance(key, bytes) else key: translate(part)
            for key, part in value.items()
        }
    if isinstance(value, (list, tuple)):
        return [translate(part) for part in value]
    return value


# Loading the function --------------------------------------------------------------------------


def load_handler(handler: str) -> Any:
    """Import the function's module and return its handler.

    Raises:
        InitialisationError: with AWS's error type and words.
    """
    module_name, dot, function_name = handler.rpartition(".")
    if not dot:
        reason = "not enough values to unpack (expected 2, got 1)"
        raise InitialisationError(
            "Runtime.MalformedHandlerName", f"Bad handler '{handler}': {reason}"
        )
    module = _import_module(module_name)
    try:
        return getattr(module, function_name)
    except AttributeError as error:
        message = f"Handler '{function_name}' missing on module '{module_name}'"
        raise InitialisationError("Runtime.HandlerNotFound", message) from error


def _import_module(module_name: str) -> ModuleType:
    if module_name.split(".")[0] in sys.builtin_module_names:
        message = f"Cannot use built-in module {module_name} as a handler module"
        raise InitialisationError("Runtime.BuiltInModuleConflict", message)
    try:
        return importlib.import_module(module_name.replace("/", "."))
    except ImportError as error:
        message = f"Unable to import module '{module_name}': {error}"
        raise InitialisationError("Runtime.ImportModuleError", message) from error
    except SyntaxError as error:
        stack = [f'  File "{error.filename}" Line {error.lineno}\n    {error.text}']
        message = f"Syntax error in module '{module_name}': {error}"
        raise InitialisationError("Runtime.UserCodeSyntaxError", message, stack) from error


class TemporaryFolder:
    """The scratch folder as /tmp, where the system lets a process have one of its own."""

    def __init__(self) -> None:
        self.module: Any = None

    def prepare(self) -> None:
        """Find out whether it can be had; this process must not have a second thread yet."""
        if sys.platform != "linux":
            return
        path = os.path.join(os.path.dirname(__file__), "private_folders.py")  # noqa: PTH118, PTH120 - pathlib would be imported into the function's process
        spec = importlib.util.spec_from_file_location("_private_folders", path)
        if spec is None or spec.loader is None:
            raise ModuleNotFoundError(f"{path} is missing.")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        self.module = module if module.can_be_private(find_c_library()) else None

    def take(self, header: dict[str, Any]) -> None:
        """Have it; else the folder is where TMPDIR says."""
        if self.module is None:
            return
        kept = [*header["roots"], *header["search_path"], header["bytecode_directory"]]
        kept += [*sys.path, os.path.dirname(__file__), *find_runtime_folders()]  # noqa: PTH120 - as above
        self.module.make_private(find_c_library(), header["scratch"], kept)
        for name, value in os.environ.items():
            if value == header["scratch"]:
                os.environ[name] = "/tmp"  # noqa: S108 - its own


TEMPORARY_FOLDER = TemporaryFolder()


def find_runtime_folders() -> list[str]:
    """Return the folders of boto3's packages."""
    finders = [finder for finder in sys.meta_path if isinstance(finder, RuntimePackages)]
    return [folder for finder in finders for folder in finder.site_directories]


# One worker ------------------------------------------------------------------------------------


class Worker:
    """Runs one function's handler, once for each invocation that arrives."""

    def __init__(self, channel: Channel, output: Output, settled: Callable[[], None]) -> None:
        self.settled = settled
        self.channel = channel
        self.output = output
        self.log_handler = LambdaLogHandler(output)
        self.roots: dict[str, str] = {}
        self.handler: Any = None

    def serve(self) -> NoReturn:
        """Load the function once, then answer invocations until the server hangs up."""
        header, _ = self.channel.receive()
        self._settle(header)
        self._initialise(header["handler"])
        while True:
            header, payload = self.channel.receive()
            self._invoke(header, payload)

    def _settle(self, header: dict[str, Any]) -> None:
        """Take on the function's environment, paths and limits."""
        self.output.prefix = header["output_prefix"]
        self.roots = header["roots"]
        os.environ.clear()
        os.environ.update(header["environment"])
        if hasattr(time, "tzset"):
            time.tzset()
        limit_resources(header["resource_limits"])
        TEMPORARY_FOLDER.take(header)
        self.settled()
        sys.path[:0] = header["search_path"]
        sys.pycache_prefix = header["bytecode_directory"]
        os.chdir(header["task_root"])
        logging.Formatter.converter = time.gmtime
        logging.getLogger().addHandler(self.log_handler)

    def _initialise(self, handler: str) -> None:
        started = time.perf_counter()
        try:
            self.handler = load_handler(handler)
        except InitialisationError as error:
            self._refuse_start(describe_error(error.error_type, str(error), self._map(error.stack)))
        except Exception:  # noqa: BLE001 - whatever the function's module raises is its init error
            self._refuse_start(self._describe_exception())
        duration = (time.perf_counter() - started) * 1000
        self.output.write_end()
        ready = {"kind": "ready", "milliseconds": duration, "peak": read_peak_memory()}
        self.channel.send(ready)

    def _refuse_start(self, error: dict[str, Any]) -> NoReturn:
        self.output.write_record(format_error(error))
        self.output.write_end()
        self.channel.send({"kind": "init_error", "peak": read_peak_memory()}, encode(error))
        self.channel.receive()
        os._exit(1)

    def _invoke(self, header: dict[str, Any], payload: bytes) -> None:
        self.log_handler.request_id = header["request_id"]
        os.environ["_X_AMZN_TRACE_ID"] = header["trace_id"]
        started = time.perf_counter()
        kind, answer = self._run(header, payload)
        duration = (time.perf_counter() - started) * 1000
        self.output.write_end()
        reply = {"kind": kind, "milliseconds": duration, "peak": read_peak_memory()}
        self.channel.send(reply, answer)

    def _run(self, header: dict[str, Any], payload: bytes) -> tuple[str, bytes]:
        request_id = header["request_id"]
        try:
            event = json.loads(payload)
            response = self.handler(event, LambdaContext(header, self.output))
        except Exception:  # noqa: BLE001 - the function's error is its answer
            return "error", self._report(self._describe_exception(request_id))
        try:
            answer = response if isinstance(response, bytes) else encode(response)
        except Exception as error:  # noqa: BLE001 - encoding runs the function's own classes
            message = f"Unable to marshal response: {error}"
            described = describe_error("Runtime.MarshalError", message, [], request_id)
            return "error", self._report(described)
        if len(answer) > RESPONSE_BYTES:
            return "error", encode(describe_oversize())
        return "result", answer

    def _report(self, error: dict[str, Any]) -> bytes:
        self.output.write_record(format_error(error))
        return encode(error)

    def _describe_exception(self, request_id: str = "") -> dict[str, Any]:
        kind, value, trace = sys.exc_info()
        stack = self._map(traceback.format_list(_skip_own_frames(trace)))
        try:
            message = str(value)
        except Exception as error:  # noqa: BLE001 - a __str__ of the function's own
            message = f"(the error cannot say what happened: {type(error).__name__})"
        return describe_error(kind.__name__ if kind else "", message, stack, request_id)

    def _map(self, stack: list[str]) -> list[str]:
        """Show the paths that the code has on AWS."""
        for real, shown in self.roots.items():
            stack = [entry.replace(real, shown) for entry in stack]
        return stack


def describe_error(
    error_type: str, message: str, stack: list[str], request_id: str = ""
) -> dict[str, Any]:
    """Return an error in AWS's shape."""
    return {
        "errorMessage": message,
        "errorType": error_type,
        "requestId": request_id,
        "stackTrace": stack,
    }


def describe_oversize() -> dict[str, Any]:
    """Return AWS's error for an answer of more than 6 MB."""
    message = (
        f"Response payload size exceeded maximum allowed payload size ({RESPONSE_BYTES} bytes)."
    )
    return {"errorMessage": message, "errorType": "Function.ResponseSizeTooLarge"}


def format_error(error: dict[str, Any]) -> str:
    """Return the log record of an error: its type and message, then its traceback."""
    message = f": {error['errorMessage']}" if error["errorMessage"] else ""
    lines = [f"[ERROR] {error['errorType']}{message}", "Traceback (most recent call last):"]
    for entry in error["stackTrace"]:
        for line in entry.splitlines():
            text = line.lstrip(" ")
            lines.append(ERROR_INDENT * (len(line) - len(text)) + text)
    return "\n".join(lines)


def encode(value: Any) -> bytes:
    """Encode a handler's answer, or an error, as AWS's runtime does."""
    return ResponseEncoder().encode(value).encode()


def _skip_own_frames(trace: TracebackType | None) -> list[traceback.FrameSummary]:
    """Return the function's frames, without the columns that newer Pythons underline."""
    frames = traceback.extract_tb(trace)
    first = next((i for i, frame in enumerate(frames) if frame.filename != __file__), 0)
    return [
        traceback.FrameSummary(frame.filename, frame.lineno, frame.name, line=frame.line)
        for frame in frames[first:]
    ]


def limit_resources(limits: dict[str, int]) -> None:
    """Set the POSIX limits of this process; there are none on Windows."""
    try:
        import resource
    except ImportError:
        return
    for name, wanted in limits.items():
        number = getattr(resource, name, None)
        if number is None:
            continue
        _, hard = resource.getrlimit(number)
        bound = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(number, (bound, bound))


def read_peak_memory() -> int | None:
    """Return the most bytes this process ever had resident; None where Linux does not tell."""
    try:
        with open("/proc/self/status", encoding="ascii", errors="replace") as status:  # noqa: PTH123 - pathlib would be imported into the function's process
            for line in status:
                if line.startswith("VmHWM:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        return None
    return None


# Starting --------------------------------------------------------------------------------------


def run_worker(settled: Callable[[], None] = lambda: None) -> NoReturn:
    """Turn this process into a worker; it never returns.

    Args:
        settled: is called once the process has its folders, and may have threads.
    """
    channel = Channel(os.dup(0), os.dup(1))
    output = Output(os.dup(2))
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.close(null)
    os.dup2(2, 1)
    for name, descriptor in (("stdout", 1), ("stderr", 2)):
        stream = open(  # noqa: SIM115 - open for as long as the process lives
            descriptor, "w", encoding="utf-8", errors="replace", buffering=1, closefd=False
        )
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)
    adopt_orphans()
    Worker(channel, output, settled).serve()


def adopt_orphans() -> None:
    """Keep what the function starts below this process, so that it can be ended with it (Linux)."""
    if sys.platform == "linux":
        find_c_library().prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def find_c_library() -> Any:
    """Return the C library; finding it takes milliseconds, but only the first time."""
    if not C_LIBRARIES:
        import ctypes

        C_LIBRARIES.append(ctypes.CDLL(None, use_errno=True))
    return C_LIBRARIES[0]


def preload() -> None:
    """Import boto3 and what its clients need, so that a fork has them."""
    import boto3

    for service in PRELOADED_CLIENTS:
        boto3.Session("unused", "unused", region_name="us-east-1").client(service)


def prepare_fork() -> None:
    """Do once what every fork would do again: import what is imported late, find the C library."""
    import resource

    resource.getrlimit(resource.RLIMIT_CORE)
    if sys.platform == "linux":
        # ctypes looks a function up at its first use, and keeps it.
        _ = find_c_library().prctl


def watch_parent() -> None:
    """End this process when the one that started it is gone."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(ORPHAN_CHECK_SECONDS)
        os._exit(1)

    threading.Thread(target=watch, name="parent-watch", daemon=True).start()


class Zygote:
    """A process with boto3 loaded that forks into workers; single-threaded, as forking demands."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.children: set[int] = set()
        self.wake_read, self.wake_write = os.pipe()

    def serve(self) -> NoReturn:
        """Fork when asked, report each child's end, and end with the server."""
        import gc
        import selectors

        for descriptor in (self.wake_read, self.wake_write):
            os.set_blocking(descriptor, False)
        signal.signal(signal.SIGCHLD, _note_signal)
        signal.set_wakeup_fd(self.wake_write, warn_on_full_buffer=False)
        prepare_fork()
        gc.collect()
        gc.freeze()
        self._report({"ready": True})
        with selectors.DefaultSelector() as selector:
            selector.register(self.connection, selectors.EVENT_READ, self._accept)
            selector.register(self.wake_read, selectors.EVENT_READ, self._reap)
            while True:
                for key, _ in selector.select():
                    key.data()

    def _accept(self) -> None:
        request, descriptors, _, _ = socket.recv_fds(self.connection, FORK_REQUEST.size, 3)
        if len(request) < FORK_REQUEST.size or len(descriptors) != 3:
            self._end()
        child = os.fork()
        if child == 0:
            self._become_worker(descriptors)
        for descriptor in descriptors:
            os.close(descriptor)
        self.children.add(child)
        self._report({"forked": FORK_REQUEST.unpack(request)[0], "pid": child})

    def _become_worker(self, descriptors: list[int]) -> NoReturn:
        try:
            os.setsid()
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            for target, descriptor in enumerate(descriptors):
                os.dup2(descriptor, target)
            os.closerange(3, 1024)
            run_worker()
        except SystemExit as leave:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(leave.code if isinstance(leave.code, int) else int(leave.code is not None))
        except BaseException:  # noqa: BLE001 - a fork must never fall back into the zygote's loop
            traceback.print_exc()
            sys.stderr.flush()
            os._exit(1)

    def _reap(self) -> None:
        try:
            os.read(self.wake_read, 4096)
        except BlockingIOError:
            return
        while self.children:
            child, status = os.waitpid(-1, os.WNOHANG)
            if child == 0:
                return
            self.children.discard(child)
            self._report({"exited": child, "code": os.waitstatus_to_exitcode(status)})

    def _report(self, message: dict[str, Any]) -> None:
        encoded = json.dumps(message).encode()
        try:
            self.connection.sendall(LENGTHS.pack(len(encoded), 0) + encoded)
        except OSError:
            self._end()

    def _end(self) -> NoReturn:
        """End every worker, then this process: the server is gone."""
        for child in self.children:
            try:
                os.killpg(child, signal.SIGKILL)
            except ProcessLookupError:
                continue
        os._exit(0)


def _note_signal(number: int, frame: FrameType | None) -> None:
    """Let SIGCHLD reach the wake-up descriptor; a signal that is ignored would not."""


def main(arguments: list[str]) -> NoReturn:
    """Start as a worker or as the zygote."""
    mode, parameter, *site_directories = arguments
    sys.meta_path.append(RuntimePackages(site_directories))
    sys.path[:] = [entry for entry in sys.path if entry != os.path.dirname(__file__)]  # noqa: PTH120 - as above
    if mode == "zygote":
        preload()
        TEMPORARY_FOLDER.prepare()
        Zygote(socket.socket(fileno=int(parameter))).serve()
    if parameter == "preload":
        preload()
    TEMPORARY_FOLDER.prepare()
    # Until it is settled, the end of its input tells a worker that it is alone.
    run_worker(settled=watch_parent)


if __name__ == "__main__":
    main(sys.argv[1:])
