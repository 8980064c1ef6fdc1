"""The policies of the workshop on a real account, generated from the functions' contracts."""

from workshop_lib.policies.attendees import ANY_ATTENDEE, attendee_policy
from workshop_lib.policies.boundaries import boundary_policy, function_policies

__all__ = ["ANY_ATTENDEE", "attendee_policy", "boundary_policy", "function_policies"]
