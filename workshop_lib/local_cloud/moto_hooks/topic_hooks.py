"""The hooks that make moto's SNS refuse what AWS's does, and wait for e-mail's consent."""

from __future__ import annotations

import copy
import json
import re
from typing import Any

from workshop_lib.local_cloud.aws_errors import AwsError
from workshop_lib.local_cloud.messaging import message_attributes, topic_refusals
from workshop_lib.local_cloud.messaging.topic_refusals import refuse
from workshop_lib.local_cloud.moto_hooks.wrapping import around

PENDING = "PendingConfirmation"
# Nobody can read these mails, so nobody ever confirms; what SNS sends there is not sent.
UNCONFIRMED_PROTOCOLS = ("email", "email-json", "http", "https")
# moto's names of the calls with an ARN, and their parameters that are one.
ARNS = {
    **dict.fromkeys(
        ("subscribe", "get_topic_attributes", "set_topic_attributes", "delete_topic",
         "list_subscriptions_by_topic"),
        ("TopicArn",),
    ),
    **dict.fromkeys(
        ("unsubscribe", "get_subscription_attributes", "set_subscription_attributes"),
        ("SubscriptionArn",),
    ),
    "publish": ("TopicArn", "TargetArn"),
}  # fmt: skip
EXISTS = "{} Reason: {} already exists with different {}"


def install_topic_hooks() -> None:
    """Install the hooks into SNS."""
    check_topics()
    check_messages()
    check_subscriptions()
    check_arns()
    list_pending_subscriptions()


def check_topics() -> None:
    """Refuse attributes that topics do not have, and the same topic with others."""
    from moto.core.utils import camelcase_to_underscores
    from moto.sns.responses import SNSResponse

    @around(SNSResponse, "create_topic")
    def create_topic(plain: Any, self: Any) -> Any:
        topic_refusals.check_tags(self._get_param("Tags", []))
        attributes, tags = self._get_attributes() or {}, self._get_tags() or {}
        for name, value in attributes.items():
            topic_refusals.check_topic_attribute(name, value)
        named = (one for one in self.backend.topics.values() if one.name == self._get_param("Name"))
        held = next(named, None)
        if held is not None:
            found = {name: getattr(held, camelcase_to_underscores(name), "") for name in attributes}
            if attributes != {name: str(value) for name, value in found.items()}:
                raise refuse(EXISTS.format("Attributes", "Topic", "attributes"))
            if tags and tags != (held._tags or {}):
                raise refuse(EXISTS.format("Tags", "Topic", "tags"))
        return plain(self)

    @around(SNSResponse, "tag_resource")
    def tag_resource(plain: Any, self: Any) -> Any:
        topic_refusals.check_tags(self._get_param("Tags", []))
        return plain(self)

    @around(SNSResponse, "set_topic_attributes")
    def set_topic_attributes(plain: Any, self: Any) -> Any:
        name, value = self._get_param("AttributeName"), self._get_param("AttributeValue")
        topic_refusals.check_topic_attribute(name, value)
        return plain(self)


def check_messages() -> None:
    """Refuse messages that are empty, too long, or not structured as they say."""
    from moto.sns.responses import SNSResponse

    @around(SNSResponse, "publish")
    def publish(plain: Any, self: Any) -> Any:
        self.backend.get_topic(self._get_param("TargetArn") or self._get_param("TopicArn"))
        message = self._get_param("Message") or ""
        about = (self._get_param("Subject"), self._get_param("MessageStructure"))
        topic_refusals.check_message(message, *about)
        message_attributes.check_message_attributes(self._get_param("MessageAttributes", {}))
        topic_refusals.check_size(message, self._parse_message_attributes())
        return plain(self)


