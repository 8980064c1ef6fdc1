"""What happens by itself after a request: events delivered as AWS does, asynchronously."""

from workshop_lib.local_cloud.events.delivery import EventDelivery, connect_events

__all__ = ["EventDelivery", "connect_events"]
