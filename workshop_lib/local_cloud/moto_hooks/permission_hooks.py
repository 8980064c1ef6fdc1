"""The hooks that let our own rules decide who may do what."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

from moto.core.responses import BaseResponse
from werkzeug.datastructures import ImmutableMultiDict

from workshop_lib.local_cloud.moto_hooks.dispatch import (
    ALLOWED_RESOURCES,
    OPERATION,
    READS_FORM,
    current_request,
)
from workshop_lib.local_cloud.moto_hooks.moments import Moment, enter_moment
from workshop_lib.local_cloud.moto_hooks.wrapping import around

# Where moto keeps managed policies: those that can be attached, and those of them that are AWS's.
ATTACHABLE, OF_AWS = "managed_policies", "aws_managed_policies"


def install_permission_hooks(account_id: str, protect_new_bucket: Callable[[Any], None]) -> None:
    """Make moto keep what permissions are decided on, and decide nothing itself.

    Args:
        account_id: whose AWS managed policies are loaded.
        protect_new_bucket: called with each bucket that moto makes.
    """
    act_on_what_was_authorised()
    load_managed_policies_late(account_id)
    leave_decisions_to_us()
    protect_new_buckets(protect_new_bucket)
    keep_user_boundaries()


def act_on_what_was_authorised() -> None:
    """Make moto read a request as permissions read it.

    Left alone, moto looks for an operation and its parameters wherever text could hold them: in a
    JSON body or an uploaded file (``…&Action=DeleteTable&…``), and at last in the headers.
    """

    @around(BaseResponse, "setup_class")
    def setup_class(plain: Any, self: Any, request: Any, *arguments: Any, **further: Any) -> None:
        reads_form = request.environ.get(READS_FORM, False)
        if not reads_form:
            request.data = request.get_data(cache=True)
            request.form = request.files = ImmutableMultiDict()
        plain(self, request, *arguments, **further)
        if not reads_form:
            self.querystring = parse_qs(self.parsed_url.query, keep_blank_values=True)
            self.data = self.querystring

    @around(BaseResponse, "_get_action")
    def get_action(plain: Any, self: Any) -> str:
        request = getattr(self, "normalized_request", None)
        operation = request.environ.get(OPERATION) if request is not None else None
        # moto's S3 goes by path and query alone, and keeps names of its own for its operations.
        if operation and self.service_name != "s3":
            if "Action" not in self.querystring and "X-Amz-Target" not in self.headers:
                # It notes what the path names, which some of moto's operations read from there.
                self._get_action_from_method_and_request_uri(request)
            return str(operation)
        return str(plain(self))


def leave_decisions_to_us() -> None:
    """Keep moto from deciding on a bucket's policy, of which it does not read the conditions.

    It asks again for each key of a DeleteObjects, and hears which of them were allowed.
    """
    from moto.iam.access_control import PermissionResult
    from moto.s3.models import FakeBucket

    def get_permission(self: Any, action: str, resource: str) -> PermissionResult:
        request = current_request()
        allowed = request.environ.get(ALLOWED_RESOURCES) if request is not None else None
        if allowed is None or resource in allowed:
            return PermissionResult.PERMITTED
        return PermissionResult.DENIED

    FakeBucket.get_permission = get_permission


def protect_new_buckets(protect: Callable[[Any], None]) -> None:
    """Let every new bucket start as AWS's do: moto's are open, with ACLs."""
    from moto.s3.models import FakeBucket

    @around(FakeBucket, "__init__")
    def make_bucket(plain: Any, self: Any, *arguments: Any, **further: Any) -> None:
        plain(self, *arguments, **further)
        protect(self)


def keep_user_boundaries() -> None:
    """Give users permissions boundaries, which moto has for roles only."""
    from moto.core.responses import ActionResult, EmptyResult
    from moto.iam.models import User
    from moto.iam.responses import IamResponse

    def bound(self: Any, boundary: str | None) -> ActionResult:
        user = self.backend.get_user(self._get_param("UserName"))
        user.permissions_boundary_arn = boundary
        return EmptyResult()

    def describe(user: Any) -> dict[str, str] | None:
        arn = getattr(user, "permissions_boundary_arn", None)
        kind = {"PermissionsBoundaryType": "Policy"}
        return {**kind, "PermissionsBoundaryArn": arn} if arn else None

    @around(IamResponse, "create_user")
    def create_user(plain: Any, self: Any) -> ActionResult:
        result = plain(self)
        bound(self, self._get_param("PermissionsBoundary"))
        return result

    IamResponse.put_user_permissions_boundary = lambda self: bound(
        self, self._get_param("PermissionsBoundary")
    )
    IamResponse.delete_user_permissions_boundary = lambda self: bound(self, None)
    User.permissions_boundary = property(describe)


# AWS's managed policies, which moto leaves out unless it is asked for them ------------------------


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
