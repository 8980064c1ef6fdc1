"""Signature V4 verified against botocore's own signer, and against everything changed after it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from botocore.auth import S3SigV4Auth, S3SigV4QueryAuth, SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import given
from hypothesis import strategies as st

from workshop_lib.local_cloud.aws_errors import AwsError
from workshop_lib.local_cloud.door.received_requests import ReceivedRequest
from workshop_lib.local_cloud.identities import Identity
from workshop_lib.local_cloud.moto_hooks import UNDERSCORED_HEADERS
from workshop_lib.local_cloud.signing.signatures import SignedRequest, verify_signature

HOST = "127.0.0.1:4566"
USER = Identity("AKIA234567ABCDEFGHIJ", "s" * 40, None, "123456789012", "arn:user", "AIDA")
ENDS = datetime.now(UTC) + timedelta(hours=1)
SESSION = Identity(
    "ASIA234567ABCDEFGHIJ", "t" * 40, "the/token+=", "123456789012", "arn:role", "AROA:name",
    "arn:role", ENDS,
)  # fmt: skip
PEOPLE = {identity.access_key_id: identity for identity in (USER, SESSION)}
SIGNERS = {
    ("s3", "header"): S3SigV4Auth,
    ("s3", "query"): S3SigV4QueryAuth,
    ("iam", "header"): SigV4Auth,
    ("sts", "query"): SigV4QueryAuth,
}


def sign(
    target: str = "/bucket/key",
    *,
    service: str = "s3",
    way: str = "header",
    method: str = "GET",
    headers: dict[str, str] | None = None,
    body: bytes = b"",
    identity: Identity = USER,
    secret: str | None = None,
    expires: int = 60,
) -> AWSRequest:
    """Return a request signed by botocore."""
    request = AWSRequest(method, f"http://{HOST}{target}", headers or {}, data=body)
    keys = Credentials(
        identity.access_key_id, secret or identity.secret_access_key, identity.session_token
    )
    signer = SIGNERS.get((service, way), SigV4Auth)
    further = {"expires": expires} if way == "query" else {}
    signer(keys, service, "us-east-1", **further).add_auth(request)
    return request


def receive(request: AWSRequest, **changes: Any) -> ReceivedRequest:
    """Return the request as the server sees it, after these changes on its way."""
    parts = urlsplit(request.prepare().url)
    body = changes.get("body", request.data or b"")
    headers = dict(request.headers.items()) | {"Host": HOST} | changes.get("headers", {})
    target = changes.get("target", parts.path + (f"?{parts.query}" if parts.query else ""))
    path, _, query = target.partition("?")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": changes.get("method", request.method),
        "REQUEST_URI": target,
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": BytesIO(body),
        "wsgi.url_scheme": "http",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "4566",
        UNDERSCORED_HEADERS: {},
    }
    for name, value in headers.items():
        key = name.upper().replace("-", "_")
        environ[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = value
        if "_" in name:
            environ[UNDERSCORED_HEADERS][f"HTTP_{key}"] = name
    return ReceivedRequest(environ)


def verify(request: ReceivedRequest, later: timedelta = timedelta(0)) -> SignedRequest:
    return verify_signature(request, PEOPLE.get, datetime.now(UTC) + later)


def refusal(request: ReceivedRequest, later: timedelta = timedelta(0)) -> AwsError:
    with pytest.raises(AwsError) as caught:
        verify(request, later)
    return caught.value


class TestAccepted:
    @pytest.mark.parametrize(
        ("service", "way"), [("s3", "header"), ("s3", "query"), ("iam", "header"), ("sts", "query")]
    )
    @pytest.mark.parametrize("identity", [USER, SESSION])
    def test_every_way_of_signing(self, service: str, way: str, identity: Identity) -> None:
        """Headers and presigned URLs are accepted, from users and from role sessions."""
        target = "/?Action=GetCallerIdentity" if service != "s3" else "/bucket/key?acl"
        request = sign(target, service=service, way=way, identity=identity)
        signed = verify(receive(request))
        assert (identity, service, "us-east-1", way) == (
            signed.identity,
            signed.service,
            signed.region,
            signed.way,
        )

    @given(
        key=st.text(min_size=1, max_size=40),
        query=st.dictionaries(st.text(min_size=1, max_size=10), st.text(max_size=10), max_size=3),
        body=st.binary(max_size=200),
        value=st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=20),
    )
    def test_whatever_botocore_signs(
        self, key: str, query: dict[str, str], body: bytes, value: str
    ) -> None:
        """Any key, query, header and body that botocore signs is accepted as sent."""
        key, query = _encodable(key), {_encodable(k): _encodable(v) for k, v in query.items()}
        pairs = "&".join(
            f"{quote(name, safe='-_.~')}={quote(text, safe='-_.~')}"
            for name, text in query.items()
            if name
        )
        target = f"/bucket/{quote(key, safe='/~')}" + (f"?{pairs}" if pairs else "")
        request = sign(
            target, method="PUT", headers={"x-amz-meta-my_key": value, "x-amz-meta-b": "c"},
            body=body,
        )  # fmt: skip
        assert USER == verify(receive(request)).identity

    def test_a_path_encoded_by_its_sender(self) -> None:
        """A key whose sender encoded more than the rules ask is accepted if it signed the rules."""
        request = sign("/bucket/a%20b/c~d")
        assert USER == verify(receive(request, target="/bucket/a%20b%2Fc%7Ed")).identity

    def test_unsigned_and_own_headers(self) -> None:
        """Headers that steer nothing may be added on the way."""
        assert verify(receive(sign(), headers={"User-Agent": "x", "Accept": "*/*"}))


def _encodable(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")


CHANGES = {
    "path": {"target": "/bucket/kez"},
    "query": {"target": "/bucket/key?acl"},
    "method": {"method": "DELETE"},
    "header": {"headers": {"x-amz-meta-a": "c"}},
    "host": {"headers": {"Host": "127.0.0.1:4567"}},
}


class TestRefused:
    @pytest.mark.parametrize("change", CHANGES)
    def test_changed_on_its_way(self, change: str) -> None:
        """Path, query, method, signed header and host cannot be changed after signing."""
        request = sign(method="PUT", headers={"x-amz-meta-a": "b"}, body=b"body")
        error = refusal(receive(request, **CHANGES[change]))
        assert ("SignatureDoesNotMatch", 403) == (error.code, error.status)
        assert re.match(r"AWS4-HMAC-SHA256\n", error.details["StringToSign"])

    @pytest.mark.parametrize("change", ["path", "method", "host"])
    def test_a_presigned_url_changed(self, change: str) -> None:
        """A presigned URL holds for one method, path and host."""
        request = sign(way="query", method="PUT")
        changes = CHANGES[change]
        if "target" in changes:
            query = urlsplit(request.url).query
            changes = {"target": f"{changes['target']}?{query}"}
        assert "SignatureDoesNotMatch" == refusal(receive(request, **changes)).code

    def test_another_body(self) -> None:
        """S3 compares the body with the hash that was signed; the others sign the body."""
        error = refusal(receive(sign(method="PUT", body=b"body"), body=b"bodz"))
        assert ("XAmzContentSHA256Mismatch", 400) == (error.code, error.status)
        form = {"content-type": "application/x-www-form-urlencoded"}
        request = sign("/", service="iam", method="POST", headers=form, body=b"Action=ListUsers")
        error = refusal(receive(request, body=b"Action=ListRoles"))
        assert ("SignatureDoesNotMatch", 403) == (error.code, error.status)

    def test_an_added_header_that_steers_aws(self) -> None:
        """An x-amz- header that was not signed is refused: anyone could have added it."""
        request = sign(way="query", method="PUT")
        error = refusal(receive(request, headers={"x-amz-copy-source": "/other/secret"}))
        assert ("AccessDenied", "x-amz-copy-source") == (
            error.code,
            error.details["HeadersNotSigned"],
        )

    def test_a_header_with_underscores_does_not_stand_for_one_with_hyphens(self) -> None:
        """x-amz-meta-a_b is not the signed x-amz-meta-a-b."""
        request = sign(headers={"x-amz-meta-a-b": "v"})
        received = receive(request)
        received.environ[UNDERSCORED_HEADERS]["HTTP_X_AMZ_META_A_B"] = "x-amz-meta-a_b"
        assert "AccessDenied" == refusal(received).code

    @pytest.mark.parametrize(
        ("service", "expected"),
        [
            ("s3", ("InvalidAccessKeyId", 403)),
            ("iam", ("InvalidClientTokenId", 403)),
            ("dynamodb", ("UnrecognizedClientException", 400)),
            ("lambda", ("UnrecognizedClientException", 403)),
        ],
    )
    def test_an_unknown_key(self, service: str, expected: tuple[str, int]) -> None:
        """A key that belongs to nobody is refused in each protocol's own words."""
        stranger = Identity("AKIAAAAAAAAAAAAAAAAA", "s" * 40, None, "1", "", "")
        error = refusal(receive(sign("/", service=service, identity=stranger)))
        assert expected == (error.code, error.status)

    @pytest.mark.parametrize(
        ("service", "expected"),
        [
            ("s3", ("SignatureDoesNotMatch", 403)),
            ("sns", ("SignatureDoesNotMatch", 403)),
            ("dynamodb", ("InvalidSignatureException", 400)),
            ("apigateway", ("InvalidSignatureException", 403)),
        ],
    )
    def test_a_wrong_secret(self, service: str, expected: tuple[str, int]) -> None:
        """The secret of a known key must be the right one."""
        error = refusal(receive(sign("/", service=service, secret="wrong")))
        assert expected == (error.code, error.status)

    def test_no_signature(self) -> None:
        """A request without a signature is refused in the words of its protocol."""
        bare = receive(AWSRequest("GET", f"http://{HOST}/bucket"))
        assert ("AccessDenied", 403) == (refusal(bare).code, refusal(bare).status)
        json = receive(bare_request(), headers={"x-amz-target": "DynamoDB_20120810.ListTables"})
        assert "MissingAuthenticationTokenException" == refusal(json).code

    @pytest.mark.parametrize(
        "headers",
        [
            {"Authorization": "AWS AKIA234567ABCDEFGHIJ:frJIUN8DYpKDtOLCwo//yllqDzg="},
            {"Authorization": "AWS4-ECDSA-P256-SHA256 Credential=x"},
            {"Authorization": "Basic YTpi"},
        ],
    )
    def test_another_scheme(self, headers: dict[str, str]) -> None:
        """Signature V2 and other schemes are refused, and told to use V4."""
        error = refusal(receive(bare_request(), headers=headers))
        assert ("InvalidRequest", 400) == (error.code, error.status)
        assert "AWS4-HMAC-SHA256" in error.message

    def test_an_old_presigned_url(self) -> None:
        """A Signature V2 URL is told apart from one without a signature."""
        target = "/bucket/key?AWSAccessKeyId=A&Expires=9999999999&Signature=x"
        assert "InvalidRequest" == refusal(receive(bare_request(), target=target)).code

    def test_two_signatures(self) -> None:
        """A header and a presigned URL at once are refused."""
        presigned = urlsplit(sign(way="query").url)
        error = refusal(receive(sign(), target=f"{presigned.path}?{presigned.query}"))
        assert ("InvalidArgument", 400) == (error.code, error.status)

    @pytest.mark.parametrize(
        "authorization",
        [
            "AWS4-HMAC-SHA256",
            "AWS4-HMAC-SHA256 Credential=AKIA/20260101/us-east-1/s3/aws4_request",
            "AWS4-HMAC-SHA256 Credential=AKIA, SignedHeaders=host, Signature=00",
            "AWS4-HMAC-SHA256 Credential=A/b/c/s3/aws5_request, SignedHeaders=host, Signature=0",
        ],
    )
    def test_a_malformed_header(self, authorization: str) -> None:
        """A header that cannot be read is told so."""
        error = refusal(receive(bare_request(), headers={"Authorization": authorization}))
        assert ("AuthorizationHeaderMalformed", 400) == (error.code, error.status)

    def test_a_body_hash_that_is_none(self) -> None:
        """S3 needs a hash, or a word that stands for one."""
        received = receive(sign(), headers={"X-Amz-Content-SHA256": "nonsense"})
        assert "InvalidArgument" == refusal(received).code
        received = receive(sign())
        del received.environ["HTTP_X_AMZ_CONTENT_SHA256"]
        assert "InvalidRequest" == refusal(ReceivedRequest(received.environ)).code


