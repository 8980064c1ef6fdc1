"""Functions run as on AWS: what they see, what they answer, what their log says."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

ECHO = "def handler(event, context):\n    return event\n"
PROCESS = "import os\ndef handler(event, context):\n    return os.getpid()\n"

Make = Callable[..., str]
Invoke = Callable[..., Any]
Client = Callable[..., Any]


def test_a_function_answers_with_what_its_handler_returns(
    make_function: Make, invoke: Invoke
) -> None:
    """The handler's return value is the payload, with status 200 and the executed version."""
    answer = invoke(make_function(ECHO), {"name": "chat très noir", "n": 1.5})

    assert {"name": "chat très noir", "n": 1.5} == answer.payload
    assert answer.error is None
    assert 200 == answer.raw["StatusCode"]
    assert "$LATEST" == answer.raw["ExecutedVersion"]


def test_a_warm_environment_is_used_again(make_function: Make, invoke: Invoke) -> None:
    """The second call runs in the process of the first, and only the first was a cold start."""
    name = make_function(PROCESS)

    first, second = invoke(name), invoke(name)

    assert first.payload == second.payload
    assert "Init Duration" in first.log
    assert "Init Duration" not in second.log


def test_new_code_and_new_configuration_start_a_new_environment(
    make_function: Make, invoke: Invoke, client: Client, zip_files: Callable[..., bytes]
) -> None:
    """After either update the old process is not used again, and the new one has the change."""
    name = make_function(PROCESS)
    first = invoke(name)
    code = (
        "import os\ndef handler(event, context):\n    return [os.getpid(), os.environ['COUNT']]\n"
    )
    client("lambda").update_function_code(
        FunctionName=name, ZipFile=zip_files({"handler.py": code})
    )
    client("lambda").update_function_configuration(
        FunctionName=name, Environment={"Variables": {"COUNT": "1"}}
    )

    second = invoke(name)
    client("lambda").update_function_configuration(
        FunctionName=name, Environment={"Variables": {"COUNT": "2"}}
    )
    third = invoke(name)

    assert ["1", "2"] == [second.payload[1], third.payload[1]]
    assert 3 == len({first.payload, second.payload[0], third.payload[0]})


def test_the_log_has_awss_lines(make_function: Make, invoke: Invoke, client: Client) -> None:
    """START, what was printed, END and REPORT are in CloudWatch, in a stream with AWS's name."""
    name = make_function("print('loading')\ndef handler(event, context):\n    print('one\\ntwo')\n")
    answer = invoke(name)
    logs = client("logs")

    streams = logs.describe_log_streams(logGroupName=f"/aws/lambda/{name}")["logStreams"]
    stream = streams[0]["logStreamName"]
    events = logs.get_log_events(logGroupName=f"/aws/lambda/{name}", logStreamName=stream)
    messages = [event["message"].rstrip("\n") for event in events["events"]]

    request_id = answer.raw["ResponseMetadata"]["RequestId"]
    assert re.fullmatch(r"\d{4}/\d\d/\d\d/\[\$LATEST\][0-9a-f]{32}", stream)
    assert [
        "loading",
        f"START RequestId: {request_id} Version: $LATEST",
        "one",
        "two",
        f"END RequestId: {request_id}",
    ] == messages[:-1]
    assert re.fullmatch(
        rf"REPORT RequestId: {request_id}\tDuration: [\d.]+ ms\tBilled Duration: \d+ ms\t"
        r"Memory Size: 128 MB\tMax Memory Used: \d+ MB\tInit Duration: [\d.]+ ms\t",
        messages[-1],
    )


def test_the_log_tail_is_its_last_four_kilobytes(make_function: Make, invoke: Invoke) -> None:
    """LogType=Tail answers with at most 4 KB, the end of the log; without it there is none."""
    name = make_function("def handler(event, context):\n    print('x' * 9000)\n")

    answer = invoke(name)

    assert 4096 == len(answer.log)
    assert answer.log.rstrip().splitlines()[-1].startswith("REPORT")


def test_logging_is_set_up_as_on_aws(make_function: Make, invoke: Invoke) -> None:
    """The root logger writes level, time, request id and message, separated by tabs."""
    code = (
        "import logging\nlog = logging.getLogger('mine')\nlog.setLevel('INFO')\n"
        "def handler(event, context):\n    log.info('%s found', 3)\n    log.debug('hidden')\n"
    )
    answer = invoke(make_function(code))

    request_id = answer.raw["ResponseMetadata"]["RequestId"]
    pattern = rf"\[INFO\]\t\d{{4}}-\d\d-\d\dT[\d:]+\.\d{{3}}Z\t{request_id}\t3 found\n"
    assert re.search(pattern, answer.log)
    assert "hidden" not in answer.log


