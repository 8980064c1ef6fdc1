"""The deployed stage over the whole local cloud: signed calls, real functions, real HTTP."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import uuid
import zipfile
from pathlib import Path

import boto3
import httpx
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

CODE = """
import json

def handler(event, context):
    if event.get("type") == "TOKEN":
        return {"principalId": "ada", "policyDocument": {"Version": "2012-10-17", "Statement": [{
            "Effect": "Allow" if event["authorizationToken"] == "let me in" else "Deny",
            "Action": "execute-api:Invoke", "Resource": event["methodArn"]}]}}
    name = (event.get("queryStringParameters") or {}).get("filename")
    if name == "crash":
        raise RuntimeError("crashed")
    return {"statusCode": 200, "headers": {"Access-Control-Allow-Origin": "*"},
            "body": json.dumps({"name": name, "path": event["path"],
                                "function": context.function_name})}
"""


def make_client(cloud, service):
    return boto3.client(
        service,
        endpoint_url=cloud.endpoint_url,
        region_name="us-east-1",
        aws_access_key_id=cloud.access_key_id,
        aws_secret_access_key=cloud.secret_access_key,
        config=Config(retries={"total_max_attempts": 1}, proxies={}),
    )


def make_function(cloud, name):
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole",
             "Principal": {"Service": "lambda.amazonaws.com"}}  # fmt: skip
    role = make_client(cloud, "iam").create_role(
        RoleName=name,
        AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
    )["Role"]["Arn"]
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as archive:
        archive.writestr("handler.py", CODE)
    functions = make_client(cloud, "lambda")
    made = functions.create_function(
        FunctionName=name,
        Runtime="python3.13",
        Role=role,
        Handler="handler.handler",
        Code={"ZipFile": package.getvalue()},
    )
    functions.get_waiter("function_active_v2").wait(FunctionName=name)
    return made["FunctionArn"]


class Deployed:
    """An API with GET /upload to a real function, GET /guarded behind an authorizer."""

    def __init__(self, cloud):
        self.cloud = cloud
        self.gateway = make_client(cloud, "apigateway")
        self.functions = make_client(cloud, "lambda")
        self.name = f"gateway-{uuid.uuid4().hex[:8]}"
        self.arn = make_function(cloud, self.name)
        self.api_id = self.gateway.create_rest_api(name=self.name)["id"]
        self.root = self.gateway.get_resources(restApiId=self.api_id)["items"][0]["id"]
        self.uri = (
            f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{self.arn}/invocations"
        )
        self.upload = self.add_route("upload", authorizationType="NONE")
        self.deploy()

    def add_route(self, part, **authorization):
        resource = self.gateway.create_resource(
            restApiId=self.api_id, parentId=self.root, pathPart=part
        )
        place = {"restApiId": self.api_id, "resourceId": resource["id"], "httpMethod": "GET"}
        self.gateway.put_method(**place, **authorization)
        self.gateway.put_integration(
            **place, type="AWS_PROXY", integrationHttpMethod="POST", uri=self.uri
        )
        return place

    def deploy(self):
        self.gateway.create_deployment(restApiId=self.api_id, stageName="dev")

    def permit(self, path):
        self.functions.add_permission(
            FunctionName=self.name,
            StatementId=uuid.uuid4().hex,
            Action="lambda:InvokeFunction",
            Principal="apigateway.amazonaws.com",
            SourceArn=f"arn:aws:execute-api:us-east-1:123456789012:{self.api_id}/{path}",
        )

    def call(self, path, **settings):
        url = f"{self.cloud.endpoint_url}/_execute-api/{self.api_id}/dev{path}"
        return httpx.get(url, timeout=30, trust_env=False, **settings)


@pytest.fixture(scope="module")
def deployed(local_cloud):
    return Deployed(local_cloud)


def test_stage_calls_a_real_function_once_it_may(deployed):
    """Without a permission the stage answers 500; with it the function's own answer."""
    answer = deployed.call("/upload?filename=cat.jpg")
    assert (500, {"message": "Internal server error"}) == (answer.status_code, answer.json())
    deployed.permit("*/GET/upload")
    answer = deployed.call("/upload?filename=cat.jpg")
    assert 200 == answer.status_code
    assert {"name": "cat.jpg", "path": "/upload", "function": deployed.name} == answer.json()
    assert "*" == answer.headers["access-control-allow-origin"]
    assert 502 == deployed.call("/upload?filename=crash").status_code


