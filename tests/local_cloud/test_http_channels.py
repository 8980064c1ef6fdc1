"""Connections: what waitress alone would get wrong with clients that ask before they send."""

from __future__ import annotations

import http.client
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

from workshop_lib.local_cloud.launcher import RunningCloud


def test_an_object_without_content_is_put_at_once(client):
    """boto3 asks before each upload whether to go on; an empty body is answered all the same."""
    s3 = client("s3")
    s3.create_bucket(Bucket="empty-objects")

    answer = s3.put_object(Bucket="empty-objects", Key="nothing", Body=b"")

    assert 200 == answer["ResponseMetadata"]["HTTPStatusCode"]
    assert b"" == s3.get_object(Bucket="empty-objects", Key="nothing")["Body"].read()


def test_many_uploads_that_ask_first_all_arrive(client):
    """Uploads by eight clients at once, each asking before it sends, lose no connection."""
    client("s3").create_bucket(Bucket="asking-first")

    def upload(worker):
        s3 = client("s3")
        for number in range(25):
            s3.put_object(Bucket="asking-first", Key=f"{worker}/{number}", Body=b"x" * 2000)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(upload, range(8)))

    assert 200 == client("s3").list_objects_v2(Bucket="asking-first")["KeyCount"]


def test_requests_sent_ahead_are_answered_in_order(local_cloud: RunningCloud, client) -> None:
    """Also where an answer is longer than the connection takes at once, and its reader is slow."""
    s3 = client("s3")
    s3.create_bucket(Bucket="ahead")
    bodies = [bytes([65 + number]) * size for number, size in enumerate((10, 6_000_000, 20))]
    requests = b""
    for number, body in enumerate(bodies):
        place = {"Bucket": "ahead", "Key": str(number)}
        s3.put_object(**place, Body=body)
        address = urlsplit(s3.generate_presigned_url("get_object", Params=place))
        requests += f"GET {address.path}?{address.query} HTTP/1.1\r\n".encode()
        requests += f"Host: {address.netloc}\r\n\r\n".encode()

    with socket.create_connection(("127.0.0.1", local_cloud.port), timeout=30) as connection:
        connection.sendall(requests)
        time.sleep(0.3)
        answers = [http.client.HTTPResponse(connection) for _ in bodies]
        file = connection.makefile("rb")
        for answer, body in zip(answers, bodies, strict=True):
            answer.fp = file
            answer.begin()
            assert (200, body) == (answer.status, answer.fp.read(answer.length))