def test_output_of_c_code_and_child_processes_is_in_the_log(
    make_function: Make, invoke: Invoke
) -> None:
    """What is written past Python, straight to the descriptors, is captured too."""
    code = (
        "import os, subprocess, sys\ndef handler(event, context):\n"
        "    os.write(1, b'raw\\n')\n    print('err', file=sys.stderr)\n"
        "    subprocess.run([sys.executable, '-c', 'print(\"child\")'], check=True)\n"
    )
    lines = invoke(make_function(code)).log.splitlines()

    assert ["raw", "err", "child"] == lines[1:4]


def test_a_partial_last_line_is_logged(make_function: Make, invoke: Invoke) -> None:
    """A print without newline is not lost, and not mixed up with the next invocation."""
    name = make_function("def handler(event, context):\n    print('no newline', end='')\n")

    assert "\nno newline\nEND " in invoke(name).log
    assert "\nno newline\nEND " in invoke(name).log


def test_the_context_has_awss_attributes(make_function: Make, invoke: Invoke) -> None:
    """Names, limits, ids, remaining time and identity are those of AWS; there is no client."""
    code = """
import time
def handler(event, context):
    first = context.get_remaining_time_in_millis()
    time.sleep(0.02)
    return {
        "name": context.function_name, "version": context.function_version,
        "arn": context.invoked_function_arn, "memory": context.memory_limit_in_mb,
        "request": context.aws_request_id, "group": context.log_group_name,
        "stream": context.log_stream_name, "identity": context.identity.cognito_identity_id,
        "client": context.client_context,
        "first": first, "second": context.get_remaining_time_in_millis(),
    }
"""
    name = make_function(code, Timeout=7, MemorySize=192)
    answer = invoke(name)

    payload = answer.payload
    assert name == payload["name"]
    assert "$LATEST" == payload["version"]
    assert f"arn:aws:lambda:us-east-1:123456789012:function:{name}" == payload["arn"]
    assert "192" == payload["memory"]
    assert answer.raw["ResponseMetadata"]["RequestId"] == payload["request"]
    assert f"/aws/lambda/{name}" == payload["group"]
    assert "[$LATEST]" in payload["stream"]
    assert payload["identity"] is None
    assert payload["client"] is None
    assert 7000 >= payload["first"] > payload["second"] > 0


def test_the_environment_is_awss_and_the_functions_own(make_function: Make, invoke: Invoke) -> None:
    """Only AWS's variables, the function's, and what closes this machine's secrets off."""
    code = "import os\ndef handler(event, context):\n    return dict(os.environ)\n"
    name = make_function(code, Environment={"Variables": {"TABLE_NAME": "t"}})

    environment = invoke(name).payload

    assert "t" == environment["TABLE_NAME"]
    assert name == environment["AWS_LAMBDA_FUNCTION_NAME"]
    assert "handler.handler" == environment["_HANDLER"]
    assert "us-east-1" == environment["AWS_REGION"]
    assert "AWS_Lambda_python3.13" == environment["AWS_EXECUTION_ENV"]
    assert ":UTC" == environment["TZ"]
    assert environment["AWS_ACCESS_KEY_ID"].startswith("ASIA")
    assert environment["AWS_ENDPOINT_URL"].startswith("http://127.0.0.1:")
    foreign = {"VIRTUAL_ENV", "PYTHONPATH", "USER", "SHELL", "PYTEST_CURRENT_TEST"}
    assert not foreign & environment.keys()


def test_unchanged_boto3_code_reaches_the_local_cloud_as_the_functions_role(
    make_function: Make, invoke: Invoke, role_arn: str
) -> None:
    """A client made without arguments calls this cloud, with a session of the role."""
    code = (
        "import boto3\nsts = boto3.client('sts')\ndef handler(event, context):\n"
        "    return sts.get_caller_identity()['Arn']\n"
    )
    name = make_function(code)

    expected = role_arn.replace(":iam:", ":sts:").replace(":role/", ":assumed-role/")
    assert f"{expected}/{name}" == invoke(name).payload


