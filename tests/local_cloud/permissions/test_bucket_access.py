"""Buckets: least privilege, bucket policies, strangers, Block Public Access and ACLs."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from people import ACCOUNT, Clients, Person, allow, assume, deny, make_role, refusal, trust, unique


class Bucket:
    """A new bucket of the owner's, with a picture in it."""

    def __init__(self, client: Clients, address: str) -> None:
        self.name = unique("pictures")
        self.s3 = client("s3")
        self.arn = f"arn:aws:s3:::{self.name}"
        self.s3.create_bucket(Bucket=self.name)
        self.s3.put_object(Bucket=self.name, Key="uploads/cat.jpg", Body=b"meow")
        self.url = f"{address}/{self.name}/uploads/cat.jpg"
        self.picture = {"Bucket": self.name, "Key": "uploads/cat.jpg"}

    def open_up(self, **switches: bool) -> None:
        """Switch Block Public Access off, but for what is named."""
        names = (
            "BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets",
        )  # fmt: skip
        block = {name: switches.get(name, False) for name in names}
        self.s3.put_public_access_block(Bucket=self.name, PublicAccessBlockConfiguration=block)

    def put_policy(self, policy: dict[str, Any]) -> None:
        """Give the bucket a policy."""
        self.s3.put_bucket_policy(Bucket=self.name, Policy=json.dumps(policy))

    def public_read(self, **elements: Any) -> dict[str, Any]:
        """Return the policy of a public bucket."""
        return allow("s3:GetObject", f"{self.arn}/*", Principal="*", **elements)


@pytest.fixture
def bucket(client: Clients, local_cloud: Any) -> Bucket:
    """A new bucket with a picture."""
    return Bucket(client, local_cloud.endpoint_url)


def test_least_privilege_is_enough_and_all(client: Clients, bucket: Bucket) -> None:
    """A role that may put into a prefix puts there, and neither elsewhere nor reads."""
    role = make_role(
        client, trust({"AWS": ACCOUNT}), allow("s3:PutObject", f"{bucket.arn}/uploads/*")
    )
    s3 = assume(client, role)("s3")
    s3.put_object(Bucket=bucket.name, Key="uploads/été 1+2.jpg", Body=b"x")
    refused = refusal(s3.put_object, Bucket=bucket.name, Key="other/cat.jpg", Body=b"x")
    assert (
        "AccessDenied",
        403,
        f"User: arn:aws:sts::{ACCOUNT}:assumed-role/{role.rpartition('/')[2]}/morning is not "
        f'authorized to perform: s3:PutObject on resource: "{bucket.arn}/other/cat.jpg" '
        "because no identity-based policy allows the s3:PutObject action",
    ) == refused
    assert "AccessDenied" == refusal(s3.get_object, **bucket.picture)[0]


def test_a_missing_key_is_forbidden_to_those_who_may_not_list(
    client: Clients, bucket: Bucket
) -> None:
    """A missing key is 404 for who may list the bucket, and 403 for who may not."""
    missing = {"Bucket": bucket.name, "Key": "missing.jpg"}
    ada = Person(client, allow("s3:GetObject", f"{bucket.arn}/*"))
    code, status, message = refusal(ada.client("s3").get_object, **missing)
    assert ("AccessDenied", 403) == (code, status)
    assert f's3:ListBucket on resource: "{bucket.arn}"' in message
    assert ("403", 403) == refusal(ada.client("s3").head_object, **missing)[:2]
    ada.give(allow("s3:ListBucket", bucket.arn))
    assert ("NoSuchKey", 404) == refusal(ada.client("s3").get_object, **missing)[:2]


def test_a_missing_bucket_is_said_to_be_missing(client: Clients) -> None:
    """A bucket that does not exist is NoSuchBucket to everyone."""
    eve = Person(client, name="eve")
    refused = refusal(eve.client("s3").list_objects_v2, Bucket=unique("missing"))
    assert ("NoSuchBucket", 404) == refused[:2]


def test_listing_is_held_to_its_prefix(client: Clients, bucket: Bucket) -> None:
    """s3:prefix with the user's own name in it lets a user list a folder of their own."""
    own = {"StringLike": {"s3:prefix": ["${aws:username}/*"]}}
    ada = Person(client, allow("s3:ListBucket", bucket.arn, Condition=own))
    s3 = ada.client("s3")
    assert 0 == s3.list_objects_v2(Bucket=bucket.name, Prefix=f"{ada.name}/")["KeyCount"]
    assert "AccessDenied" == refusal(s3.list_objects_v2, Bucket=bucket.name, Prefix="uploads/")[0]
    assert "AccessDenied" == refusal(s3.list_objects_v2, Bucket=bucket.name)[0]


