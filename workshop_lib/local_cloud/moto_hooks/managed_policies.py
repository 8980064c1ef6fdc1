"""AWS's own managed policies, which moto leaves out unless it is asked for them."""

from __future__ import annotations

from typing import Any

from workshop_lib.local_cloud.moto_hooks.moments import Moment, enter_moment

# Where moto keeps them: those that can be attached, and those of them that are AWS's.
ATTACHABLE, OF_AWS = "managed_policies", "aws_managed_policies"


class LatePolicies:
    """Stands for a backend's policies until somebody looks at them.

    There are more than a thousand of them, and reading them takes a tenth of the cloud's start.
    """

    def __init__(self, name: str, backend: Any) -> None:
        self._name = name
        self._backend = backend

    def __get__(self, backend: Any, owner: type) -> Any:
        """Return the policies; all of them are read now, and from here on found as moto does."""
        # moto makes backends of other accounts and partitions too, and none of them is ours.
        if backend is self._backend:
            for name in (ATTACHABLE, OF_AWS):
                delattr(owner, name)
            _load_managed_policies(backend)
        return backend.__dict__[self._name]

    def __set__(self, backend: Any, policies: Any) -> None:
        backend.__dict__[self._name] = policies


def load_managed_policies_late(account_id: str) -> None:
    """Have AWS's managed policies, from the moment on that they are looked at."""
    from moto.iam.models import IAMBackend, iam_backends

    backend = iam_backends[account_id]["aws"]
    # A process's second local cloud finds them as the first has left them.
    if not backend.aws_managed_policies:
        for name in (ATTACHABLE, OF_AWS):
            setattr(IAMBackend, name, LatePolicies(name, backend))


def _load_managed_policies(backend: Any) -> None:
    import moto.iam.aws_managed_policies as source
    import moto.iam.models as models

    # moto asks an environment variable, which everything started from here would inherit.
    models.load_iam_aws_managed_policies = lambda: True
    # In a moment of their own, so that their ids are the same in every cloud.
    with enter_moment(Moment(0, b"AWS managed policies")):
        backend.aws_managed_policies = backend._init_aws_policies()
    # Read once; the text of all of them need not stay.
    models.aws_managed_policies_data = source.aws_managed_policies_data = "{}"
    backend.managed_policies.update(backend._init_managed_policies())
