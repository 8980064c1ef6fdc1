"""The guard of an instructor's budget: reserved concurrency, where the account allows it."""

import io
import json

import pytest
from botocore.awsrequest import AWSResponse
from typer.testing import CliRunner

from workshop_lib import cli
from workshop_lib.aws import functions
from workshop_lib.commands.guard import say_guarded
from workshop_lib.naming import Names

SOURCE = "def handler(event, context):\n    return event\n"


@pytest.fixture
def lambda_(client):
    return client("lambda")


@pytest.fixture
def function(lambda_, role, name, tags, pack):
    """A function that stands, and goes after the test."""
    functions.ensure_function(
        lambda_, name, role_arn=role.arn, code=pack(SOURCE), environment={}, tags=tags
    )
    yield name
    functions.delete_function(lambda_, name)


@pytest.fixture
def roomy(cloud):
    """A client whose account leaves 112 to all functions, whatever this cloud allows."""
    client = cloud.make_client("lambda")
    limit = {"ConcurrentExecutions": 1000, "UnreservedConcurrentExecutions": 112}

    class Body(io.BytesIO):
        def stream(self, **_):
            yield self.read()

    def answer(request, **_):
        content = json.dumps({"AccountLimit": limit}).encode()
        return AWSResponse(request.url, 200, {}, Body(content))

    client.meta.events.register("before-send.lambda.GetAccountSettings", answer)
    return client


@pytest.mark.parametrize(
    ("reservable", "expected"),
    [(0, []), (4, []), (5, ["a"]), (14, ["a", "b"]), (900, ["a", "b", "c"])],
)
def test_reservations_end_where_the_room_ends(reservable, expected):
    """Functions get their reservation in turn, while the account has as much left for each."""
    chosen = functions.choose_reserved(["a", "b", "c"], each=5, reservable=reservable)

    assert expected == chosen


def test_a_hundred_is_left_to_all(roomy, lambda_):
    """AWS keeps 100 of an account's limit; an account below that has nothing to reserve."""
    assert 12 == functions.count_reservable(roomy)
    assert 0 == functions.count_reservable(lambda_)


def test_a_guard_caps_a_function_once(roomy, function, capsys):
    """Where there is room a function is capped; said again, the cap is kept; lifted, it is gone."""
    say_guarded(roomy, [function], 5)
    reserved = functions.read_reservation(roomy, function)
    say_guarded(roomy, [function], 6)
    kept = functions.read_reservation(roomy, function)
    functions.lift_reservation(roomy, function)

    assert (5, 5, None) == (reserved, kept, functions.read_reservation(roomy, function))
    said = capsys.readouterr().out
    assert f"{function}: at most 5 at once." in said
    assert "1 had a cap already, which stays" in said


def test_where_nothing_can_be_reserved_that_is_said(lambda_, function, capsys):
    """A small account, as this cloud is, gets a sentence and no reservation."""
    say_guarded(lambda_, [function], 5)

    assert "1 could not be capped: this account has 0 left to reserve" in capsys.readouterr().out
    assert None is functions.read_reservation(lambda_, function)


def test_the_command_lifts_what_it_has_capped(lambda_, role, tags, pack, home, cloud):
    """`workshop guard --lift` takes every lesson's function's cap away, and says so; twice too."""
    name = Names("test", cloud.account_id, cloud.region).function("db-list")
    functions.ensure_function(
        lambda_, name, role_arn=role.arn, code=pack(SOURCE), environment={}, tags=tags
    )
    functions.reserve_concurrency(lambda_, name, 3)
    environment = {"WORKSHOP_HOME": str(home), "WORKSHOP_ATTENDEE": "teacher"}

    said = [CliRunner().invoke(cli.app, ["guard", *lift], env=environment)
            for lift in ([], ["--lift"], ["--lift"])]  # fmt: skip
    left = functions.read_reservation(lambda_, name)
    functions.delete_function(lambda_, name)

    assert [0, 0, 0] == [outcome.exit_code for outcome in said]
    assert "1 had a cap already, which stays; --lift takes it away." in said[0].output
    assert f"{name}: shares the account's concurrency again." in said[1].output
    assert "No function has a cap." in said[2].output
    assert None is left
