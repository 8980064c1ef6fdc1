import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

from workshop_lib.aws import functions, topics
from workshop_lib.aws.logs import LogEvent
from workshop_lib.lesson_traces import show_trace
from workshop_lib.passages import find_passage, read_tries
from workshop_lib.places import PICTURES
from workshop_lib.trace import Stage, Trace, follow_picture
from workshop_lib.ui.timelines import draw_trace
from workshop_lib.ui.traces import TraceView

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
KEY = "uploads/1/cat.jpg"


def entry(milliseconds, message, stream="a"):
    text = message if isinstance(message, str) else json.dumps(message)
    return LogEvent(NOON + timedelta(milliseconds=milliseconds), text, stream)


def report(request, duration, further=""):
    return (
        f"REPORT RequestId: {request}\tDuration: {duration} ms\tBilled Duration: {duration} ms\t"
        f"Memory Size: 512 MB\tMax Memory Used: 80 MB\t{further}"
    )


# As AWS writes it: one environment that starts cold, fails, and is called again for the same event;
# another one in between.
LOG = [
    entry(0, "INIT_START Runtime Version: python:3.13.v42\tRuntime Version ARN: arn:aws:…"),
    entry(400, "START RequestId: r1 Version: $LATEST"),
    entry(410, "[ERROR] ClientError: no"),
    entry(420, "END RequestId: r1"),
    entry(420, report("r1", 20, "Init Duration: 400 ms\tStatus: error\tError Type: ClientError")),
    entry(500, "START RequestId: r2 Version: $LATEST", "b"),
    entry(510, {"message": "recognised", "request_id": "r2", "name": "uploads/2/dog.jpg"}, "b"),
    entry(60_000, "START RequestId: r1 Version: $LATEST"),
    entry(60_100, {"message": "recognised", "request_id": "r1", "name": KEY, "id": f"{KEY}#7"}),
    entry(60_150, "END RequestId: r1"),
    entry(60_150, report("r1", 150)),
]


def test_calls_are_read_from_a_log_of_several_environments():
    """Whatever stands between START and REPORT of one stream is one call; a retry is another."""
    tries = read_tries(LOG)

    assert ["r1", "r2", "r1"] == [found.request_id for found in tries]
    assert [True, False, False] == [found.failed for found in tries]
    assert NOON == tries[0].begin
    assert None is tries[1].report
    assert NOON + timedelta(milliseconds=510) == tries[1].end
    assert NOON + timedelta(milliseconds=60_150) == tries[2].end


def test_a_log_that_is_read_from_the_middle_of_a_call_tells_of_later_calls():
    """Lines whose START is older than what was read are nobody's, in a stream of their own too."""
    late = [entry(60_150, report("r0", 150), "c")]

    assert [] == read_tries(late)
    assert ["r1"] == [found.request_id for found in read_tries([*LOG[6:], *late])]


def test_a_picture_is_found_by_its_key_with_the_tries_that_failed():
    """The call that tells of the key, and before it the failed tries of the same event."""
    passage = find_passage(read_tries(LOG), KEY, None)

    assert ["r1", "r1"] == [found.request_id for found in passage.tries]
    assert NOON + timedelta(milliseconds=60_100) == passage.moment
    assert None is find_passage(read_tries(LOG), "uploads/1", None)
    assert None is find_passage(read_tries(LOG), KEY, NOON + timedelta(minutes=2))


def test_a_call_that_told_and_then_failed_is_followed_to_its_last_try():
    """reco-image that cannot publish tells of the picture in each try; the last one counts."""
    told = {"message": "recognised", "name": KEY}
    log = [
        entry(0, "START RequestId: r Version: $LATEST"),
        entry(5, told),
        entry(9, "[ERROR] AuthorizationError"),
        entry(9, report("r", 9, "Status: error")),
        entry(1000, "START RequestId: r Version: $LATEST"),
        entry(1005, told),
        entry(1009, report("r", 9)),
    ]

    passage = find_passage(read_tries(log), KEY, NOON)

    assert [True, False] == [found.failed for found in passage.tries]
    assert NOON + timedelta(milliseconds=1005) == passage.moment


def test_a_function_that_fails_at_a_picture_is_shown_failing(application):
    """Without its right to publish reco-image fails; the line ends there and says what is next."""
    iam, lambda_ = application.client("iam"), application.client("lambda")
    role, name = application.names.role("reco-image"), application.names.function("reco-image")
    place = {"RoleName": role, "PolicyName": "least-privilege"}
    policy = iam.get_role_policy(**place)["PolicyDocument"]
    kept = [entry for entry in policy["Statement"] if entry["Action"] != "sns:Publish"]
    iam.put_role_policy(**place, PolicyDocument=json.dumps({**policy, "Statement": kept}))
    before = functions.describe_asynchronous_retries(lambda_, name)
    failed = application.names.queue_arn("failed")
    functions.set_asynchronous_retries(lambda_, name, retries=0, failure_destination_arn=failed)
    try:
        key = upload(application)
        trace = application.wait_until(lambda: failing(application, key), "the failure")
    finally:
        iam.put_role_policy(**place, PolicyDocument=json.dumps(policy))
        functions.set_asynchronous_retries(
            lambda_, name, retries=before.retries, failure_destination_arn=failed
        )

    assert not trace.whole
    assert {"presigned-url", "images", "reco-image"} == {stage.part for stage in trace.stages}
    assert any("reco-image failed." in gap for gap in trace.gaps)


