"""Log groups over real HTTP."""

from datetime import UTC, datetime, timedelta

import pytest

from workshop_lib.aws import logs

NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def service(client):
    return client("logs")


@pytest.fixture
def write(service, name):
    """Write entries, given as seconds from now and text, to a stream of the group."""

    def put(stream, *entries):
        service.create_log_stream(logGroupName=name, logStreamName=stream)
        service.put_log_events(
            logGroupName=name,
            logStreamName=stream,
            logEvents=[
                {
                    "timestamp": int((NOW + timedelta(seconds=at)).timestamp() * 1000),
                    "message": text,
                }
                for at, text in entries
            ],
        )

    return put


def test_twice_is_once_and_drift_is_mended(service, name, tags, changes):
    """A group keeps entries for seven days and bears tags; again is nothing; drift is mended."""

    def make():
        return logs.ensure_log_group(service, name, tags=tags)

    made = make()

    assert (name, 7, tags) == (made.name, made.retention_days, made.tags)
    assert [] == changes(make)
    service.delete_retention_policy(logGroupName=name)
    service.untag_resource(resourceArn=made.arn, tagKeys=["attendee"])
    mended = make()
    assert (7, tags) == (mended.retention_days, mended.tags)


def test_a_group_is_not_taken_for_one_whose_name_goes_on(service, name, tags):
    """A neighbour whose name begins the same is another group."""
    logs.ensure_log_group(service, f"{name}-b", tags=tags)

    assert logs.describe_log_group(service, name) is None


def test_entries_of_all_streams_come_in_order(service, name, tags, write):
    """Entries of several streams come oldest first, from a moment on, with a text if asked."""
    logs.ensure_log_group(service, name, tags=tags)
    write("one", (-60, "long ago"), (-2, "START a"))
    write("two", (-3, 'a "quoted" [text]\n'), (-1, "END a"))

    recent = logs.read_log(service, name, since=NOW - timedelta(seconds=10))
    quoted = logs.read_log(service, name, contains='"quoted" [')

    assert ['a "quoted" [text]', "START a", "END a"] == [event.message for event in recent]
    assert [("two", NOW - timedelta(seconds=3))] == [
        (event.stream, event.timestamp) for event in quoted
    ]


def test_what_is_absent_is_empty_and_deleting_it_is_fine(service, name, tags):
    """No group is an empty log; a group goes once, and again does nothing."""
    assert [] == logs.read_log(service, name)
    logs.ensure_log_group(service, name, tags=tags)
    assert [name] == logs.list_log_groups(service, name)

    logs.delete_log_group(service, name)
    logs.delete_log_group(service, name)

    assert logs.describe_log_group(service, name) is None
