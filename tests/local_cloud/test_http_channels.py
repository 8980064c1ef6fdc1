"""Connections: what waitress alone would get wrong with clients that ask before they send."""

from concurrent.futures import ThreadPoolExecutor


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
