"""The hooks that make moto's SNS refuse what AWS's does, and wait for e-mail's consent."""

from __future__ import annotations

import copy
from typing import Any

from workshop_lib.local_cloud.messaging import topic_refusals
from workshop_lib.local_cloud.messaging.topic_refusals import refuse
from workshop_lib.local_cloud.moto_hooks.wrapping import around

PENDING = "PendingConfirmation"
# Nobody can read these mails, so nobody ever confirms; what SNS sends there is not sent.
UNCONFIRMED_PROTOCOLS = ("email", "email-json", "http", "https")
EXISTS = "{} Reason: {} already exists with different {}"


def install_topic_hooks() -> None:
    """Install the hooks into SNS."""
    check_topics()
    check_messages()
    check_subscriptions()
    list_pending_subscriptions()


def check_topics() -> None:
    """Refuse attributes that topics do not have, and the same topic with others."""
    from moto.core.utils import camelcase_to_underscores
    from moto.sns.responses import SNSResponse

    @around(SNSResponse, "create_topic")
    def create_topic(plain: Any, self: Any) -> Any:
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
        for name, value in attributes.items():
            topic_refusals.check_subscription_attribute(name, value)
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
        name, value = self._get_param("AttributeName"), self._get_param("AttributeValue")
        topic_refusals.check_subscription_attribute(name, value or "")
        return plain(self)


def _differs(subscription: Any, attributes: dict[str, str]) -> bool:
    held = {name: str(value).lower() for name, value in subscription.attributes.items()}
    return any(held.get(name) != value.lower() for name, value in attributes.items())


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
