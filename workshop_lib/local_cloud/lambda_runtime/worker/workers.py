"""One worker: it runs one function's handler, once for each invocation that arrives."""

from __future__ import annotations

import json
import logging
import os
import sys
import time
import traceback
from collections.abc import Callable
from typing import Any, NoReturn

from .answers import RESPONSE_BYTES, describe_error, describe_oversize, encode, format_error
from .handlers import InitialisationError, LambdaContext, list_frames, load_handler
from .messages import LambdaLogHandler, Output, read_message, write_message
from .own_processes import TemporaryFolder, adopt_orphans, limit_resources, read_peak_memory


def run_worker(folder: TemporaryFolder, settled: Callable[[], None] = lambda: None) -> NoReturn:
    """Turn this process into a worker; it never returns.

    Args:
        folder: what stands for /tmp.
        settled: is called once the process has its folders, and may have threads.
    """
    worker = Worker(folder, settled)
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
    worker.serve()


class Worker:
    """Runs one function's handler, once for each invocation that arrives.

    It keeps the standard streams for itself, by descriptors that no child inherits.
    """

    def __init__(self, folder: TemporaryFolder, settled: Callable[[], None]) -> None:
        self.folder, self.settled = folder, settled
        self.requests, self.replies = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
        self.output = Output(os.dup(2))
        self.log_handler = LambdaLogHandler(self.output)
        self.roots: dict[str, str] = {}
        self.handler: Any = None

    def serve(self) -> NoReturn:
        """Load the function once, then answer invocations until the server hangs up."""
        header, _ = self._receive()
        self._settle(header)
        self._initialise(header["handler"])
        while True:
            header, payload = self._receive()
            self._invoke(header, payload)

    def _receive(self) -> tuple[dict[str, Any], bytes]:
        """Return the next request; the process ends where the server is gone."""
        message = read_message(self.requests)
        if message is None:
            os._exit(0)
        return message

    def _reply(self, kind: str, milliseconds: float, payload: bytes = b"") -> None:
        self.output.write_end()
        header = {"kind": kind, "milliseconds": milliseconds, "peak": read_peak_memory()}
        write_message(self.replies, header, payload)

    def _settle(self, header: dict[str, Any]) -> None:
        """Take on the function's environment, paths and limits."""
        self.output.prefix = header["output_prefix"]
        self.roots = header["roots"]
        os.environ.clear()
        os.environ.update(header["environment"])
        if hasattr(time, "tzset"):
            time.tzset()
        limit_resources(header["resource_limits"])
        self.folder.take(header)
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
        self._reply("ready", (time.perf_counter() - started) * 1000)

    def _refuse_start(self, error: dict[str, Any]) -> NoReturn:
        self._reply("init_error", 0.0, self._report(error))
        self._receive()
        os._exit(1)

    def _invoke(self, header: dict[str, Any], payload: bytes) -> None:
        self.log_handler.request_id = header["request_id"]
        os.environ["_X_AMZN_TRACE_ID"] = header["trace_id"]
        started = time.perf_counter()
        kind, answer = self._run(header, payload)
        self._reply(kind, (time.perf_counter() - started) * 1000, answer)

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
        stack = self._map(traceback.format_list(list_frames(trace)))
        try:
            message = str(value)
        except Exception as error:  # noqa: BLE001 - a __str__ of the function's own
            message = f"(the error cannot say what happened: {type(error).__name__})"
        return describe_error(kind.__name__ if kind else "", message, stack, request_id)

    def _map(self, stack: list[str]) -> list[str]:
        """Show the paths that the code, this runtime and its packages have on AWS."""
        for real, shown in self.roots.items():
            stack = [entry.replace(real, shown) for entry in stack]
        return stack