def bare_request() -> AWSRequest:
    return AWSRequest("GET", f"http://{HOST}/bucket/key")


class TestTime:
    @pytest.mark.parametrize("minutes", [-16, 16])
    def test_a_wrong_clock(self, minutes: int) -> None:
        """A clock more than fifteen minutes away is refused, in both directions."""
        error = refusal(receive(sign()), timedelta(minutes=minutes))
        assert ("RequestTimeTooSkewed", 403) == (error.code, error.status)
        assert "900000" == error.details["MaxAllowedSkewMilliseconds"]
        json = sign("/", service="dynamodb")
        assert "InvalidSignatureException" == refusal(receive(json), timedelta(hours=1)).code

    @pytest.mark.parametrize("minutes", [-14, 14])
    def test_a_tolerable_clock(self, minutes: int) -> None:
        """Less than fifteen minutes are tolerated."""
        assert verify(receive(sign()), timedelta(minutes=minutes))

    def test_a_presigned_url_ends_exactly(self) -> None:
        """A presigned URL is good until its last second and refused from then on."""
        received = receive(sign(way="query", expires=60))
        signed_at = verify(received).claim.signed_at
        last = signed_at + timedelta(seconds=59, milliseconds=999)
        assert verify_signature(received, PEOPLE.get, last)
        with pytest.raises(AwsError) as caught:
            verify_signature(received, PEOPLE.get, signed_at + timedelta(seconds=60))
        error = caught.value
        assert ("AccessDenied", "Request has expired", 403) == (
            error.code,
            error.message,
            error.status,
        )
        assert "60" == error.details["X-Amz-Expires"]

    def test_a_presigned_url_outlives_the_clock_skew(self) -> None:
        """An hour-long URL is good after half an hour: the skew is for headers."""
        received = receive(sign(way="query", expires=3600))
        assert verify(received, timedelta(minutes=30))

    @pytest.mark.parametrize(
        ("expires", "words"),
        [(604801, "less than a week"), (-1, "non-negative")],
    )
    def test_an_impossible_expiry(self, expires: int, words: str) -> None:
        """A presigned URL lives for at most seven days."""
        error = refusal(receive(sign(way="query", expires=expires)))
        assert ("AuthorizationQueryParametersError", 400) == (error.code, error.status)
        assert words in error.message

    def test_a_url_without_all_its_parameters(self) -> None:
        """A presigned URL needs all six parameters."""
        parts = urlsplit(sign(way="query").url)
        for name in ("Expires", "Date", "Credential", "SignedHeaders", "Signature"):
            query = re.sub(f"&?X-Amz-{name}=[^&]*", "", parts.query)
            error = refusal(receive(bare_request(), target=f"{parts.path}?{query}"))
            assert "AuthorizationQueryParametersError" == error.code, name

    def test_a_scope_of_another_day(self) -> None:
        """The day of the scope must be the day of the request."""
        request = sign()
        header = request.headers["Authorization"]
        changed = re.sub(r"/\d{8}/", "/20200101/", header)
        error = refusal(receive(request, headers={"Authorization": changed}))
        assert "SignatureDoesNotMatch" == error.code