def test_a_copy_reads_its_source(client: Clients, bucket: Bucket) -> None:
    """Copying needs s3:GetObject on the source beside s3:PutObject on the target."""
    ada = Person(client, allow("s3:PutObject", f"{bucket.arn}/*"))
    call = {"Bucket": bucket.name, "Key": "copy.jpg", "CopySource": bucket.picture}
    assert "s3:GetObject" in refusal(ada.client("s3").copy_object, **call)[2]
    ada.give(allow("s3:GetObject", f"{bucket.arn}/uploads/*"))
    ada.client("s3").copy_object(**call)


def test_versions_need_rights_of_their_own(client: Clients, bucket: Bucket) -> None:
    """Reading one version needs s3:GetObjectVersion, deleting one s3:DeleteObjectVersion."""
    bucket.s3.put_bucket_versioning(
        Bucket=bucket.name, VersioningConfiguration={"Status": "Enabled"}
    )
    version = bucket.s3.put_object(**bucket.picture, Body=b"new")["VersionId"]
    ada = Person(client, allow(["s3:GetObject", "s3:DeleteObject"], f"{bucket.arn}/*"))
    s3 = ada.client("s3")
    s3.get_object(**bucket.picture)
    refused = refusal(s3.get_object, **bucket.picture, VersionId=version)
    assert "s3:GetObjectVersion" in refused[2]
    refused = refusal(s3.delete_object, **bucket.picture, VersionId=version)
    assert "s3:DeleteObjectVersion" in refused[2]


def test_a_bucket_policy_gives_and_takes(client: Clients, bucket: Bucket) -> None:
    """A bucket policy that names a user suffices, and its deny beats everything."""
    ada, owner = Person(client), bucket.s3
    bucket.put_policy(allow("s3:GetObject", f"{bucket.arn}/*", Principal={"AWS": ada.arn}))
    assert b"meow" == ada.client("s3").get_object(**bucket.picture)["Body"].read()

    bucket.put_policy(deny("s3:GetObject", f"{bucket.arn}/*", Principal="*"))
    message = refusal(owner.get_object, **bucket.picture)[2]
    assert message.endswith("with an explicit deny in a resource-based policy")


def test_conditions_of_a_deny_count(client: Clients, bucket: Bucket) -> None:
    """A deny for unencrypted transport does not touch who would use HTTPS on AWS."""
    insecure = {"Bool": {"aws:SecureTransport": "false"}}
    bucket.put_policy(deny("s3:*", [bucket.arn, f"{bucket.arn}/*"], Principal="*",
                           Condition=insecure))  # fmt: skip
    assert b"meow" == bucket.s3.get_object(**bucket.picture)["Body"].read()


def test_a_presigned_url_has_its_signers_rights_when_used(client: Clients, bucket: Bucket) -> None:
    """A presigned URL is worth what its signer may do at the moment of use."""
    ada = Person(client)
    ada.give(allow("s3:GetObject", f"{bucket.arn}/*"), "read")
    url = ada.client("s3").generate_presigned_url("get_object", Params=bucket.picture)
    assert 200 == httpx.get(url).status_code
    client("iam").delete_user_policy(UserName=ada.name, PolicyName="read")
    answer = httpx.get(url)
    assert 403 == answer.status_code
    assert f"User: {ada.arn} is not authorized to perform: s3:GetObject" in answer.text


def test_strangers_enter_by_policy_only(bucket: Bucket) -> None:
    """An unsigned request is let in by a public policy, once Block Public Access is lifted."""
    assert 403 == httpx.get(bucket.url).status_code
    bucket.open_up()
    assert 403 == httpx.get(bucket.url).status_code
    bucket.put_policy(bucket.public_read())
    answer = httpx.get(bucket.url)
    assert (200, "meow") == (answer.status_code, answer.text)
    assert 403 == httpx.put(bucket.url, content=b"x").status_code
    missing = httpx.get(f"{bucket.url}.missing")
    assert (403, True) == (missing.status_code, "<Message>Access Denied</Message>" in missing.text)


def test_restricting_public_buckets_shuts_strangers_out(client: Clients, bucket: Bucket) -> None:
    """RestrictPublicBuckets keeps a public policy for the account's own users."""
    bucket.open_up()
    bucket.put_policy(bucket.public_read())
    bucket.open_up(RestrictPublicBuckets=True)
    assert 403 == httpx.get(bucket.url).status_code
    ada = Person(client)
    assert b"meow" == ada.client("s3").get_object(**bucket.picture)["Body"].read()