def failing(application, key):
    trace = follow_picture(application.quiet_cloud, application.names, key)
    return trace if "failed try" in {stage.kind for stage in trace.stages} else None


def test_a_saved_item_is_found_by_its_id():
    """db-save tells ids, which are the key and the event's number."""
    saved = [entry(0, "START RequestId: s Version: $LATEST"), entry(1, {"id": f"{KEY}#00A"})]

    assert "s" == find_passage(read_tries(saved), KEY, None).last.request_id
    assert None is find_passage(read_tries(saved), f"{KEY}#00", None)


def upload(application, name="cup.jpg", content=None):
    photo = content or (PICTURES / "coffee.jpg").read_bytes()
    return application.upload(SimpleNamespace(name=name, content=photo))


def test_one_picture_is_followed_through_every_service(application):
    """Upload, event, recognition, publication, both subscribers, item, thumbnail: in order."""
    key = upload(application)

    view = show_trace(application, key, 60)

    trace = view._trace
    assert trace.whole, trace.gaps
    assert () == trace.gaps
    first = {stage.part: stage.begin for stage in reversed(trace.stages)}
    ways = (
        ("presigned-url", "images", "reco-image", "topic", "db-save", "table"),
        ("topic", "thumbnail-gen", "thumbnails"),
    )
    for way in ways:
        assert sorted(first[part] for part in way) == [first[part] for part in way]
    kinds = {(stage.part, stage.kind) for stage in trace.stages}
    assert {("reco-image", "work"), ("topic", "moment"), ("db-save", "waiting")} <= kinds
    for shown in (view.to_text(), view.to_html()):
        assert key in shown
        assert "message published" in shown
        assert "item saved" in shown
        assert "thumbnail stored" in shown


def test_what_has_not_come_yet_is_said(application):
    """Where a subscriber is missing or silent, the line ends there and says so."""
    sns, topic = application.client("sns"), application.names.topic_arn
    saver = application.names.function_arn("db-save")
    listed = topics.describe_topic(sns, topic).subscriptions
    subscription = next(found for found in listed if found.endpoint == saver)
    sns.unsubscribe(SubscriptionArn=subscription.arn)
    try:
        key = upload(application)
        application.wait_until(lambda: application.find_thumbnail(key), "the thumbnail")
        trace = application.wait_until(lambda: whole(application, key), "thumbnail-gen's REPORT")
    finally:
        topics.subscribe_function(sns, topic, saver)

    parts = {stage.part for stage in trace.stages}
    assert "db-save" not in parts
    assert "topic" not in parts
    assert {"reco-image", "thumbnail-gen", "thumbnails"} <= parts
    assert ("When SNS took the message only db-save's item would tell.",) == trace.gaps


def whole(application, key):
    trace = follow_picture(application.quiet_cloud, application.names, key)
    return trace if trace.whole else None


def test_a_key_that_is_not_there_gives_an_empty_line(application):
    """A mistyped key is said, and nothing is drawn."""
    view = show_trace(application, "uploads/no-such.jpg", 0)

    assert "Nothing is known of this picture yet." in view.to_text()
    assert "The images bucket holds no uploads/no-such.jpg." in view.to_text()
    assert "<svg" not in view.to_html()


def test_a_file_that_is_no_picture_is_followed_too(application):
    """A text named .jpg is recognised as none, saved as that, and gets no thumbnail."""
    view = show_trace(application, upload(application, "notes.jpg", b"no picture"), 60)

    text = view.to_text()
    assert "no picture, and that is a result" in text
    assert "item saved" in text
    assert "thumbnail-gen passed over: not a picture." in text


def stage(part, kind, begin, end, service="lambda", what="<works>"):
    at = [NOON + timedelta(milliseconds=moment) for moment in (begin, end)]
    return Stage(part, service, kind, what, *at, "its log")


def test_the_picture_tells_time_by_length_and_kind_by_shape():
    """Bars are to scale, each kind has its own shape, and all of it is described in words."""
    stages = (
        stage("images", "within", 0, 500, "s3"),
        stage("reco-image", "waiting", 0, 1000),
        stage("reco-image", "cold start", 1000, 3000),
        stage("reco-image", "failed try", 3000, 3500),
        stage("reco-image", "work", 4000, 5000),
        stage("topic", "moment", 5000, 5000, "sns"),
    )
    picture = draw_trace(Trace("k", stages, (), whole=False))

    def width(name):
        drawn = picture.split(f'<rect class="{name}" ')[-1]
        return float(drawn.split('width="')[1].split('"')[0])

    assert abs(width("cold") - 2 * width("work")) < 1
    for shape in ("within", "waiting", "stripes", "cross", "moment"):
        assert f'class="{shape}"' in picture
    assert "+1,000 ms: Lambda reco-image, &lt;works&gt;, 2.00 s, cold start." in picture
    assert "<works>" not in picture


def test_a_url_signed_long_before_is_told_but_not_drawn():
    """A picture uploaded ten minutes after its URL was signed does not squeeze the line."""
    stages = (
        stage("presigned-url", "work", 0, 5),
        stage("images", "moment", 600_000, 600_000, "s3"),
        stage("reco-image", "work", 600_100, 600_500),
    )
    view = TraceView(Trace("k", stages, (), whole=True))

    assert "presigned-url" not in draw_trace(view._trace)
    assert "-600,000 ms" in view.to_text()
    assert view.to_text().startswith("500 ms from the upload on, with no cold start. k")
