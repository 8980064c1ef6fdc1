"""How much a caller may send before it is known who is calling.

The server bounds every body. Here, before a large one is read into memory, its sender must name a
key of this cloud and a time that is now: what a stranger's web page cannot do.
"""

from __future__ import annotations

from datetime import datetime

from werkzeug import Request

from workshop_lib.local_cloud.aws_errors import AwsError
from workshop_lib.local_cloud.s3.form_uploads import is_form_upload
from workshop_lib.local_cloud.services import find_protocol
from workshop_lib.local_cloud.signing.claims import is_signed, read_claim, read_scope_name
from workshop_lib.local_cloud.signing.signatures import FindIdentity, check_time, identify

# Above API Gateway's own bound, which answers for itself.
STRANGER_BYTES = 12 * 1024 * 1024
FORM_BYTES = 64 * 1024 * 1024


# In a request's environ: why the disk did not take its body; empty where it did.
LOST_BODY = "workshop.lost_body"


def check_body_is_whole(request: Request) -> None:
    """Refuse a request whose body could not be kept while it came in.

    Raises:
        AwsError: InsufficientStorage 507.
    """
    reason = request.environ.get(LOST_BODY)
    if reason:
        sentence = f"Nothing was changed: the disk did not take the request's body ({reason})."
        raise AwsError("InsufficientStorage", sentence, 507)


def check_body_size(request: Request, find_identity: FindIdentity, now: datetime) -> None:
    """Refuse a body that is too large for what is known of its sender.

    Raises:
        AwsError: EntityTooLarge for a stranger's; the signature's own refusal for an unknown key.
    """
    size = request.content_length or 0
    if size <= STRANGER_BYTES:
        return
    if is_signed(request):
        protocol = find_protocol(read_scope_name(request), request)
        claim = read_claim(request, protocol)
        check_time(claim, now, protocol)
        identify(claim, find_identity, now, protocol)
        return
    bound = FORM_BYTES if is_form_upload(request) else STRANGER_BYTES
    if size > bound:
        raise AwsError(
            "EntityTooLarge",
            "Your proposed upload exceeds the maximum allowed size",
            400,
            {"ProposedSize": str(size), "MaxSizeAllowed": str(bound)},
        )