def test_a_new_bucket_refuses_a_public_policy(client: Clients, bucket: Bucket) -> None:
    """Under BlockPublicPolicy, a public policy is refused in S3's own sentence."""
    owner = client("sts").get_caller_identity()["Arn"]
    policy = json.dumps(bucket.public_read())
    expected = (
        "AccessDenied",
        403,
        f"User: {owner} is not authorized to perform: s3:PutBucketPolicy on resource: "
        f'"{bucket.arn}" because public policies are prevented by the BlockPublicPolicy setting '
        "in S3 Block Public Access.",
    )
    assert expected == refusal(bucket.s3.put_bucket_policy, Bucket=bucket.name, Policy=policy)


def test_a_new_bucket_has_aws_defaults(bucket: Bucket) -> None:
    """All four switches are on and ACLs are off, and making it again changes nothing."""
    block = bucket.s3.get_public_access_block(Bucket=bucket.name)
    assert {True} == set(block["PublicAccessBlockConfiguration"].values())
    controls = bucket.s3.get_bucket_ownership_controls(Bucket=bucket.name)
    assert "BucketOwnerEnforced" == controls["OwnershipControls"]["Rules"][0]["ObjectOwnership"]
    bucket.open_up()
    bucket.s3.create_bucket(Bucket=bucket.name)
    block = bucket.s3.get_public_access_block(Bucket=bucket.name)
    assert {False} == set(block["PublicAccessBlockConfiguration"].values())


def test_acls_are_refused_where_the_owner_is_enforced(bucket: Bucket) -> None:
    """With BucketOwnerEnforced, an ACL on a bucket or an object is not supported."""
    expected = ("AccessControlListNotSupported", 400, "The bucket does not allow ACLs")
    s3 = bucket.s3
    assert expected == refusal(s3.put_bucket_acl, Bucket=bucket.name, ACL="public-read")
    assert expected == refusal(s3.put_object_acl, **bucket.picture, ACL="public-read")
    assert expected == refusal(s3.put_object, **bucket.picture, Body=b"x", ACL="public-read")
    s3.put_object(**bucket.picture, Body=b"x", ACL="bucket-owner-full-control")
    refused = refusal(s3.create_bucket, Bucket=unique("public"), ACL="public-read")
    assert "InvalidBucketAclWithObjectOwnership" == refused[0]


def test_public_acls_follow_their_switches(bucket: Bucket) -> None:
    """With ACLs on, BlockPublicAcls refuses a public one and IgnorePublicAcls passes over it."""
    rule = {"Rules": [{"ObjectOwnership": "ObjectWriter"}]}
    bucket.s3.put_bucket_ownership_controls(Bucket=bucket.name, OwnershipControls=rule)
    refused = refusal(bucket.s3.put_object_acl, **bucket.picture, ACL="public-read")
    assert "AccessDenied" == refused[0]
    assert "public ACLs are prevented by the BlockPublicAcls setting" in refused[2]

    bucket.open_up()
    bucket.s3.put_object_acl(**bucket.picture, ACL="public-read")
    assert (200, "meow") == ((answer := httpx.get(bucket.url)).status_code, answer.text)
    bucket.open_up(IgnorePublicAcls=True)
    assert 403 == httpx.get(bucket.url).status_code


def test_deleting_many_is_decided_key_by_key(client: Clients, bucket: Bucket) -> None:
    """DeleteObjects deletes what the caller may delete and answers for each other key."""
    bucket.s3.put_object(Bucket=bucket.name, Key="keep/cat.jpg", Body=b"x")
    ada = Person(client, allow("s3:DeleteObject", f"{bucket.arn}/uploads/*"))
    keys = [{"Key": "uploads/cat.jpg"}, {"Key": "keep/cat.jpg"}]
    answer = ada.client("s3").delete_objects(Bucket=bucket.name, Delete={"Objects": keys})
    assert ["uploads/cat.jpg"] == [each["Key"] for each in answer["Deleted"]]
    assert [("keep/cat.jpg", "AccessDenied")] == [
        (each["Key"], each["Code"]) for each in answer["Errors"]
    ]
    left = bucket.s3.list_objects_v2(Bucket=bucket.name)["Contents"]
    assert ["keep/cat.jpg"] == [each["Key"] for each in left]


def test_a_form_upload_has_its_signers_rights(client: Clients, bucket: Bucket) -> None:
    """A browser's form writes where the signer of its policy may write."""
    ada = Person(client, allow("s3:PutObject", f"{bucket.arn}/uploads/*"))
    for key, status in (("uploads/form.jpg", 204), ("other/form.jpg", 403)):
        form = ada.client("s3").generate_presigned_post(bucket.name, key)
        answer = httpx.post(form["url"], data=form["fields"], files={"file": b"x"})
        assert status == answer.status_code