def test_nothing_of_the_workshops_packages_is_seen(make_function: Make, invoke: Invoke) -> None:
    """Only the standard library and boto3's packages can be imported, not what lies beside."""
    code = """
import importlib
def handler(event, context):
    found = []
    for name in event:
        try:
            importlib.import_module(name)
            found.append(name)
        except ModuleNotFoundError:
            pass
    return found
"""
    wanted = ["boto3", "botocore", "urllib3", "dateutil.parser", "sqlite3"]
    hidden = ["numpy", "PIL", "moto", "workshop_lib", "requests", "yaml", "psutil", "pip"]

    assert wanted == invoke(make_function(code), wanted + hidden).payload


def test_a_missing_layer_is_awss_import_error(make_function: Make, invoke: Invoke) -> None:
    """The error, its message and its shape are those that AWS answers."""
    answer = invoke(make_function("import PIL\ndef handler(event, context):\n    return 1\n"))

    assert "Unhandled" == answer.error
    assert {
        "errorMessage": "Unable to import module 'handler': No module named 'PIL'",
        "errorType": "Runtime.ImportModuleError",
        "requestId": answer.raw["ResponseMetadata"]["RequestId"],
        "stackTrace": [],
    } == answer.payload
    assert "[ERROR] Runtime.ImportModuleError: Unable to import module 'handler'" in answer.log
    assert "Init Duration: " not in answer.log.splitlines()[-1]


@pytest.mark.parametrize(
    ("handler", "files", "error_type", "message"),
    [
        ("handler.nope", {"handler.py": ECHO}, "Runtime.HandlerNotFound",
         "Handler 'nope' missing on module 'handler'"),
        ("nope", {"handler.py": ECHO}, "Runtime.MalformedHandlerName", "Bad handler 'nope'"),
        ("handler.handler", {"handler.py": "def handler(:\n"}, "Runtime.UserCodeSyntaxError",
         "Syntax error in module 'handler'"),
        ("handler.handler", {"handler.py": "1 / 0\n"}, "ZeroDivisionError", "division by zero"),
        ("handler.handler", {"handler.py": "def handler(e, c):\n    return {1, 2}\n"},
         "Runtime.MarshalError",
         "Unable to marshal response: Object of type set is not JSON serializable"),
    ],
)  # fmt: skip
def test_errors_have_awss_types_and_words(
    make_function: Make,
    invoke: Invoke,
    handler: str,
    files: dict[str, str],
    error_type: str,
    message: str,
) -> None:
    """What goes wrong before or after the handler is named as on AWS."""
    answer = invoke(make_function(files, Handler=handler))

    assert "Unhandled" == answer.error
    assert error_type == answer.payload["errorType"]
    assert answer.payload["errorMessage"].startswith(message)


def test_an_exception_comes_with_its_stack(make_function: Make, invoke: Invoke) -> None:
    """errorMessage, errorType and a stackTrace with the path that the code has on AWS."""
    code = "def handler(event, context):\n    raise ValueError('no cat')\n"
    answer = invoke(make_function(code))

    stack = [
        "  File \"/var/task/handler.py\", line 2, in handler\n    raise ValueError('no cat')\n"
    ]
    assert "no cat" == answer.payload["errorMessage"]
    assert "ValueError" == answer.payload["errorType"]
    assert stack == answer.payload["stackTrace"]
    assert "[ERROR] ValueError: no cat\nTraceback (most recent call last):\n" in answer.log


def test_a_stack_names_no_place_of_this_machine(make_function: Make, invoke: Invoke) -> None:
    """The runtime and its packages stand in a trace where they stand on AWS."""
    calls = {
        "/var/runtime/": "def handler():\n    pass\n",
        "/var/lang/lib/python3.13/site-packages/botocore/": (
            "import boto3\ndef handler(event, context):\n    boto3.client('s3').get_object()\n"
        ),
    }
    for place, code in calls.items():
        stack = invoke(make_function(code, Timeout=10)).payload["stackTrace"]
        assert any(place in entry for entry in stack), stack
        assert all('  File "/var/' in entry for entry in stack)


def test_decimals_are_numbers_in_the_answer(make_function: Make, invoke: Invoke) -> None:
    """AWS's runtime writes a Decimal, as DynamoDB returns them, as a JSON number."""
    code = (
        "from decimal import Decimal\n"
        "def handler(event, context):\n    return [Decimal('0.5'), Decimal('3')]\n"
    )
    assert [0.5, 3] == invoke(make_function(code)).payload


