"""The attendee's policy at work in a local cloud: after a mishap, and beside a neighbour."""

import pytest
from botocore.exceptions import ClientError

from workshop_lib import cleanup
from workshop_lib.aws import buckets, rest_apis, roles
from workshop_lib.cloud import connect
from workshop_lib.errors import WorkshopError
from workshop_lib.local_cloud import launcher
from workshop_lib.naming import ROLE_PATH, Names
from workshop_lib.policies import boundary_policy
from workshop_lib.rehearsals import admit_attendee
from workshop_lib.settings import read_settings

TRUST = roles.service_trust("lambda.amazonaws.com")


@pytest.fixture(scope="module")
def clouds(tmp_path_factory):
    """The same local cloud as its owner, and as the attendee ann."""
    home = tmp_path_factory.mktemp("home")
    variables = {"WORKSHOP_HOME": str(home), "WORKSHOP_ATTENDEE": "ann"}
    owner = connect(read_settings(variables))
    identity = admit_attendee(owner, "ann", home)
    yield owner, connect(read_settings(variables | identity))
    launcher.stop(home / "cloud")


def make_role(cloud, names, name, trust=TRUST):
    policy = boundary_policy(names.account_id, names.region, attendee=names.attendee)
    return roles.ensure_role(
        cloud.client("iam"), name, path=ROLE_PATH, trust=trust, policy=policy,
        tags=names.tags("01"),
    )  # fmt: skip


def test_she_goes_on_after_a_mishap(clouds):
    """An upload that broke off is aborted, a role's trust is mended, and all is cleaned up."""
    _, ann = clouds
    names, s3 = Names("ann", ann.account_id, ann.region), ann.client("s3")
    buckets.ensure_bucket(s3, names.images_bucket, region=ann.region, tags=names.tags("01"))
    s3.create_multipart_upload(Bucket=names.images_bucket, Key="large.jpg")
    make_role(ann, names, names.role("db-save"), roles.service_trust("s3.amazonaws.com"))

    assert TRUST == make_role(ann, names, names.role("db-save")).trust
    plan = cleanup.plan_cleanup(ann, names)
    proof = cleanup.remove_with_proof(ann, names, plan, lambda _: None)

    assert () == proof.left
    assert 2 == len(proof.found)


def test_what_her_policy_does_not_reach_is_told_and_not_passed_over(clouds):
    """A bucket of hers by its name alone, of an older run, stops no clean-up, and is named."""
    owner, ann = clouds
    names = Names("ann", ann.account_id, ann.region)
    owner.client("s3").create_bucket(Bucket="awstack-ann-images")
    buckets.ensure_bucket(
        ann.client("s3"), names.images_bucket, region=ann.region, tags=names.tags("01")
    )
    plan = cleanup.plan_cleanup(ann, names)

    with pytest.raises(WorkshopError, match=r"bucket awstack-ann-images: .*AccessDenied"):
        cleanup.remove_with_proof(ann, names, plan, lambda _: None)

    left = [removal.name for removal in cleanup.plan_cleanup(ann, names)]
    owner.client("s3").delete_bucket(Bucket="awstack-ann-images")
    assert ["awstack-ann-images"] == left
    assert [] == cleanup.plan_cleanup(ann, names)


def test_every_role_is_under_the_boundary(clouds):
    """The setting puts the boundary on each role; a role without it is refused."""
    _, ann = clouds
    names = Names("ann", ann.account_id, ann.region)

    role = make_role(ann, names, names.role("db-list"))
    ann.boundary, bounded = None, ann.boundary
    with pytest.raises(ClientError, match="no identity-based policy allows the iam:CreateRole"):
        ann.make_client("iam").create_role(
            RoleName=f"{names.prefix}-free", Path=ROLE_PATH, AssumeRolePolicyDocument="{}"
        )
    ann.boundary = bounded

    assert bounded == role.boundary_arn


def test_what_is_tagged_as_anothers_is_out_of_reach(clouds):
    """A neighbour's role, whose name begins the same, and her API, whose id is random, are hers."""
    owner, ann = clouds
    neighbour = Names("ann-b", owner.account_id, owner.region)
    role = make_role(owner, neighbour, neighbour.role("db-save"))
    api = rest_apis.ensure_api(owner.client("apigateway"), neighbour.api, tags=neighbour.tags("02"))

    with pytest.raises(ClientError, match="explicit deny"):
        ann.client("iam").delete_role(RoleName=role.name)
    with pytest.raises(ClientError, match="explicit deny"):
        ann.client("apigateway").delete_rest_api(restApiId=api.id)
