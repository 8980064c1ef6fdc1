"""The functions that are measured, and what they need to run."""

from __future__ import annotations

import io
import json
import time
import zipfile
from typing import Any

from tests.benchmarks.clouds import RunningCloud

TRUST = {
    "Version": "2012-10-17",
    "Statement": [{
        "Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }],
}  # fmt: skip
EVERYTHING = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
}
SILENT = "def handler(event, context):\n    return event\n"
PRINTING = "def handler(event, context):\n    print('event', event)\n    return event\n"
SAVING = """
import boto3, os
table = boto3.resource("dynamodb").Table("uploads")
def handler(event, context):
    for record in event["Records"]:
        table.put_item(Item={"id": record["s3"]["object"]["key"]})
"""
READING = """
import boto3
s3, sns = boto3.client("s3"), boto3.client("sns")
def handler(event, context):
    for record in event["Records"]:
        bucket, key = record["s3"]["bucket"]["name"], record["s3"]["object"]["key"]
        size = len(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
        sns.publish(TopicArn=TOPIC, Message=f"{key} {size}")
"""
HEARING = """
import boto3
table = boto3.resource("dynamodb").Table("uploads")
def handler(event, context):
    for record in event["Records"]:
        table.put_item(Item={"id": record["Sns"]["Message"].split()[0]})
"""


def create_role(cloud: RunningCloud) -> str:
    """Make a role that Lambda may assume and that may do everything, once."""
    iam = cloud.client("iam")
    for role in iam.list_roles()["Roles"]:
        if role["RoleName"] == "bench":
            return str(role["Arn"])
    made = iam.create_role(RoleName="bench", AssumeRolePolicyDocument=json.dumps(TRUST))
    iam.put_role_policy(
        RoleName="bench", PolicyName="all", PolicyDocument=json.dumps(EVERYTHING)
    )  # fmt: skip
    return str(made["Role"]["Arn"])


def create_function(cloud: RunningCloud, role: str, name: str, code: str) -> str:
    """Make a function of one file, wait for it, and return its ARN."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as opened:
        opened.writestr("index.py", code)
    functions = cloud.client("lambda")
    made = functions.create_function(
        FunctionName=name, Runtime="python3.13", Handler="index.handler", Role=role,
        Timeout=30, MemorySize=512, Code={"ZipFile": archive.getvalue()},
    )  # fmt: skip
    while functions.get_function(FunctionName=name)["Configuration"]["State"] == "Pending":
        time.sleep(0.01)
    return str(made["FunctionArn"])


def let_invoke(cloud: RunningCloud, function: str, service: str, source: str) -> None:
    """Let a service invoke a function for a source."""
    cloud.client("lambda").add_permission(
        FunctionName=function, StatementId=service.partition(".")[0], SourceArn=source,
        Action="lambda:InvokeFunction", Principal=service,
    )  # fmt: skip


def create_table(cloud: RunningCloud) -> Any:
    """Make the table of what has been uploaded."""
    dynamodb = cloud.client("dynamodb")
    dynamodb.create_table(
        TableName="uploads", BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
    )  # fmt: skip
    return dynamodb


def notify(cloud: RunningCloud, bucket: str, function_arn: str) -> None:
    """Make a bucket whose new objects go to a function."""
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket=bucket)
    let_invoke(cloud, function_arn, "s3.amazonaws.com", f"arn:aws:s3:::{bucket}")
    s3.put_bucket_notification_configuration(
        Bucket=bucket,
        NotificationConfiguration={
            "LambdaFunctionConfigurations": [
                {"LambdaFunctionArn": function_arn, "Events": ["s3:ObjectCreated:*"]}
            ]
        },
    )
