"""The functions' contracts: least privilege, and an environment that the handlers read."""

import re
from pathlib import Path

import pytest

from workshop_lib.lessons.contracts import FUNCTION_CONTRACTS, Site
from workshop_lib.naming import Names

NAMES = Names("anna", "123456789012", "us-east-1")
SITE = Site(NAMES, "http://site.example")
LAMBDAS = Path(__file__).parents[2] / "lambdas"

IMAGES = f"{NAMES.bucket_arn(NAMES.images_bucket)}/uploads/*"
THUMBNAILS = f"{NAMES.bucket_arn(NAMES.thumbnails_bucket)}/*"
LOGS = "arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/awstack-anna-"
FAILED = "arn:aws:sqs:us-east-1:123456789012:awstack-anna-failed"
TABLE = "arn:aws:dynamodb:us-east-1:123456789012:table/awstack-anna-reco-results"
TOPIC = "arn:aws:sns:us-east-1:123456789012:awstack-anna-reco-results"

RIGHTS = {
    "presigned-url": {"s3:PutObject": IMAGES},
    "reco-image": {
        "s3:GetObject": IMAGES,
        "sns:Publish": TOPIC,
        "sqs:SendMessage": FAILED,
    },
    "db-save": {"dynamodb:PutItem": TABLE, "sqs:SendMessage": FAILED},
    "db-list": {
        "dynamodb:Query": f"{TABLE}/index/by-time",
        "s3:GetObject": IMAGES,
    },
    "thumbnail-gen": {
        "s3:GetObject": IMAGES,
        "s3:PutObject": THUMBNAILS,
        "sqs:SendMessage": FAILED,
    },
}


@pytest.mark.parametrize("name", RIGHTS)
def test_a_role_may_do_what_its_function_does_and_no_more(name):
    """The policy allows these actions on these resources, and writing the function's own log."""
    rights = {}
    for statement in FUNCTION_CONTRACTS[name].policy(NAMES)["Statement"]:
        actions = statement["Action"]
        for action in [actions] if isinstance(actions, str) else actions:
            rights[action] = statement["Resource"]

    own_log = f"{LOGS}{name}:*"
    logs = {"logs:CreateLogStream": own_log, "logs:PutLogEvents": own_log}
    assert RIGHTS[name] | logs == rights


@pytest.mark.parametrize("name", RIGHTS)
def test_the_environment_is_what_the_handler_reads(name):
    """Each variable is read by the handler, and each that it must have is there."""
    contract = FUNCTION_CONTRACTS[name]
    source = (LAMBDAS / contract.folder / "handler.py").read_text(encoding="utf-8")
    required = set(re.findall(r'environ\["(\w+)"\]', source))
    optional = set(re.findall(r'environ\.get\("(\w+)"', source))

    environment = contract.environment(SITE)

    assert required <= set(environment) <= required | optional


def test_a_contract_grows_with_the_lessons():
    """In lesson 3 reco-image knows no topic and may not publish; from lesson 4 on it does."""
    contract = FUNCTION_CONTRACTS["reco-image"]

    def actions(lesson):
        return [statement["Action"] for statement in contract.policy(NAMES, lesson)["Statement"]]

    assert {} == contract.environment(SITE, lesson=3)
    assert {"TOPIC_ARN": TOPIC} == contract.environment(SITE, lesson=4)
    assert "sns:Publish" not in actions(3)
    assert "sns:Publish" in actions(4)


def test_pages_of_the_website_alone_are_allowed():
    """The functions behind the API answer pages of the website's origin."""
    for name in ("presigned-url", "db-list"):
        assert "http://site.example" == FUNCTION_CONTRACTS[name].environment(SITE)["ALLOWED_ORIGIN"]