def test_browser_name_reaches_the_same_stage(deployed):
    """The host name browsers use reaches the same stage as Python's path."""
    port = deployed.cloud.endpoint_url.rpartition(":")[2]
    answer = httpx.get(
        f"{deployed.cloud.endpoint_url}/dev/nothing",
        headers={"Host": f"{deployed.api_id}.execute-api.localhost:{port}"},
        trust_env=False,
    )
    assert (403, {"message": "Missing Authentication Token"}) == (
        answer.status_code,
        answer.json(),
    )


def test_method_is_tested_through_the_door(deployed):
    """TestInvokeMethod runs the live method with the real function and shows its log."""
    deployed.permit("*/GET/upload")
    tested = deployed.gateway.test_invoke_method(
        **deployed.upload, pathWithQueryString="/upload?filename=dog.png"
    )
    assert 200 == tested["status"]
    assert "dog.png" == json.loads(tested["body"])["name"]
    assert "Method completed with status: 200" in tested["log"]


def test_authorizer_is_a_real_function(deployed):
    """A Lambda authorizer decides with a real function, once it may be called."""
    authorizer = deployed.gateway.create_authorizer(
        restApiId=deployed.api_id,
        name="guard",
        type="TOKEN",
        authorizerUri=deployed.uri,
        identitySource="method.request.header.Authorization",
        authorizerResultTtlInSeconds=0,
    )["id"]
    deployed.add_route("guarded", authorizationType="CUSTOM", authorizerId=authorizer)
    deployed.deploy()
    deployed.permit("*/GET/guarded")
    deployed.permit(f"authorizers/{authorizer}")
    answers = [
        deployed.call("/guarded", headers=headers).status_code
        for headers in ({}, {"Authorization": "no"}, {"Authorization": "let me in"})
    ]
    assert [401, 403, 200] == answers


def test_control_plane_refuses_through_the_door(deployed):
    """A refusal of the gateway's control plane reaches boto3 with AWS's code."""
    with pytest.raises(ClientError) as refused:
        deployed.gateway.create_resource(
            restApiId=deployed.api_id, parentId=deployed.root, pathPart="upload"
        )
    assert "ConflictException" == refused.value.response["Error"]["Code"]


def test_api_carries_tags_through_the_door(deployed):
    """An API's tags are set and listed by its ARN."""
    arn = f"arn:aws:apigateway:us-east-1::/restapis/{deployed.api_id}"
    deployed.gateway.tag_resource(resourceArn=arn, tags={"workshop": "w"})
    assert {"workshop": "w"} == deployed.gateway.get_tags(resourceArn=arn)["tags"]
    deployed.gateway.untag_resource(resourceArn=arn, tagKeys=["workshop"])
    assert {} == deployed.gateway.get_tags(resourceArn=arn)["tags"]


def test_aws_cli_patches_a_stage(deployed):
    """The AWS CLI sets a method's throttling by its escaped path, and the stage keeps to it."""
    environment = {
        "PATH": os.environ["PATH"],
        "AWS_ENDPOINT_URL": deployed.cloud.endpoint_url,
        "AWS_ACCESS_KEY_ID": deployed.cloud.access_key_id,
        "AWS_SECRET_ACCESS_KEY": deployed.cloud.secret_access_key,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_PAGER": "",
    }
    patch = [
        {"op": "replace", "path": f"/~1upload/GET/throttling/{name}Limit", "value": "0"}
        for name in ("rate", "burst")
    ]
    command = [
        str(Path(sys.executable).with_name("aws")), "apigateway", "update-stage",
        "--rest-api-id", deployed.api_id, "--stage-name", "dev",
        "--patch-operations", json.dumps(patch),
    ]  # fmt: skip
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert 0 == done.returncode, done.stderr
    assert 429 == deployed.call("/upload").status_code
    stage = json.loads(done.stdout)
    assert 0 == stage["methodSettings"]["~1upload/GET"]["throttlingBurstLimit"]
