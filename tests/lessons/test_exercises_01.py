"""Lesson 1's exercises, as learners answer them."""

import json

import pytest
from exercise_frame import (  # noqa: F401
    test_an_untouched_exercise_is_not_attempted,
    test_nothing_a_learner_types_crashes_a_check,
    test_the_solution_is_correct,
)

from workshop_lib.aws import buckets
from workshop_lib.lessons.exercises_01_s3_iam_image_bucket import NOTE


@pytest.fixture(scope="module")
def lesson(open_as_learner):
    """Lesson 1 with its bucket, role and note."""
    opened = open_as_learner(1)
    opened.lesson.build(opened)
    opened.client("s3").put_object(Bucket=opened.names.images_bucket, Key=NOTE, Body=b"Hello!")
    return opened


@pytest.fixture
def variables(lesson):
    """The notebook's variables that the solutions use."""
    return {
        "lesson": lesson,
        "s3": lesson.client("s3"),
        "bucket": lesson.names.images_bucket,
        "origin": lesson.website_origin,
    }


@pytest.fixture
def before_an_answer(lesson):
    """The bucket's rule as the lesson makes it."""
    buckets.ensure_cross_origin_rule(
        lesson.client("s3"),
        lesson.names.images_bucket,
        origins=[lesson.website_origin],
        methods=["PUT"],
    )


# The narrowest policy


