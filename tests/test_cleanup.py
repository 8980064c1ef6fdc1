"""Clean-up on a real local cloud: everything goes, nothing of a neighbour's does."""

import io
import random
import zipfile

import pytest

from workshop_lib import cleanup
from workshop_lib.aws import buckets, functions, logs, queues, rest_apis, roles, tables, topics
from workshop_lib.cloud import Cloud, connect
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
    s3.create_multipart_upload(Bucket=bucket.name, Key="uploads/large.jpg")
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
        f"event notification recognise of the bucket {anna.images_bucket}",
        f"REST API {api.name}",
        "function awstack-anna-b-experiment",
        "function awstack-anna-reco-image",
        "topic awstack-anna-reco-results",
        "queue awstack-anna-failed",
        "table awstack-anna-reco-results",
        f"bucket {anna.images_bucket}",
        f"bucket {anna.website_bucket}",
        "role awstack-anna-b-experiment",
        "role awstack-anna-reco-image",
        "layer awstack-anna-pillow",
        "log group /aws/lambda/awstack-anna-reco-image",
    ] == names_in(plan)

    told = []
    cleanup.run_cleanup(plan, told.append)

    assert [str(removal) for removal in plan] == told
    assert [] == cleanup.plan_cleanup(cloud, anna)
    assert [] == logs.list_log_groups(cloud.client("logs"), "API-Gateway-Execution-Logs_")


def test_a_neighbour_keeps_everything(cloud, anna, neighbour):
    """Cleaning anna leaves each thing of anna-b, whose names begin the same."""
    before = names_in(cleanup.plan_cleanup(cloud, neighbour))

    cleanup.run_cleanup(cleanup.plan_cleanup(cloud, anna), lambda _: None)

    assert before == names_in(cleanup.plan_cleanup(cloud, neighbour))
    assert len(before) == 13
    assert [] == cleanup.plan_cleanup(cloud, anna)


def test_a_sentence_says_what_goes_with_it(cloud, anna):
    """A removal reads as a sentence that tells what is lost."""
    sentences = [str(removal) for removal in cleanup.plan_cleanup(cloud, anna)]

    contents = "1 object version and 1 unfinished upload"
    assert f"Remove the bucket {anna.images_bucket} with its {contents}." in sentences
    assert "Remove the topic awstack-anna-reco-results with its 1 subscription." in sentences
    assert "Remove the function awstack-anna-b-experiment, and its log." in sentences


def test_an_interrupted_clean_up_goes_on_where_it_stopped(cloud, anna):
    """A plan made after an interruption holds the rest; an old plan run again does no harm."""
    plan = cleanup.plan_cleanup(cloud, anna)
    cleanup.run_cleanup(plan[:5], lambda _: None)

    assert names_in(plan[5:]) == names_in(cleanup.plan_cleanup(cloud, anna))

    cleanup.run_cleanup(plan[2:], lambda _: None)
    assert [] == cleanup.plan_cleanup(cloud, anna)


class Killed(BaseException):
    """The process ended here."""


class KillSwitch:
    """Ends whoever uses the connection, right after its nth change from now on."""

    CHANGES = ("Delete", "Put", "Remove", "Unsubscribe", "Abort", "Detach")

    def __init__(self, cloud):
        self.cloud = Cloud(cloud.target, cloud.region, cloud.session, cloud.endpoint_url)
        make_client = self.cloud.make_client

        def make_watched_client(service, **keys):
            client = make_client(service, **keys)
            client.meta.events.register("after-call.*.*", self._count)
            return client

        self.cloud.make_client = make_watched_client
        self.left = 0

    def _count(self, model, http_response, **_):
        if model.name.startswith(self.CHANGES) and http_response.status_code < 400:
            self.left -= 1
            if self.left == 0:
                raise Killed(model.name)


def clean_until_killed(switch, names, changes):
    """Clean up until this many changes are made; return whether it came to its end before."""
    switch.left = changes
    try:
        cleanup.remove_with_proof(
            switch.cloud, names, cleanup.plan_cleanup(switch.cloud, names), lambda _: None
        )
    except Killed:
        return False
    return True


def test_killed_at_every_step_it_goes_on(cloud, anna, neighbour):
    """Killed after each single change, the next clean-up goes on, until nothing is left."""
    switch = KillSwitch(cloud)
    before = names_in(cleanup.plan_cleanup(cloud, neighbour))

    kills = 0
    while not clean_until_killed(switch, anna, changes=1):
        kills += 1
        assert kills < 100

    assert kills > 15
    assert [] == cleanup.plan_cleanup(cloud, anna)
    assert before == names_in(cleanup.plan_cleanup(cloud, neighbour))


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_killed_anywhere_it_goes_on(cloud, neighbour):
    """A hundred times killed after some random number of changes, it ends at nothing left."""
    names, chance = Names("anna", cloud.account_id, cloud.region), random.Random(6)
    for _ in range(100):
        build_everything(cloud, names)
        switch = KillSwitch(cloud)
        clean_until_killed(switch, names, changes=chance.randrange(1, 35))
        clean_until_killed(switch, names, changes=1000)
        assert [] == cleanup.plan_cleanup(cloud, names)
    assert 13 == len(cleanup.plan_cleanup(cloud, neighbour))