class TestSessions:
    def test_without_its_token(self) -> None:
        """A session's keys are nothing without the session token."""
        keys = Identity(SESSION.access_key_id, "t" * 40, None, "1", "", "")
        assert "InvalidAccessKeyId" == refusal(receive(sign(identity=keys))).code
        error = refusal(receive(sign("/", service="sts", identity=keys)))
        assert "InvalidClientTokenId" == error.code

    def test_with_another_token(self) -> None:
        """The session token must be this session's."""
        keys = Identity(SESSION.access_key_id, "t" * 40, "other", "1", "", "")
        error = refusal(receive(sign(identity=keys)))
        assert ("InvalidToken", 400) == (error.code, error.status)

    def test_a_user_with_a_token(self) -> None:
        """A user's own keys come without a token."""
        keys = Identity(USER.access_key_id, USER.secret_access_key, "other", "1", "", "")
        assert "InvalidToken" == refusal(receive(sign(identity=keys))).code

    @pytest.mark.parametrize(
        ("service", "expected"),
        [
            ("s3", ("ExpiredToken", 400)),
            ("sts", ("ExpiredToken", 403)),
            ("dynamodb", ("ExpiredTokenException", 400)),
            ("lambda", ("ExpiredTokenException", 403)),
        ],
    )
    def test_after_its_end(self, service: str, expected: tuple[str, int]) -> None:
        """An ended session is refused, whatever its keys sign."""
        ended = Identity(
            SESSION.access_key_id, "t" * 40, SESSION.session_token, "1", "", "", "arn:role",
            datetime.now(UTC) - timedelta(seconds=1),
        )  # fmt: skip
        received = receive(sign("/", service=service, identity=ended))
        with pytest.raises(AwsError) as caught:
            verify_signature(received, {ended.access_key_id: ended}.get, datetime.now(UTC))
        assert expected == (caught.value.code, caught.value.status)
