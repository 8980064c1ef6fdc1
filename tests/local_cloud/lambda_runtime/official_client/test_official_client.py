"""Our worker answers as AWS's own runtime interface client does, field by field.

Both run the same functions. Ours is asked over HTTP, by Invoke; AWS's client gets the same event
and the same request id from a Runtime API. Differences that remain, each with its reason:

- An error while loading has an empty ``requestId`` in what the client posts to its Runtime API.
  Invoke answers with the id of the invocation that met it, as on AWS.
- Before such an error the client warns of updates of AWS's runtimes. There are none here.
- Stack traces of the client name its own folder of the code; on AWS, and here, that is /var/task.
- An error whose text cannot be had, and an answer with a lone surrogate, end the client's process.
  Here they are errors of the function that say so.
- ``context.w3c()`` exists in the client only: no documentation of Lambda's names it.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

Make = Callable[..., str]
Invoke = Callable[..., Any]
Client = Callable[..., Any]

ACCOUNT_ID = "123456789012"
FRAMING = re.compile(r"(START|END|REPORT|INIT_REPORT) ")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")

# One function for all cases; the event chooses.
CASES = """
import collections, datetime, decimal, enum, json, logging, os, sys

class NoCatError(Exception):
    pass

class Colour(enum.IntEnum):
    BLACK = 3

class Shown:
    def _asdict(self):
        return {"shown": True}

Point = collections.namedtuple("Point", "x y")
Decimal = decimal.Decimal

def fail(error):
    raise error

def recurse():
    made = []
    made.append(made)
    return made

def nest(depth):
    try:
        return nest(depth - 1) if depth else fail(NoCatError("the\\n\\tdeepest"))
    except NoCatError as error:
        raise RuntimeError("outer") from error

def log():
    logging.warning("careful: %s", "très\\nlong")
    logging.getLogger("app").error("broken", extra={"n": 1})
    logging.info("not shown")

def print_all():
    print("one\\ntwo")
    print("trois é", file=sys.stderr)

def describe(context):
    remaining = context.get_remaining_time_in_millis()
    return {
        "fields": {name: getattr(context, name) for name in (
            "aws_request_id", "function_name", "function_version", "invoked_function_arn",
            "log_group_name", "memory_limit_in_mb", "tenant_id", "client_context")},
        "identity": [context.identity.cognito_identity_id,
                     context.identity.cognito_identity_pool_id],
        "remaining": [type(remaining).__name__, 0 < remaining <= 60_000],
        "repr": repr(context).replace(context.log_stream_name, "STREAM"),
    }

EVENT = {}
CASES = {
    "nothing": lambda event, context: None,
    "event": lambda event, context: event,
    "unicode": lambda event, context: {"é ☃ 😀": "\\u2028\\x7f\\x00/<>"},
    "numbers": lambda event, context: [1.0, 1e100, -0.0, 10**30, True, 1.5e-7, Colour.BLACK],
    "not numbers": lambda event, context: [float("nan"), float("inf"), -float("inf")],
    "decimals": lambda event, context: [Decimal("1.10"), Decimal("3"), Decimal("1E+3"),
        Decimal("0.12345678901234567890123"), Decimal("-0"), Decimal("NaN"), Decimal("Infinity")],
    "keys": lambda event, context: {1: 1, None: 2, True: 3, 1.5: 4},
    "bad key": lambda event, context: {(1, 2): 1},
    "tuples": lambda event, context: {"a": (1, (2,)), "b": [Point(1, Point(2, 3))]},
    "dictionaries of their own": lambda event, context: Shown(),
    "bytes": lambda event, context: b"\\x00\\xffraw",
    "bytes inside": lambda event, context: {"a": b"caf\\xc3\\xa9", b"k": 1},
    "bad bytes inside": lambda event, context: [b"\\xff"],
    "set": lambda event, context: {1, 2},
    "date": lambda event, context: {"day": datetime.date(2026, 1, 1)},
    "circle": lambda event, context: recurse(),
    "large": lambda event, context: event["text"] * 3,
    "error": lambda event, context: fail(NoCatError("no cat: é")),
    "error without words": lambda event, context: fail(ValueError()),
    "lookup": lambda event, context: {}["gone"],
    "errors in a chain": lambda event, context: nest(2),
    "long expression": lambda event, context: [1, 2][int("0")] + len(None) + 1,
    "logging": lambda event, context: log(),
    "printing": lambda event, context: print_all(),
    "context.log": lambda event, context: context.log("from the context\\nin two lines"),
    "context": lambda event, context: describe(context),
    "trace": lambda event, context: os.environ["_X_AMZN_TRACE_ID"].split("=")[0],
    "time": lambda event, context: logging.Formatter.converter.__name__,
}

def handler(event, context):
    if event["case"] == "exit":
        sys.exit(3)
    return CASES[event["case"]](event, context)
"""
NAMES = re.findall(r'^    "(.+)": lambda', CASES, re.MULTILINE)


@dataclass(frozen=True)
class Pair:
    """One function in both: its name in the cloud, and AWS's client with the same code."""

    name: str
    official: Any


@pytest.fixture
def start_pair(make_function: Make, start_official: Callable[..., Any]) -> Callable[..., Pair]:
    """Make a function in the cloud and start AWS's client with the same files and settings."""

    def start(files: dict[str, str], handler: str, runtime: str = "python3.13") -> Pair:
        name = make_function(files, Handler=handler, Runtime=runtime, Timeout=60)
        variables = {
            "AWS_EXECUTION_ENV": f"AWS_Lambda_{runtime}",
            "AWS_LAMBDA_FUNCTION_NAME": name,
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128",
            "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{name}",
            "AWS_LAMBDA_LOG_STREAM_NAME": "STREAM",
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        }
        return Pair(name, start_official(files, handler, variables))

    return start


