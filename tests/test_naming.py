"""Names: exact, within AWS's limits, and never a neighbour's."""

import re
from datetime import date

import pytest

from workshop_lib.naming import (
    BUCKETS,
    FUNCTIONS,
    LAYERS,
    QUEUES,
    STEMS,
    Names,
    find_attendee,
    find_bucket_namespace,
    longest_attendee,
    strip_bucket_suffix,
)

ANNA = Names("anna", "123456789012", "eu-west-1")
ANNA_B = Names("anna-b", "123456789012", "eu-west-1")
# The longest id that the settings take.
LONGEST = Names("a" * 18, "123456789012", "us-east-1")


def all_names(names):
    """Every name of one attendee, by kind."""
    return {
        "bucket": {
            names.images_bucket, names.thumbnails_bucket, names.website_bucket,
            names.artifacts_bucket,
        },
        "function": {names.function(name) for name in FUNCTIONS},
        "role": {names.role(name) for name in FUNCTIONS},
        "layer": {names.layer(name) for name in LAYERS},
        "queue": {names.queue(name) for name in QUEUES},
        "log group": {names.log_group(name) for name in FUNCTIONS},
        "topic": {names.topic},
        "table": {names.table},
    }  # fmt: skip


def test_the_names_are_those_of_the_contract():
    """Every name is the prefix, the id, and the deck's word."""
    assert "awstack-anna-images-123456789012-eu-west-1-an" == ANNA.images_bucket
    assert (
        "awstack-anna-presigned-url" == ANNA.function("presigned-url") == ANNA.role("presigned-url")
    )
    assert ("awstack-anna-reco-image", "awstack-anna-reco-results") == (ANNA.api, ANNA.topic)
    assert "awstack-anna-reco-results" == ANNA.table
    assert ("awstack-anna-recogniser", "awstack-anna-failed") == (
        ANNA.layer("recogniser"),
        ANNA.queue("failed"),
    )
    assert "/aws/lambda/awstack-anna-db-save" == ANNA.log_group("db-save")
    own = {f"awstack-anna-{name}-123456789012-eu-west-1-an" for name in BUCKETS}
    assert own == set(ANNA.buckets)


def test_arns_carry_region_and_account_where_aws_wants_them():
    """Buckets carry neither, roles no Region but the path, all others both."""
    bucket = "awstack-anna-images-123456789012-eu-west-1-an"
    assert f"arn:aws:s3:::{bucket}" == ANNA.bucket_arn(ANNA.images_bucket)
    assert "arn:aws:iam::123456789012:role/workshop/awstack-anna-db-save" == ANNA.role_arn(
        "db-save"
    )
    assert "arn:aws:sns:eu-west-1:123456789012:awstack-anna-reco-results" == ANNA.topic_arn
    assert "arn:aws:dynamodb:eu-west-1:123456789012:table/awstack-anna-reco-results" == (
        ANNA.table_arn
    )
    assert "arn:aws:execute-api:eu-west-1:123456789012:abc/*/GET/upload" == ANNA.method_arn(
        "abc", "GET", "/upload"
    )
    assert "arn:aws:execute-api:eu-west-1:123456789012:abc/authorizers/def" == (
        ANNA.authorizer_arn("abc", "def")
    )


def test_two_attendees_share_no_name():
    """Not even anna and anna-b, though one prefix begins like the other."""
    mine, theirs = all_names(ANNA), all_names(ANNA_B)

    assert [] == [kind for kind in mine if mine[kind] & theirs[kind]]


@pytest.mark.parametrize(
    ("region", "longest"),
    [("us-east-1", 18), ("eu-west-1", 18), ("eu-central-1", 15), ("ap-southeast-2", 13)],
)
def test_the_longest_id_fits_into_a_bucket_s_name(region, longest):
    """S3 takes 63 characters; what the account and the Region leave of them is told."""
    longest_names = Names("a" * longest, "123456789012", region)

    assert longest == longest_attendee(region)
    assert all(re.fullmatch(r"[a-z0-9-]{3,63}", bucket) for bucket in longest_names.buckets)
    assert 63 == max(len(bucket) for bucket in longest_names.buckets)


def test_where_s3_offers_no_namespace_names_are_the_world_s():
    """In Bahrain and the UAE buckets have no suffix, and are asked for in no namespace."""
    names = Names("anna", "123456789012", "me-south-1")

    assert "awstack-anna-images" == names.images_bucket
    assert None is find_bucket_namespace(names.images_bucket)
    assert "account-regional" == find_bucket_namespace(ANNA.images_bucket)
    assert 18 <= longest_attendee("me-central-1")


def test_a_bucket_is_known_by_its_short_name_too():
    """A bucket of an older run is its attendee's; one of another Region's namespace is not."""
    short, elsewhere = "awstack-anna-images", "awstack-anna-images-123456789012-us-east-1-an"

    assert ANNA.must_own(short)
    assert (False, True) == (
        ANNA_B.must_own("awstack-anna-b-notes"),
        ANNA.must_own("awstack-anna-notes"),
    )
    assert ANNA.must_own(ANNA.images_bucket)
    assert not ANNA.must_own(elsewhere)
    assert not ANNA.may_own(ANNA_B.images_bucket)
    stripped = strip_bucket_suffix(ANNA_B.images_bucket, "123456789012", "eu-west-1")
    assert "anna-b" == find_attendee(stripped)
    assert None is find_attendee(elsewhere)


def test_the_longest_id_fits_into_aws_limits():
    """Functions and roles end at 64 characters."""
    assert all(len(LONGEST.function(name)) <= 64 for name in FUNCTIONS)


def test_an_unknown_name_is_refused():
    """A name that is none of ours is an error that lists those that are."""
    with pytest.raises(KeyError, match="presigned-url"):
        ANNA.function("presigned_url")


def test_tags_tell_workshop_attendee_and_lesson():
    """Three tags are on all that can bear one; a fourth tells the day when it has expired."""
    three = {
        "workshop": "awstack-serverless",
        "attendee": "anna",
        "lesson": "01_s3_iam_image_bucket",
    }

    assert three == ANNA.tags("01_s3_iam_image_bucket")
    dated = ANNA.tags("01_s3_iam_image_bucket", expires=date(2026, 12, 3))
    assert {**three, "expires": "2026-12-03"} == dated


def test_a_name_tells_whose_it_is():
    """No name of the contracts ends like another with something before it, so no two ids meet."""
    assert [] == [
        (one, other)
        for one in STEMS
        for other in STEMS
        if other != one and one.endswith(f"-{other}")
    ]
    assert "ann-b" == find_attendee("awstack-ann-b-db-list")
    assert None is find_attendee("awstack-ann-b-experiment")


def test_a_hundred_people_in_one_account_never_collide():
    """Whatever their ids, even ids made of others' ids and stems, no name is had by two."""
    ids = [f"ann-{stem}"[:18] for stem in STEMS] + ["ann", "ann-b", "b-ann", "ann-ann"]
    ids += [f"person-{number}" for number in range(100)]
    named = [
        name for one in set(ids) for name in every_name(Names(one, "123456789012", "us-east-1"))
    ]

    assert len(set(named)) == len(named)


def every_name(names):
    return {
        *names.buckets,
        *(f"function {names.function(name)}" for name in FUNCTIONS),
        *(f"layer {names.layer(name)}" for name in LAYERS),
        *(f"queue {names.queue(name)}" for name in QUEUES),
        f"API {names.api}",
        f"topic {names.topic}",
        f"table {names.table}",
        f"function {names.trial}",
    }
