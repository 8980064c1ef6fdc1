"""Lesson 3's exercises, questions and checkpoint."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from workshop_lib.aws import buckets, functions, logs, roles
from workshop_lib.checks.answers import number, shorten, text
from workshop_lib.checks.callables import call_answer
from workshop_lib.checks.checkpoints import Requirement
from workshop_lib.checks.evidence import Evidence
from workshop_lib.checks.exercises import Exercise
from workshop_lib.checks.outcomes import WrongAnswerError, require
from workshop_lib.checks.policies import is_allowed, read_statements
from workshop_lib.checks.quizzes import Option, Quiz
from workshop_lib.errors import ResourceNotReadyError
from workshop_lib.lessons.contracts import UPLOADS
from workshop_lib.ui.progress import wait_until

# An asynchronous call --------------------------------------------------------------------------

TAKEN, ANSWERED, DRY_RUN = 202, 200, 204
SECONDS_TO_THE_LOG = 30


def check_do_not_wait(answer: Any, evidence: Evidence) -> None:
    """Hold that Lambda took the event and said so at once, and that reco-image then got it."""
    require(
        not isinstance(answer, functions.Invocation),
        "The workshop's invoke_function waits for the function's answer.",
        "Call lambda_.invoke yourself, with one more parameter.",
    )
    status = answer.get("StatusCode") if type(answer) is dict else None
    if type(status) is not int:
        raise WrongAnswerError(
            f"This is no answer of lambda_.invoke: {shorten(answer)}.",
            "Write taken = lambda_.invoke(…), and give the check the whole answer.",
        )
    require(
        status != ANSWERED,
        "Status 200: you waited until the function had answered.",
        'Ask for the other way: InvocationType="Event".',
    )
    require(
        status != DRY_RUN,
        "Status 204: a dry run only asks whether you may call the function.",
        'The event is to be taken for real: InvocationType="Event".',
    )
    require(
        status == TAKEN,
        f"Lambda answered {status}, and an event that was taken is answered by 202.",
        "Read the answer: its FunctionError or its message says why.",
    )
    _require_that_it_ran(answer, evidence)


def _require_that_it_ran(answer: dict[str, Any], evidence: Evidence) -> None:
    metadata = answer.get("ResponseMetadata")
    request_id = metadata.get("RequestId") if type(metadata) is dict else None
    require(
        isinstance(request_id, str) and len(request_id) > 0,
        "This says 202, and not of which request.",
        "Give the check the whole answer of lambda_.invoke, as it came.",
    )
    log = evidence.names.log_group("reco-image")
    try:
        wait_until(
            lambda: logs.read_log(evidence.client("logs"), log, contains=str(request_id)),
            "reco-image's log to tell of the event",
            timeout_seconds=SECONDS_TO_THE_LOG,
        )
    except ResourceNotReadyError as error:
        raise WrongAnswerError(
            "Lambda took an event, and reco-image's log does not tell of it.",
            "Is FunctionName the name of reco-image? If it is, read its log, and run this again.",
        ) from error


DO_NOT_WAIT = Exercise(
    name="do-not-wait",
    question=(
        "Call reco-image as S3 will: with the same event, and without waiting for its answer. The "
        "call is lambda_.invoke."
    ),
    hints=(
        "lambda_.invoke takes FunctionName, Payload and InvocationType.",
        "Payload is text: json.dumps(event). There are three types of invocation; one of them "
        "does not wait.",
        'lambda_.invoke(FunctionName=function.name, InvocationType="Event", '
        "Payload=json.dumps(event))",
    ),
    check=check_do_not_wait,
    why=(
        "202, accepted: Lambda keeps the event in its queue, and you know nothing yet of how it "
        "went. That is what S3 gets, too; the result stands in the log."
    ),
)

# The key in the event --------------------------------------------------------------------------

# How S3 writes a key into its event, the key itself, and what another result would mean.
KEYS = (
    (
        "cat.jpg",
        "cat.jpg",
        "Return only the key, without the bucket's name and without changes to its letters.",
    ),
    (
        "My+photo.jpg",
        "My photo.jpg",
        "A space comes as +, which unquote leaves alone; unquote_plus does not.",
    ),
    (
        "%C3%89t%C3%A9.jpg",
        "Été.jpg",
        "Accents come as % and two digits for each byte: urllib.parse has a function for that.",
    ),
    (
        "1%2B1.jpg",
        "1+1.jpg",
        "A real plus comes as %2B. Replacing + after decoding hits it too; unquote_plus does it "
        "in the right order.",
    ),
    (
        "100%2525.jpg",
        "100%25.jpg",
        "It was decoded twice. Once is enough.",
    ),
)


def check_decode_key(answer: Any, evidence: Evidence) -> None:
    """Hold, by calling it, that the function returns the keys under which S3 has the objects."""
    for encoded, key, reason in KEYS:
        record = _make_record(evidence.names.images_bucket, UPLOADS + encoded)
        shown = f"a record of the key {UPLOADS}{encoded}"
        returned = call_answer(answer, record, shown=shown)
        require(
            returned == UPLOADS + key,
            f"Called with {shown}, your function returned {shorten(returned)}; the object's key "
            f"is {UPLOADS}{key}.",
            reason,
        )


def _make_record(bucket: str, encoded_key: str) -> dict[str, Any]:
    return {
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "eventName": "ObjectCreated:Put",
        "s3": {
            "s3SchemaVersion": "1.0",
            "bucket": {"name": bucket, "arn": f"arn:aws:s3:::{bucket}"},
            "object": {"key": encoded_key, "size": 1024, "sequencer": "0068F1A2B3C4D5E6F7"},
        },
    }


DECODE_KEY = Exercise(
    name="decode-key",
    question=(
        "Write a function that takes one record of S3's event and returns the key under which the "
        "object stands in the bucket."
    ),
    hints=(
        'The key stands in record["s3"]["object"]["key"], encoded as in a web address.',
        "The module urllib.parse decodes such texts. It has two functions; one knows the plus.",
        'Import unquote_plus from urllib.parse, and return unquote_plus(record["s3"]["object"]'
        '["key"]).',
    ),
    check=check_decode_key,
    why=(
        "The check called your function with a space, accents, a plus and a per cent sign, and got "
        "the key that S3 has each time."
    ),
)

# A client made once ----------------------------------------------------------------------------

MAKERS = frozenset({"client", "resource", "Session"})
CACHES = frozenset({"cache", "lru_cache"})
FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


def check_client_once(answer: Any, evidence: Evidence) -> None:
    """Hold that the source makes its client outside the handler, and uses it there."""
    module = _parse(text(answer, called="source"))
    handler = _find_handler(module)
    require(
        any(isinstance(node, ast.Import | ast.ImportFrom) for node in module.body),
        "The source imports nothing, and would fail with a NameError.",
        "Keep `import boto3` at its top.",
    )
    require(
        any(_makes_client(node) for node in ast.walk(module)),
        "Nowhere in the source is a client made.",
        'Keep s3 = boto3.client("s3"), and move it.',
    )
    _require_made_once(module)
    made = _list_global_clients(module)
    used = {node.id for node in ast.walk(handler) if isinstance(node, ast.Name)}
    require(
        bool(made & used),
        "The handler does not use what is made outside of it.",
        "Let the handler return s3.meta.region_name as before.",
    )


def _parse(source: str) -> ast.Module:
    try:
        return ast.parse(source)
    except SyntaxError as error:
        raise WrongAnswerError(
            f"Python cannot read the source: {error.msg} in line {error.lineno}.",
            "Compare with the text in `slower`, above all the indentation.",
        ) from error
    # A text may hold a null byte, or nest deeper than the parser goes.
    except (ValueError, RecursionError, MemoryError) as error:
        raise WrongAnswerError(
            "Python cannot read the source.", "Start again from the text in `slower`."
        ) from error


def _find_handler(module: ast.Module) -> ast.FunctionDef:
    for node in module.body:
        if isinstance(node, ast.FunctionDef) and node.name == "handler":
            require(
                len(node.args.args) == 2,
                "Lambda calls the handler with two things, the event and the context.",
                "Write def handler(event, context):",
            )
            return node
    raise WrongAnswerError(
        "There is no function called handler in the source.",
        "Give the whole source as a text in triple quotes, with def handler(event, context):",
    )


def _require_made_once(module: ast.Module) -> None:
    for function in _list_functions(module):
        if any(_makes_client(node) for node in ast.walk(function)) and not _is_cached(function):
            raise WrongAnswerError(
                f"The client is still made inside {function.name}, at every call.",
                f"Move the line above def {function.name}, without indentation.",
            )


def _list_functions(module: ast.Module) -> Iterator[FunctionNode]:
    return (node for node in ast.walk(module) if isinstance(node, FunctionNode))


def _list_global_clients(module: ast.Module) -> set[str]:
    """The names that hold a client outside of functions, or that make one and keep it."""
    names = {f.name for f in _list_functions(module) if _is_cached(f)}
    for statement in module.body:
        if isinstance(statement, FunctionNode):
            continue
        if any(_makes_client(node) for node in ast.walk(statement)):
            stored = [n for n in ast.walk(statement) if isinstance(n, ast.Name)]
            names |= {node.id for node in stored if isinstance(node.ctx, ast.Store)}
    return names


def _makes_client(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and _last_name(node.func) in MAKERS


def _is_cached(function: FunctionNode) -> bool:
    found = (d.func if isinstance(d, ast.Call) else d for d in function.decorator_list)
    return any(_last_name(decorator) in CACHES for decorator in found)


def _last_name(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


CLIENT_ONCE = Exercise(
    name="client-once",
    question=(
        "The source in `slower` makes its client at every call. Write the source, as a text, that "
        "makes it once for each environment."
    ),
    hints=(
        "What runs once, in the cold start, and what at every call? Look at the small table.",
        "Everything that is not indented under def handler runs once.",
        'Put s3 = boto3.client("s3") between the import and def handler, and nothing else changes.',
    ),
    check=check_client_once,
    why=(
        "The client is made in the cold start, and every later call finds it. The measurement "
        "below shows what that is worth."
    ),
)

# Memory ----------------------------------------------------------------------------------------

# Milliseconds for a picture at some sizes of memory, in megabytes.
MEASURED = {512: 2_000, 1024: 900, 2048: 800, 4096: 780}
LONGEST_MS = 1_000


def check_size_memory(answer: Any, evidence: Evidence) -> None:
    """Hold that it is the cheapest size that is fast enough."""
    chosen = number(answer, called="memory")
    sizes = ", ".join(f"{size:,}" for size in MEASURED)
    require(
        chosen in MEASURED,
        f"{chosen:g} is none of the sizes that were measured.",
        f"Give the megabytes, one of {sizes}.",
    )
    size = int(chosen)
    require(
        MEASURED[size] <= LONGEST_MS,
        f"At {size:,} MB a picture takes {MEASURED[size]:,} ms, which is too long, and it is not "
        "even the cheapest: the smallest memory has the slowest processor.",
        "Multiply gigabytes by seconds for each row, and compare those that are fast enough.",
    )
    cheapest = min(MEASURED, key=_gigabyte_seconds)
    require(
        size == cheapest,
        f"{size:,} MB is fast enough, and costs {_gigabyte_seconds(size):.2f} gigabyte-seconds a "
        "picture; there is a cheaper size that is fast enough, too.",
        "Multiply gigabytes by seconds for each row: 1,024 MB are one gigabyte.",
    )


def _gigabyte_seconds(size: int) -> float:
    return size / 1024 * MEASURED[size] / 1000


SIZE_MEMORY = Exercise(
    name="size-memory",
    question=(
        "Which of the four sizes, in megabytes, is the cheapest at which a picture takes no longer "
        "than a second?"
    ),
    hints=(
        "You pay gigabytes times seconds. Which row has the smallest product?",
        "512 MB for 2 seconds are 1.0 gigabyte-seconds. Work out the other three.",
        "1,024 MB for 0.9 seconds are 0.9; 2,048 MB for 0.8 seconds are 1.6.",
    ),
    check=check_size_memory,
    why=(
        "0.9 gigabyte-seconds against 1.0, 1.6 and 3.12. More memory brings more processor, and up "
        "to a point the time saved is worth more than the memory."
    ),
)

EXERCISES = (DO_NOT_WAIT, DECODE_KEY, CLIENT_ONCE, SIZE_MEMORY)

# Questions -------------------------------------------------------------------------------------

QUIZZES = (
    Quiz(
        name="who-tries-again",
        question="reco-image raises an error for an uploaded picture. What happens next?",
        options=(
            Option(
                "The browser that uploaded is told",
                "Its upload has been answered long ago; it asked S3, and S3 had the picture.",
            ),
            Option(
                "S3 sends the event again",
                "S3 handed the event over and is done with it.",
            ),
            Option(
                "Lambda calls the function again, twice at most",
                "Lambda keeps the event in a queue of its own; after three failures it goes to the "
                "queue of failures.",
            ),
        ),
        right="c",
    ),
    Quiz(
        name="new-layer",
        question="You publish a new version of the layer. Which version does reco-image use now?",
        options=(
            Option(
                "The new one, from its next call",
                "A function names one version of a layer, and keeps to it.",
            ),
            Option(
                "The old one, until you change its configuration",
                "Versions never change, and a function names one. So nothing changes unasked.",
            ),
            Option(
                "The new one, from its next cold start",
                "A cold start fetches the version that the function names, which is the old one.",
            ),
        ),
        right="b",
    ),
    Quiz(
        name="warm-memory",
        question="A handler appends every key to a list outside of itself. What is in that list?",
        options=(
            Option(
                "Some keys: those that this environment has seen since its cold start",
                "An environment keeps what is outside the handler, and there may be many, or a new "
                "one at any time.",
            ),
            Option(
                "All keys since the function was made",
                "Every environment has a list of its own, and loses it when it ends.",
            ),
            Option(
                "Only the key of the call at hand",
                "That would hold if everything ran anew; a warm call runs the handler only.",
            ),
        ),
        right="a",
    ),
)

# Checkpoint ------------------------------------------------------------------------------------


def look_for_function(evidence: Evidence) -> None:
    """See whether reco-image stands with its layer."""
    names = evidence.names
    name = names.function("reco-image")
    function = functions.describe_function(evidence.client("lambda"), name)
    if function is None:
        raise WrongAnswerError(f"There is no function {name}.", "Run “Build the function”.")
    require(
        any(f":{names.layer('recogniser')}:" in arn for arn in function.layers),
        f"{name} has lost its layer, and cannot import the recogniser.",
        "Run the cell “function” of “Build the function” again.",
    )


def look_for_right(evidence: Evidence) -> None:
    """See whether the role may read pictures, and not write them."""
    again = "Run the cell “role” of “Build the function” again."
    role = roles.describe_role(evidence.client("iam"), evidence.names.role("reco-image"))
    if role is None:
        raise WrongAnswerError("There is no role for reco-image.", again)
    statements = [s for policy in role.policies.values() for s in read_statements(policy)]
    picture = f"{evidence.names.bucket_arn(evidence.names.images_bucket)}/{UPLOADS}cat.jpg"
    require(
        is_allowed(statements, "s3:GetObject", picture),
        "The role of reco-image may not read pictures.",
        again,
    )
    require(
        not is_allowed(statements, "s3:PutObject", picture),
        "The role of reco-image may also write pictures, which it does not need.",
        again,
    )


def look_for_event(evidence: Evidence) -> None:
    """See whether the bucket calls the function, and may."""
    names = evidence.names
    arn = names.function_arn("reco-image")
    rules = buckets.list_notifications(evidence.client("s3"), names.images_bucket)
    require(
        any(rule.destination_arn == arn and UPLOADS.startswith(rule.prefix) for rule in rules),
        "The bucket has no rule that calls reco-image for uploads.",
        "Run the cells of “Let the bucket call it”.",
    )
    permissions = functions.read_permissions(
        evidence.client("lambda"), names.function("reco-image")
    )
    bucket_arn = names.bucket_arn(names.images_bucket)
    require(
        any(
            (p.principal, p.source_arn, p.source_account)
            == ("s3.amazonaws.com", bucket_arn, names.account_id)
            for p in permissions
        ),
        "reco-image does not let your bucket, in your account, call it.",
        "Run the cells of “Let the bucket call it”.",
    )


def look_for_safety_net(evidence: Evidence) -> None:
    """See whether failed events are tried again, and kept at last."""
    names = evidence.names
    found = functions.describe_asynchronous_retries(
        evidence.client("lambda"), names.function("reco-image")
    )
    again = "Run the cell “retries” of “Build the function” again."
    require(
        found is not None and found.failure_destination_arn == names.queue_arn("failed"),
        "Events that fail in the end are lost: there is no queue for them.",
        again,
    )
    require(
        found is not None and found.retries == 2,
        "Failed events are not tried again twice.",
        again,
    )


REQUIREMENTS = (
    Requirement("reco-image stands, with its layer", look_for_function),
    Requirement("Its role may read pictures, and not write them", look_for_right),
    Requirement("An upload calls it, and no other account's bucket may", look_for_event),
    Requirement("What fails is tried twice more, and kept at last", look_for_safety_net),
)

HINTS = {
    "notification": (
        "S3 refuses the rule unless the function lets it in first: run the cell “permission”.",
        "The rule replaces all rules of the bucket; Id, LambdaFunctionArn, Events and Filter are "
        "what it needs.",
    ),
    "results": (
        "Is the rule there? The cell “notification-inspect” shows it.",
        "Read the function's log: an error in the handler stands there with its traceback.",
    ),
}
