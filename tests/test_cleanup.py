"""Clean-up on a real local cloud: everything goes, nothing of a neighbour's does."""

import io
import zipfile

import pytest

from workshop_lib import cleanup
from workshop_lib.aws import buckets, functions, logs, queues, rest_apis, roles, tables, topics
from workshop_lib.cloud import connect
from workshop_lib.errors import WorkshopError
from workshop_lib.local_cloud import launcher
from workshop_lib.naming import Names
from workshop_lib.settings import read_settings


@pytest.fixture(scope="module")
def cloud(tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    yield connect(read_settings({"WORKSHOP_HOME": str(home), "WORKSHOP_ATTENDEE": "test"}))
    launcher.stop(home / "cloud")


@pytest.fixture
def anna(cloud):
    """An attendee who has built one thing of every kind."""
    names = Names("anna", cloud.account_id, cloud.region)
    build_everything(cloud, names)
    yield names
    cleanup.run_cleanup(cleanup.plan_cleanup(cloud, names), lambda _: None)


@pytest.fixture
def neighbour(cloud):
    """An attendee whose id begins like anna's."""
    names = Names("anna-b", cloud.account_id, cloud.region)
    build_everything(cloud, names)
    yield names
    cleanup.run_cleanup(cleanup.plan_cleanup(cloud, names), lambda _: None)


def build_everything(cloud, names):
    """Make one thing of every kind, wired, with what an experiment leaves under other names."""
    tags = names.tags("00_test")
    s3, lambda_ = cloud.client("s3"), cloud.client("lambda")
    bucket = buckets.ensure_bucket(s3, names.images_bucket, region="us-east-1", tags=tags)
    s3.put_object(Bucket=bucket.name, Key="uploads/cat.jpg", Body=b"cat")
    buckets.ensure_bucket(s3, names.website_bucket, region="us-east-1", tags=tags)
    buckets.allow_public_read(s3, names.website_bucket)
    function = build_function(cloud, names, names.function("reco-image"), tags)
    build_function(cloud, names, f"{names.prefix}-b-experiment", tags)
    functions.allow_invocation(
        lambda_,
        function.name,
        statement_id="bucket",
        principal="s3.amazonaws.com",
        source_arn=bucket.arn,
        source_account=names.account_id,
    )
    buckets.notify_function(
        s3, bucket.name, function_arn=function.arn, notification_id="recognise", prefix="x/"
    )
    logs.ensure_log_group(cloud.client("logs"), names.log_group("reco-image"), tags=tags)
    topic = topics.ensure_topic(cloud.client("sns"), names.topic, tags=tags)
    topics.subscribe_function(cloud.client("sns"), topic.arn, function.arn)
    queues.ensure_queue(cloud.client("sqs"), names.queue("failed"), tags=tags)
    tables.ensure_table(cloud.client("dynamodb"), names.table, tags=tags)
    build_api(cloud, names, tags, function)
    lambda_.publish_layer_version(
        LayerName=names.layer("pillow"), Content={"ZipFile": zip_of("python/x.py", "")}
    )


def build_function(cloud, names, name, tags):
    role = roles.ensure_role(
        cloud.client("iam"),
        name,
        path="/workshop/",
        trust=roles.service_trust("lambda.amazonaws.com"),
        policy=roles.policy_document(roles.allow("sqs:SendMessage", on=names.queue_arn("failed"))),
        tags=tags,
    )
    return functions.ensure_function(
        cloud.client("lambda"),
        name,
        role_arn=role.arn,
        code=zip_of("handler.py", "def handler(event, context):\n    return event\n"),
        environment={},
        tags=tags,
    )


def build_api(cloud, names, tags, function):
    apigateway = cloud.client("apigateway")
    api = rest_apis.ensure_api(apigateway, names.api, tags=tags)
    rest_apis.ensure_function_route(
        apigateway, api.id, path="/upload", method="GET", function_arn=function.arn,
        region="us-east-1",
    )  # fmt: skip
    rest_apis.deploy_api(apigateway, api.id, "dev")
    cloud.client("logs").create_log_group(logGroupName=f"API-Gateway-Execution-Logs_{api.id}/dev")


def zip_of(name, text):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(zipfile.ZipInfo(name), text)
    return packed.getvalue()


def names_in(plan):
    return [f"{removal.kind} {removal.name}" for removal in plan]


def test_everything_goes_and_a_fresh_listing_proves_it(cloud, anna):
    """One removal for each thing of the attendee's, in order; then nothing is left."""
    plan = cleanup.plan_cleanup(cloud, anna)

    (api,) = [removal for removal in plan if removal.kind == "REST API"]
    assert [
        "event notification recognise of the bucket awstack-anna-images",
        f"REST API {api.name}",
        "function awstack-anna-b-experiment",
        "function awstack-anna-reco-image",
        "topic awstack-anna-reco-results",
        "queue awstack-anna-failed",
        "table awstack-anna-reco-results",
        "bucket awstack-anna-images",
        "bucket awstack-anna-website",
        "role awstack-anna-b-experiment",
        "role awstack-anna-reco-image",
        "layer awstack-anna-pillow",
        "log group /aws/lambda/awstack-anna-reco-image",
    ] == names_in(plan)

    told = []
    cleanup.run_cleanup(plan, told.append)

    assert [str(removal) for removal in plan] == told
    assert [] == cleanup.remaining(cloud, anna)
    assert [] == logs.list_log_groups(cloud.client("logs"), "API-Gateway-Execution-Logs_")


def test_a_neighbour_keeps_everything(cloud, anna, neighbour):
    """Cleaning anna leaves each thing of anna-b, whose names begin the same."""
    before = names_in(cleanup.plan_cleanup(cloud, neighbour))

    cleanup.run_cleanup(cleanup.plan_cleanup(cloud, anna), lambda _: None)

    assert before == names_in(cleanup.plan_cleanup(cloud, neighbour))
    assert len(before) == 13
    assert [] == cleanup.remaining(cloud, anna)


def test_a_sentence_says_what_goes_with_it(cloud, anna):
    """A removal reads as a sentence that tells what is lost."""
    sentences = [str(removal) for removal in cleanup.plan_cleanup(cloud, anna)]

    assert "Remove the bucket awstack-anna-images with its 1 object." in sentences
    assert "Remove the topic awstack-anna-reco-results with its 1 subscription." in sentences
    assert "Remove the function awstack-anna-b-experiment with its log." in sentences


def test_an_interrupted_clean_up_goes_on_where_it_stopped(cloud, anna):
    """A plan made after an interruption holds the rest; an old plan run again does no harm."""
    plan = cleanup.plan_cleanup(cloud, anna)
    cleanup.run_cleanup(plan[:5], lambda _: None)

    assert names_in(plan[5:]) == names_in(cleanup.plan_cleanup(cloud, anna))

    cleanup.run_cleanup(plan[2:], lambda _: None)
    assert [] == cleanup.remaining(cloud, anna)


def test_what_cannot_be_removed_is_told_after_the_rest_has_gone(cloud, anna):
    """One refusal does not stop the others, and the error names what stayed."""
    cloud.client("lambda").put_function_concurrency(
        FunctionName=anna.function("reco-image"), ReservedConcurrentExecutions=1
    )
    plan = cleanup.plan_cleanup(cloud, anna)

    def refuse():
        raise WorkshopError("It is held.")

    held = cleanup.Removal("bucket", "held", remove=refuse)
    with pytest.raises(WorkshopError, match="bucket held: It is held"):
        cleanup.run_cleanup([held, *plan], lambda _: None)

    assert [] == cleanup.remaining(cloud, anna)


def test_the_minimum_closes_what_strangers_can_use(cloud, anna):
    """The API's stage goes and the public bucket is closed; all else stands; twice is fine."""
    page = f"{cloud.objects_url(anna.website_bucket)}/page.html"
    cloud.client("s3").put_object(Bucket=anna.website_bucket, Key="page.html", Body=b"hello")
    assert 200 == cloud.http.get(page).status_code
    plan = cleanup.plan_minimum(cloud, anna)

    assert [
        "stage dev of the API awstack-anna-reco-image",
        "public access to the bucket awstack-anna-website",
    ] == names_in(plan)
    cleanup.run_cleanup(plan, lambda _: None)
    cleanup.run_cleanup(plan, lambda _: None)

    assert 403 == cloud.http.get(page).status_code
    assert [] == cleanup.plan_minimum(cloud, anna)
    assert 13 == len(cleanup.plan_cleanup(cloud, anna))


def test_nothing_built_is_nothing_to_remove(cloud):
    """Who has built nothing gets an empty plan, and running it does nothing."""
    nobody = Names("nobody", cloud.account_id, cloud.region)

    assert [] == cleanup.plan_cleanup(cloud, nobody)
    assert [] == cleanup.plan_minimum(cloud, nobody)
    cleanup.run_cleanup([], lambda _: None)