def check_subscriptions() -> None:
    """Refuse endpoints and attributes before anything is subscribed; moto would subscribe first."""
    from moto.sns.responses import SNSResponse

    @around(SNSResponse, "subscribe")
    def subscribe(plain: Any, self: Any) -> Any:
        topic_arn, protocol = self._get_param("TopicArn"), self._get_param("Protocol")
        endpoint = self._get_param("Endpoint") or ""
        # Not moto's _get_attributes, which takes every word that is not "true" for false.
        attributes = {**self._get_param("Attributes", {})}
        self.backend.get_topic(topic_arn)
        topic_refusals.check_endpoint(protocol, endpoint)
        scope = attributes.get("FilterPolicyScope", topic_refusals.SCOPES[-1])
        try:
            for name, value in attributes.items():
                _check_attribute(self.backend, name, value, scope)
        except AwsError as error:
            reason = error.message.partition("Invalid parameter: ")[2]
            if not reason or reason == "AttributeName":
                raise
            raise refuse(f"Attributes Reason: {reason}") from error
        held = self.backend._find_subscription(topic_arn, endpoint, protocol)
        if held is not None and _differs(held, attributes):
            raise refuse(EXISTS.format("Attributes", "Subscription", "attributes"))
        result = plain(self)
        subscription = self.backend.subscriptions[result.result["SubscriptionArn"]]
        if protocol in UNCONFIRMED_PROTOCOLS:
            subscription.attributes[PENDING] = True
            if self._get_param("ReturnSubscriptionArn") not in (True, "true"):
                result.result["SubscriptionArn"] = "pending confirmation"
        return result

    @around(SNSResponse, "set_subscription_attributes")
    def set_subscription_attributes(plain: Any, self: Any) -> Any:
        name, value = self._get_param("AttributeName"), self._get_param("AttributeValue") or ""
        held = self.backend.subscriptions.get(self._get_param("SubscriptionArn"))
        if held is None:
            raise AwsError("NotFound", "Subscription does not exist", 404)
        scope = held.attributes.get("FilterPolicyScope", topic_refusals.SCOPES[-1])
        _check_attribute(self.backend, name, value, scope)
        return plain(self)


def _check_attribute(backend: Any, name: str, value: str, scope: str) -> None:
    from moto.sns.exceptions import SNSInvalidParameter

    topic_refusals.check_subscription_attribute(name, value)
    if name != "FilterPolicy" or not value:
        return
    try:
        backend._validate_filter_policy(json.loads(value), scope)
    except SNSInvalidParameter as error:
        reason = re.sub(
            "^Invalid parameter: |Attributes Reason: |\n at \\.\\.\\.$", "", error.message
        )
        raise refuse(reason) from error


def _differs(subscription: Any, attributes: dict[str, str]) -> bool:
    held = {name: str(value).lower() for name, value in subscription.attributes.items()}
    return any(held.get(name) != value.lower() for name, value in attributes.items())


def check_arns() -> None:
    """Refuse what is no ARN where a call has to name one."""
    from moto.sns.responses import SNSResponse

    for method, members in ARNS.items():
        _check_arns(SNSResponse, method, members)


def _check_arns(owner: Any, method: str, members: tuple[str, ...]) -> None:
    @around(owner, method)
    def answer(plain: Any, self: Any) -> Any:
        for member in members:
            arn = self._get_param(member)
            if arn is not None:
                topic_refusals.check_arn(member, arn)
        return plain(self)


def list_pending_subscriptions() -> None:
    """List what nobody has confirmed without an ARN, as SNS does."""
    from moto.sns.responses import SNSResponse

    @around(SNSResponse, "list_subscriptions")
    @around(SNSResponse, "list_subscriptions_by_topic")
    def list_subscriptions(plain: Any, self: Any) -> Any:
        result = plain(self)
        result.result["Subscriptions"] = list(map(_hide, result.result["Subscriptions"]))
        return result


def _hide(subscription: Any) -> Any:
    if not subscription.attributes.get(PENDING):
        return subscription
    shown = copy.copy(subscription)
    shown.arn = PENDING
    return shown