def ask_both(functions: Any, pair: Pair, event: dict[str, Any]) -> Any:
    """Return what each answers to an event, under one request id."""
    payload = json.dumps(event).encode()
    ours = functions.invoke(FunctionName=pair.name, Payload=payload, LogType="Tail")
    headers = {
        "Lambda-Runtime-Aws-Request-Id": ours["ResponseMetadata"]["RequestId"],
        "Lambda-Runtime-Invoked-Function-Arn": (
            f"arn:aws:lambda:us-east-1:{ACCOUNT_ID}:function:{pair.name}"
        ),
        "Lambda-Runtime-Trace-Id": "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700",
    }
    return ours, pair.official.invoke(payload, headers)


def read_log(ours: dict[str, Any]) -> list[str]:
    """Return the lines that the function and its runtime logged here, without Lambda's own."""
    lines = base64.b64decode(ours["LogResult"]).decode().splitlines()
    return [TIME.sub("TIME", line) for line in lines if not FRAMING.match(line)]


def read_official_log(answer: Any, folder: Path) -> list[str]:
    """Return the lines of AWS's client, with the code's folder as it is on AWS."""
    text = "\n".join(record.replace(str(folder), "/var/task") for record in answer.records)
    return [TIME.sub("TIME", line) for line in text.splitlines() if "LAMBDA_WARNING" not in line]


def move_stack(document: Any, folder: Path) -> Any:
    """Return an error with the code's folder as it is on AWS."""
    moved = [entry.replace(str(folder), "/var/task") for entry in document["stackTrace"]]
    return document | {"stackTrace": moved}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where AWS's client has the code."""
    return tmp_path / "task"


def show(ours: dict[str, Any]) -> dict[str, Any]:
    """Return what is comparable of our answer: payload or error, and the log's lines."""
    payload = ours["Payload"].read()
    failed = "FunctionError" in ours
    return {"answer": json.loads(payload) if failed else payload, "log": read_log(ours)}


def show_official(theirs: Any, folder: Path) -> dict[str, Any]:
    """Return the same of AWS's client."""
    failed = theirs.kind == "error"
    answer = move_stack(theirs.document, folder) if failed else theirs.body
    return {"answer": answer, "log": read_official_log(theirs, folder)}


def test_every_case_is_answered_as_by_awss_client(
    client: Client, start_pair: Callable[..., Pair], folder: Path
) -> None:
    """Results byte by byte, errors field by field with their stacks, logs line by line."""
    pair = start_pair({"handler.py": CASES}, "handler.handler")
    expected, actual = {}, {}
    functions = client("lambda")

    for name in NAMES:
        event = {"case": name, "n": 1.5, "text": "é" * 900_000 if name == "large" else ""}
        ours, theirs = ask_both(functions, pair, event)
        expected[name], actual[name] = show_official(theirs, folder), show(ours)

    # One at a time: a difference is then in sight, however long the other answers are.
    for name, answer in expected.items():
        assert answer == actual[name]


def test_a_handler_that_exits_has_the_clients_status(
    client: Client, start_pair: Callable[..., Pair]
) -> None:
    """AWS's client ends with that status and answers nothing; Lambda says which it was."""
    pair = start_pair({"handler.py": CASES}, "handler.handler")

    ours, theirs = ask_both(client("lambda"), pair, {"case": "exit"})

    assert ("exit", 3) == (theirs.kind, theirs.status)
    assert json.loads(ours["Payload"].read())["errorMessage"].endswith("exit status 3")


def test_older_runtimes_escape_what_is_not_ascii(
    client: Client, start_pair: Callable[..., Pair], folder: Path
) -> None:
    """Up to Python 3.11 the answer's text is escaped, in results and in errors."""
    pair = start_pair({"handler.py": CASES}, "handler.handler", "python3.11")

    for name in ("unicode", "error"):
        ours, theirs = ask_both(client("lambda"), pair, {"case": name})
        payload = ours["Payload"].read()
        assert payload.isascii()
        assert theirs.body.isascii()
        document = json.loads(payload)
        if theirs.kind == "response":
            assert theirs.body == payload
        else:
            assert move_stack(theirs.document, folder) == document


@pytest.mark.parametrize(
    ("handler", "source"),
    [
        ("handler.handler", "import PIL\n"),
        ("handler.handler", "from os import nothing\n"),
        ("absent.handler", ""),
        ("handler.absent", "x = 1\n"),
        ("handler", ""),
        ("sys.exit", ""),
        ("handler.handler", "def handler(:\n    pass\n"),
        ("handler.handler", "if True:\nx = 1\n"),
        ("handler.handler", "print('loading')\ndef check():\n    return 1 / 0\ncheck()\n"),
        ("handler.handler", "raise Exception\n"),
    ],
)
def test_errors_while_loading_are_those_of_awss_client(
    client: Client, start_pair: Callable[..., Pair], folder: Path, handler: str, source: str
) -> None:
    """Type, message, stack and log lines are the same; Invoke adds the request id.

    Lambda lets a function load again when it could not, so its lines are there twice.
    """
    pair = start_pair({"handler.py": source}, handler)
    theirs = pair.official.answer()
    ours = client("lambda").invoke(FunctionName=pair.name, LogType="Tail")
    document = json.loads(ours["Payload"].read())

    assert "init/error" == theirs.kind
    assert theirs.document["errorType"] == theirs.error_type
    expected = move_stack(theirs.document, folder)
    assert expected | {"requestId": ours["ResponseMetadata"]["RequestId"]} == document
    shown = [line.replace(str(folder), "/var/task") for line in read_official_log(theirs, folder)]
    assert shown * 2 == read_log(ours)