def test_forged_tags_do_not_lead_to_a_neighbour(cloud, anna):
    """What bears anna's tags, but a name that is another's, stays; so does what is not ours."""
    logs_, sqs = cloud.client("logs"), cloud.client("sqs")
    forged = {name: anna.tags("00_test") for name in ("awstack-anna-b-failed", "somebody-elses")}
    for name, tags in forged.items():
        queues.ensure_queue(sqs, name, tags=tags)
    logs_.create_log_group(logGroupName="/aws/lambda/awstack-anna-b-reco-image")
    logs_.create_log_group(logGroupName="/aws/lambda/awstack-anna-try")

    found = names_in(cleanup.plan_cleanup(cloud, anna))

    assert "log group /aws/lambda/awstack-anna-try" in found
    assert "log group /aws/lambda/awstack-anna-b-reco-image" not in found
    assert [] == [name for name in forged if f"queue {name}" in found]
    for name in forged:
        queues.delete_queue(sqs, name)
    logs_.delete_log_group(logGroupName="/aws/lambda/awstack-anna-b-reco-image")


def test_the_proof_counts_what_was_there(cloud, anna):
    """The table tells found, removed and left, of every kind, and of what went along."""

    def publish(parsed, context, **further):
        if context["function"] == anna.function("reco-image"):
            parsed["Versions"].append({"Version": "1"})

    def remember(params, context, **further):
        context["function"] = params["FunctionName"]

    # The local cloud has no versions of functions; AWS lists them so.
    events = cloud.client("lambda").meta.events
    events.register("before-parameter-build.lambda.ListVersionsByFunction", remember)
    events.register("after-call.lambda.ListVersionsByFunction", publish)
    proof = cleanup.remove_with_proof(
        cloud, anna, cleanup.plan_cleanup(cloud, anna), lambda _: None
    )

    counted = {tally.kind: (tally.found, tally.removed, tally.left) for tally in proof.tallies}
    assert (2, 2, 0) == counted["function"]
    assert (0, 0, 0) == counted["event source mapping"]
    assert (1, 1, 0) == counted["version of a function"]
    assert (1, 1, 0) == counted["unfinished upload of a bucket"]
    assert (1, 1, 0) == counted["stage of a REST API"]
    assert (1, 1, 0) == counted["subscription of a topic"]


def test_buckets_of_other_names_and_layers_of_other_stems_go(cloud, anna, neighbour):
    """A bucket made before names had a namespace, and a layer, which bears no tag, are hers."""
    s3, lambda_ = cloud.client("s3"), cloud.client("lambda")
    for bucket in ("awstack-anna-images", "awstack-anna-b-images", "awstack-anna-b-notes"):
        s3.create_bucket(Bucket=bucket)
    for layer in ("awstack-anna-notes", "awstack-anna-b-recogniser"):
        lambda_.publish_layer_version(
            LayerName=layer, Content={"ZipFile": zip_of("python/x.py", "")}
        )
    owned = {r.attendee: r.counts for r in cleanup.find_residents(cloud)}

    hers = names_in(cleanup.plan_cleanup(cloud, anna))
    neighbours = names_in(cleanup.plan_cleanup(cloud, neighbour))

    assert {"bucket awstack-anna-images", "layer awstack-anna-notes"} <= set(hers)
    assert {"bucket awstack-anna-b-images", "layer awstack-anna-b-recogniser"} <= set(neighbours)
    assert [] == [thing for thing in hers if "anna-b" in thing and "experiment" not in thing]
    # It may be either's, and bears no tag.
    assert "bucket awstack-anna-b-notes" not in neighbours
    assert 3 == owned["anna"]["bucket"] == owned["anna-b"]["bucket"]
    cleanup.run_cleanup(cleanup.plan_cleanup(cloud, neighbour), lambda _: None)
    s3.delete_bucket(Bucket="awstack-anna-b-notes")


def test_a_log_that_comes_back_goes_too(cloud, anna):
    """A function that was still at work writes its log anew: the second pass takes it away."""
    plan = cleanup.plan_cleanup(cloud, anna)
    group = "/aws/lambda/awstack-anna-reco-image"

    def write_late():
        cloud.client("logs").create_log_group(logGroupName=group)

    late = cleanup.Removal("log group", "the last", remove=write_late)
    told = []
    cleanup.remove_with_proof(cloud, anna, [*plan, late], told.append)

    assert f"Remove the log group {group}." == told[-1]
    assert [] == logs.list_log_groups(cloud.client("logs"), group)


def test_residents_are_known_by_tags_and_names(cloud, anna, neighbour):
    """Everyone with something in the account is found, each thing counted once for its owner."""
    residents = {r.attendee: dict(r.counts) for r in cleanup.find_residents(cloud)}

    assert {"anna", "anna-b"} <= set(residents)
    assert 2 == residents["anna"]["bucket"]
    assert 1 == residents["anna"]["layer"] == residents["anna-b"]["layer"]
    assert 1 == residents["anna"]["REST API"] == residents["anna-b"]["REST API"]


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

    assert [] == cleanup.plan_cleanup(cloud, anna)


def test_the_minimum_closes_what_strangers_can_use(cloud, anna):
    """The API's stage goes and the public bucket is closed; all else stands; twice is fine."""
    page = f"{cloud.objects_url(anna.website_bucket)}/page.html"
    cloud.client("s3").put_object(Bucket=anna.website_bucket, Key="page.html", Body=b"hello")
    assert 200 == cloud.http.get(page).status_code
    plan = cleanup.plan_minimum(cloud, anna)

    assert [
        "stage dev of the API awstack-anna-reco-image",
        f"public access to the bucket {anna.website_bucket}",
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