def statement(bucket, **changes):
    right = {
        "Effect": "Allow",
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{bucket}/uploads/*",
    }
    return right | changes


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"Action": "s3:*"}, "s3:PutObject is allowed as well"),
        ({"Action": "s3:Get*"}, "s3:GetObjectAcl is allowed as well"),
        ({"Action": ["s3:GetObject", "s3:ListBucket"], "Resource": "*"}, "s3:ListBucket"),
        ({"Action": "s3:ListBucket"}, "s3:ListBucket does not let anyone read an object"),
        ({"Action": "s3:PutObject"}, "s3:PutObject does not let anyone read an object"),
        ({"Resource": "*"}, "those of other buckets"),
        ({"Resource": "arn:aws:s3:::{bucket}"}, "the bucket itself"),
        ({"Resource": "arn:aws:s3:::{bucket}/uploads/"}, "one key"),
        ({"Resource": "arn:aws:s3:::{bucket}/*"}, "everything else in the bucket"),
        ({"Resource": "arn:aws:s3:::{bucket}*"}, "those of other buckets"),
        ({"Resource": "arn:aws:s3:::another/uploads/*"}, "but not on"),
        ({"Effect": "Deny"}, "only denies"),
        ({"Effect": "allow"}, "The Effect is 'allow'"),
    ],
)
def test_a_policy_too_wide_or_beside_the_point_is_named(lesson, outcome_of, changes, message):
    """Every common mistake gets the message meant for it."""
    bucket = lesson.names.images_bucket
    answer = json.loads(json.dumps(statement(bucket, **changes)).replace("{bucket}", bucket))

    outcome = outcome_of(lesson, "narrow-policy", answer)

    assert "incorrect" == outcome.status
    assert message in outcome.message


def test_a_statement_without_its_parts_is_named(lesson, outcome_of):
    """What is missing is said, and NotAction is no way round."""
    bucket = lesson.names.images_bucket
    right = statement(bucket)
    without = {name: value for name, value in right.items() if name != "Resource"}
    inverted = {**without, "NotResource": "arn:aws:s3:::other/*"}

    assert "no Resource" in outcome_of(lesson, "narrow-policy", without).message
    assert "not named" in outcome_of(lesson, "narrow-policy", inverted).message


@pytest.mark.parametrize("form", ["document", "json", "lists", "case"])
def test_a_right_policy_may_be_written_in_other_ways(lesson, outcome_of, form):
    """A whole document, its JSON, lists of one, and AWS's indifference to an action's case."""
    right = statement(lesson.names.images_bucket)
    answers = {
        "document": {"Version": "2012-10-17", "Statement": [right]},
        "json": json.dumps(right),
        "lists": right | {"Action": ["s3:GetObject"], "Resource": [right["Resource"]]},
        "case": right | {"Action": "s3:getobject"},
    }

    assert "correct" == outcome_of(lesson, "narrow-policy", answers[form]).status


# A CORS rule


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"AllowedOrigins": ["*"]}, "Pages from anywhere"),
        ({"AllowedOrigins": ["{origin}/"]}, "ends in a slash"),
        ({"AllowedMethods": ["GET"]}, "may PUT, and S3 said no"),
        ({"AllowedMethods": ["PUT"]}, "may GET, and S3 said no"),
        ({"AllowedMethods": ["GET", "PUT", "DELETE"]}, "may also DELETE"),
        ({"AllowedHeaders": []}, "S3 said no"),
    ],
)
def test_a_wrong_rule_is_found_by_asking_as_a_browser(lesson, outcome_of, changes, message):
    """The check asks S3 for each thing that the rule should and should not allow."""
    origin = lesson.website_origin
    rule = {
        "AllowedOrigins": [origin],
        "AllowedMethods": ["GET", "PUT"],
        "AllowedHeaders": ["content-type"],
    } | changes
    rule["AllowedOrigins"] = [o.replace("{origin}", origin) for o in rule["AllowedOrigins"]]
    answer = put_rules(lesson, [rule])

    outcome = outcome_of(lesson, "cors-rule", answer)

    assert "incorrect" == outcome.status
    assert message in outcome.message


def test_a_bucket_without_a_rule_is_said(lesson, outcome_of):
    """An answer that gave the bucket no rule is not enough."""
    lesson.client("s3").delete_bucket_cors(Bucket=lesson.names.images_bucket)

    assert "no CORS rule" in outcome_of(lesson, "cors-rule", "done").message


def test_two_rules_do_as_well_as_one(lesson, outcome_of):
    """What counts is what S3 answers a browser."""
    origin = lesson.website_origin
    rules = [
        {"AllowedOrigins": [origin], "AllowedMethods": [method], "AllowedHeaders": ["*"]}
        for method in ("GET", "PUT")
    ]

    assert "correct" == outcome_of(lesson, "cors-rule", put_rules(lesson, rules)).status


def put_rules(lesson, rules):
    return lesson.client("s3").put_bucket_cors(
        Bucket=lesson.names.images_bucket, CORSConfiguration={"CORSRules": rules}
    )


# A presigned URL


def sign(lesson, operation="get_object", seconds=60, key=NOTE, bucket=None):
    parameters = {"Bucket": bucket or lesson.names.images_bucket, "Key": key}
    return lesson.client("s3").generate_presigned_url(operation, parameters, ExpiresIn=seconds)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda lesson: sign(lesson, seconds=3600), "lives 3600 seconds"),
        (lambda lesson: sign(lesson, "put_object"), "another method"),
        (lambda lesson: sign(lesson, key="notes/other.txt"), "another object"),
        (lambda lesson: sign(lesson, bucket="somebody-else"), "not lead to your bucket"),
        (lambda lesson: sign(lesson).split("?")[0], "no signature"),
        (lambda lesson: sign(lesson)[:-4] + "0000", "or changed"),
        (lambda lesson: "https://example.com/?X-Amz-Expires=60", "not lead to your bucket"),
        (lambda lesson: {"url": sign(lesson)}, "should be a text"),
    ],
)
def test_a_url_that_does_not_do_it_is_explained(lesson, outcome_of, make, message):
    """Every common mistake gets the message meant for it."""
    outcome = outcome_of(lesson, "presigned-minute", make(lesson))

    assert "incorrect" == outcome.status
    assert message in outcome.message


def test_the_workshops_own_helper_may_sign(lesson, outcome_of):
    """How the URL was made does not matter."""
    url = buckets.presign_download(
        lesson.client("s3"), lesson.names.images_bucket, NOTE, expires_seconds=60
    )

    assert "correct" == outcome_of(lesson, "presigned-minute", f" {url}\n").status


# The checkpoint


def test_the_checkpoint_names_what_is_missing(lesson):
    """A bucket opened, its rule gone, a role too wide: each is named with what to do."""
    s3, iam, names = lesson.client("s3"), lesson.client("iam"), lesson.names
    lesson.lesson.build(lesson)
    assert "✓ Checkpoint reached" in str(lesson.checkpoint())
    s3.delete_bucket_cors(Bucket=names.images_bucket)
    everything = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
    iam.put_role_policy(
        RoleName=names.role("presigned-url"),
        PolicyName="too-much",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [everything]}),
    )

    found = str(lesson.checkpoint())

    iam.delete_role_policy(RoleName=names.role("presigned-url"), PolicyName="too-much")
    assert "✗ Checkpoint: 2 of 4 missing" in found
    assert "does not let your website's pages PUT" in found
    assert "may list or read the bucket" in found
    assert 2 == found.count("Next:")
