"""Where in the AWS console one sees what a call was about: the way in words, and the address.

The console promises no stable addresses, so the way in words stands beside each. No address holds
an account number: where the console wants one, it leads to the list.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from workshop_lib.design import service_name
from workshop_lib.naming import find_bucket_namespace

Parameters = Mapping[str, Any]


@dataclass(frozen=True)
class ConsolePlace:
    """A place in the console.

    Args:
        path: the way there, from the service's name on.
        address: of the page, on AWS.
    """

    path: tuple[str, ...]
    address: str

    @property
    def words(self) -> str:
        """The way there in one line."""
        return " → ".join(self.path)


def find_console_place(
    service: str, operation: str, parameters: Parameters, region: str
) -> ConsolePlace | None:
    """Return where the console shows what this call was about; None where it shows nothing."""
    find = _SERVICES.get(service)
    return find(operation, parameters, region) if find else None


def _home(region: str, page: str) -> str:
    separator = "&" if "?" in page else "?"
    before, hash_mark, fragment = page.partition("#")
    address = f"https://{region}.console.aws.amazon.com/{before}{separator}region={region}"
    return f"{address}{hash_mark}{fragment}"


def _find_in_s3(operation: str, parameters: Parameters, region: str) -> ConsolePlace:
    bucket, key = parameters.get("Bucket"), parameters.get("Key")
    if not isinstance(bucket, str) or operation == "DeleteBucket":
        return ConsolePlace(("S3", "Buckets"), _home(region, "s3/buckets"))
    if isinstance(key, str) and not operation.startswith("Delete"):
        path = ("S3", "Buckets", bucket, key)
        page = f"s3/object/{quote(bucket)}?prefix={quote(key, safe='')}"
    else:
        tab = next((tab for words, tab in _S3_TABS.items() if words in operation), "Objects")
        path = ("S3", "Buckets", bucket, tab)
        page = f"s3/buckets/{quote(bucket)}?tab={tab.lower()}"
    # A name of the account's own namespace holds its number.
    return ConsolePlace(
        path, _home(region, "s3/buckets" if find_bucket_namespace(bucket) else page)
    )


_S3_TABS = {
    "Policy": "Permissions",
    "Cors": "Permissions",
    "PublicAccessBlock": "Permissions",
    "Ownership": "Permissions",
    "Acl": "Permissions",
    "Versioning": "Properties",
    "Website": "Properties",
    "Notification": "Properties",
    "Encryption": "Properties",
    "Tagging": "Properties",
    "Location": "Properties",
    "CreateBucket": "Properties",
    "HeadBucket": "Properties",
}


def _find_in_lambda(operation: str, parameters: Parameters, region: str) -> ConsolePlace:
    if "Layer" in operation:
        layer = _last(parameters.get("LayerName"))
        page = f"lambda/home#/layers/{quote(layer)}" if layer else "lambda/home#/layers"
        return ConsolePlace(("Lambda", "Layers", *_named(layer)), _home(region, page))
    name = _function_name(parameters)
    if not name or operation == "DeleteFunction":
        return ConsolePlace(("Lambda", "Functions"), _home(region, "lambda/home#/functions"))
    found = ((where, tab) for words, where, tab in _LAMBDA_TABS if words in operation)
    where, tab = next(found, (("Code",), "code"))
    page = _home(region, f"lambda/home#/functions/{quote(name)}?tab={tab}")
    return ConsolePlace(("Lambda", "Functions", name, *where), page)


_LAMBDA_TABS: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("EventInvokeConfig", ("Configuration", "Asynchronous invocation"), "configure"),
    ("Recursion", ("Configuration", "Concurrency and recursion detection"), "configure"),
    ("Concurrency", ("Configuration", "Concurrency and recursion detection"), "configure"),
    ("Permission", ("Configuration", "Permissions"), "configure"),
    ("Policy", ("Configuration", "Permissions"), "configure"),
    ("FunctionConfiguration", ("Configuration",), "configure"),
    ("Tag", ("Configuration", "Tags"), "configure"),
    ("Invoke", ("Monitor",), "monitoring"),
)


def _function_name(parameters: Parameters) -> str:
    return _last(parameters.get("FunctionName") or parameters.get("Resource"))


def _find_in_iam(operation: str, parameters: Parameters, region: str) -> ConsolePlace:
    role = parameters.get("RoleName")
    # IAM belongs to no Region.
    home = "https://console.aws.amazon.com/iam/home#/roles"
    if not isinstance(role, str) or operation == "DeleteRole":
        return ConsolePlace(("IAM", "Roles"), home)
    trust = "AssumeRole" in operation or operation == "CreateRole"
    tab, section = (
        ("Trust relationships", "trust_relationships") if trust else ("Permissions", "permissions")
    )
    return ConsolePlace(
        ("IAM", "Roles", role, tab), f"{home}/details/{quote(role)}?section={section}"
    )


def _find_in_sns(operation: str, parameters: Parameters, region: str) -> ConsolePlace:
    topic = _last(parameters.get("TopicArn") or parameters.get("Name"))
    if "Subscription" in operation or operation in ("Subscribe", "Unsubscribe"):
        return ConsolePlace(
            ("SNS", "Topics", *_named(topic), "Subscriptions"),
            _home(region, "sns/v3/home#/subscriptions"),
        )
    return ConsolePlace(("SNS", "Topics", *_named(topic)), _home(region, "sns/v3/home#/topics"))


def _find_in_sqs(operation: str, parameters: Parameters, region: str) -> ConsolePlace:
    queue = _last(parameters.get("QueueUrl") or parameters.get("QueueName"))
    reading = ("Send and receive messages",) if "Message" in operation else ()
    return ConsolePlace(
        ("SQS", "Queues", *_named(queue), *reading), _home(region, "sqs/v3/home#/queues")
    )


def _find_in_dynamodb(operation: str, parameters: Parameters, region: str) -> ConsolePlace:
    table = _last(parameters.get("TableName") or parameters.get("ResourceArn"))
    if not table or operation == "DeleteTable":
        return ConsolePlace(("DynamoDB", "Tables"), _home(region, "dynamodbv2/home#tables"))
    if operation.endswith(("Item", "Items")) or operation in ("Query", "Scan"):
        page = _home(region, f"dynamodbv2/home#item-explorer?table={quote(table)}")
        return ConsolePlace(("DynamoDB", "Explore items", table), page)
    page = _home(region, f"dynamodbv2/home#table?name={quote(table)}&tab=overview")
    return ConsolePlace(("DynamoDB", "Tables", table), page)


def _find_in_api_gateway(operation: str, parameters: Parameters, region: str) -> ConsolePlace:
    api = parameters.get("restApiId")
    name = service_name("apigateway")
    if not isinstance(api, str) or operation == "DeleteRestApi":
        return ConsolePlace((name, "APIs"), _home(region, "apigateway/main/apis"))
    found = ((tab, page) for words, tab, page in _API_PAGES if words in operation)
    tab, page = next(found, ("Resources", "resources"))
    address = _home(region, f"apigateway/main/apis/{quote(api)}/{page}?api={quote(api)}")
    return ConsolePlace((name, "APIs", api, tab), address)


_API_PAGES = (
    ("Stage", "Stages", "stages"),
    ("Deployment", "Stages", "stages"),
    ("GatewayResponse", "Gateway responses", "gateway-responses"),
    ("Authorizer", "Authorizers", "authorizers"),
    ("TestInvokeMethod", "Resources, the method's Test tab", "resources"),
)


def _find_in_logs(operation: str, parameters: Parameters, region: str) -> ConsolePlace:
    group = parameters.get("logGroupName")
    groups = ("CloudWatch", "Logs", "Log groups")
    if not isinstance(group, str) or operation == "DeleteLogGroup":
        return ConsolePlace(groups, _home(region, "cloudwatch/home#logsV2:log-groups"))
    # The console escapes twice, with a dollar for the per cent sign.
    escaped = quote(quote(group, safe=""), safe="").replace("%", "$")
    page = _home(region, f"cloudwatch/home#logsV2:log-groups/log-group/{escaped}")
    return ConsolePlace((*groups, group), page)


def _find_in_cloudwatch(operation: str, parameters: Parameters, region: str) -> ConsolePlace:
    return ConsolePlace(
        ("CloudWatch", "Metrics", "All metrics"), _home(region, "cloudwatch/home#metricsV2")
    )


_SERVICES: dict[str, Callable[[str, Parameters, str], ConsolePlace]] = {
    "s3": _find_in_s3,
    "lambda": _find_in_lambda,
    "iam": _find_in_iam,
    "sns": _find_in_sns,
    "sqs": _find_in_sqs,
    "dynamodb": _find_in_dynamodb,
    "apigateway": _find_in_api_gateway,
    "logs": _find_in_logs,
    "cloudwatch": _find_in_cloudwatch,
}


def _last(name: Any) -> str:
    """A resource's name, which may come as an ARN or as a queue's address."""
    text = name if isinstance(name, str) else ""
    return text.rpartition(":")[2].rpartition("/")[2]


def _named(name: str) -> tuple[str, ...]:
    return (name,) if name else ()