def test_a_package_in_subfolders_has_its_handler_found(make_function: Make, invoke: Invoke) -> None:
    """A handler may lie in a package of the code."""
    files = {"app/__init__.py": "", "app/main.py": "def run(event, context):\n    return 'in'\n"}

    assert "in" == invoke(make_function(files, Handler="app/main.run")).payload


def test_a_module_with_a_standard_librarys_name_is_the_functions_own(
    make_function: Make, invoke: Invoke
) -> None:
    """The code comes first in the search order, so its own calendar.py is what is imported."""
    files = {
        "calendar.py": "MINE = True\n",
        "handler.py": "import calendar\ndef handler(e, c):\n    return calendar.MINE\n",
    }
    assert invoke(make_function(files)).payload is True


def test_all_spellings_of_a_name_reach_the_function(make_function: Make, invoke: Invoke) -> None:
    """Name, partial and full ARN are the same, warm too; the function learns how it was called."""
    name = make_function("def handler(event, context):\n    return context.invoked_function_arn\n")
    arn = f"arn:aws:lambda:us-east-1:123456789012:function:{name}"

    assert arn == invoke(name).payload
    assert arn == invoke(f"123456789012:function:{name}").payload
    assert f"{arn}:$LATEST" == invoke(arn, Qualifier="$LATEST").payload
    assert f"{arn}:$LATEST" == invoke(f"{name}:$LATEST").payload
    assert arn == invoke(arn).payload


def test_a_function_has_no_version_but_the_latest(make_function: Make, client: Client) -> None:
    """Only $LATEST is listed; another is not found by any call, and the latest cannot go alone."""
    functions, name = client("lambda"), make_function(ECHO)
    arn = f"arn:aws:lambda:us-east-1:123456789012:function:{name}"

    for spelling in (name, arn):
        (listed,) = functions.list_versions_by_function(FunctionName=spelling)["Versions"]
        assert ("$LATEST", f"{arn}:$LATEST") == (listed["Version"], listed["FunctionArn"])
    for call in (
        functions.invoke, functions.get_function, functions.get_policy, functions.delete_function,
    ):  # fmt: skip
        for spelling in ({"FunctionName": name, "Qualifier": "7"}, {"FunctionName": f"{arn}:7"}):
            with pytest.raises(ClientError, match=f"Function not found: {arn}:7"):
                call(**spelling)
    with pytest.raises(ClientError, match="without deleting the function"):
        functions.delete_function(FunctionName=name, Qualifier="$LATEST")
    assert name == functions.get_function(FunctionName=name)["Configuration"]["FunctionName"]


def test_a_function_runs_in_its_own_region(
    client: Client, role_arn: str, zip_files: Callable[..., bytes]
) -> None:
    """A plain name means the function of the Region that is called."""
    functions = client("lambda", region="eu-west-3")
    code = "import os\ndef handler(event, context):\n    return os.environ['AWS_REGION']\n"
    functions.create_function(
        FunctionName="elsewhere", Role=role_arn, Handler="handler.handler", Runtime="python3.13",
        Code={"ZipFile": zip_files({"handler.py": code})},
    )  # fmt: skip
    answer = functions.invoke(FunctionName="elsewhere")
    functions.delete_function(FunctionName="elsewhere")

    assert b'"eu-west-3"' == answer["Payload"].read()


def test_a_function_that_does_not_exist_is_not_found(client: Client) -> None:
    """ResourceNotFoundException names the ARN."""
    with pytest.raises(ClientError) as caught:
        client("lambda").invoke(FunctionName="nobody", Payload=b"{}")

    assert "ResourceNotFoundException" == caught.value.response["Error"]["Code"]
    assert 404 == caught.value.response["ResponseMetadata"]["HTTPStatusCode"]
    message = "Function not found: arn:aws:lambda:us-east-1:123456789012:function:nobody"
    assert message == caught.value.response["Error"]["Message"]


def test_a_dry_run_runs_nothing(make_function: Make, client: Client) -> None:
    """InvocationType DryRun answers 204 for a function that exists."""
    name = make_function("raise SystemExit\n")

    response = client("lambda").invoke(FunctionName=name, InvocationType="DryRun")

    assert 204 == response["StatusCode"]


def test_a_payload_that_is_no_json_is_refused(make_function: Make, client: Client) -> None:
    """InvalidRequestContentException, and the function does not run."""
    with pytest.raises(ClientError, match="Could not parse request body into json"):
        client("lambda").invoke(FunctionName=make_function(ECHO), Payload=b"{not json")
