from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from workshop_lib.architecture import ARCHITECTURE
from workshop_lib.aws.functions import Report
from workshop_lib.cloud import Cloud
from workshop_lib.map_events import ApplicationWatch, describe_call, flow_name
from workshop_lib.naming import FUNCTIONS
from workshop_lib.passages import Try
from workshop_lib.places import PICTURES

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
FLOWS = {flow_name(flow) for flow in ARCHITECTURE.flows}


def call(*told, failed=False, init=None):
    return Try("r1", NOON, Report(20, 20, 512, 80, init), failed, tuple((NOON, t) for t in told))


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_call_of_a_function_lights_flows_that_the_map_has(function):
    """Whichever function is called, the ways that lead to it are flows of the drawing."""
    (woken,) = describe_call(function, call())

    assert function == woken.part
    assert woken.flows
    assert set(woken.flows) <= FLOWS


def test_what_is_told_has_gone_on():
    """A recognised picture has gone to the topic, whatever its name; a failure goes nowhere."""
    told = {"message": "recognised", "name": "uploads/1/my cat.jpg", "result": "cat"}
    woken, recognised, failed = describe_call("reco-image", call(told, failed=True, init=1500))

    assert "reco-image is called, in a new environment." == woken.words
    assert NOON - timedelta(seconds=1.5) == woken.moment
    assert ("reco-image topic topic",) == recognised.flows
    assert "reco-image: recognised my cat.jpg, cat." == recognised.words
    assert (True, ()) == (failed.failed, failed.flows)


def test_the_two_routes_of_the_api_are_told_apart():
    """Asking for a URL lights the route to presigned-url, listing lights the other."""
    (asked,) = describe_call("presigned-url", call())
    (listed,) = describe_call("db-list", call())

    assert "browser api presigned-url" in asked.flows
    assert "browser api db-list" in listed.flows


def test_a_picture_is_seen_once_on_its_way(application):
    """A look tells what is new, in its order; the next look tells none of it again."""
    watch = ApplicationWatch(application.quiet_cloud, application.names)
    photo = SimpleNamespace(name="seen.jpg", content=(PICTURES / "coffee.jpg").read_bytes())
    application.upload(photo)
    events = []

    def look():
        events.extend(watch.look())
        return {"thumbnails", "table"} <= {name.split()[1] for e in events for name in e.flows}

    application.wait_until(look, "the whole way")

    assert {flow for event in events for flow in event.flows} <= FLOWS
    stored = [event for event in events if "seen.jpg is stored" in event.words]
    assert 1 == len(stored)
    assert len(events) == len({event.id for event in events})
    known = {event.id for event in events}
    assert not known & {event.id for event in watch.look()}


def test_a_watch_of_what_rests_asks_little(application):
    """While nothing happens a look is one listing and the reading of one log, each in its turn."""
    cloud = Cloud("local", "us-east-1", application.cloud.session, application.cloud.endpoint_url)
    names = replace(application.names, attendee="nobody")
    watch = ApplicationWatch(cloud, names)
    mark = cloud.recorder.total

    for _ in FUNCTIONS:
        assert [] == watch.look()

    calls = cloud.recorder.since(mark)
    read = [call.parameters["logGroupName"] for call in calls if call.service == "logs"]
    assert 2 * len(FUNCTIONS) == len(calls)
    assert [names.log_group(function) for function in FUNCTIONS] == read


def test_where_nothing_stands_nothing_happens(application):
    """Before lesson 1 there is no bucket and no log: a look finds nothing, and is no error."""
    nobody = replace(application.names, attendee="nobody")

    assert [] == ApplicationWatch(application.quiet_cloud, nobody).look()
