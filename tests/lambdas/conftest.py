"""What the tests of the functions share: an AWS in memory, the handlers, pictures of all kinds."""

from __future__ import annotations

import importlib.util
import io
import json
import struct
import sys
import uuid
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import boto3
import pytest
import requests
from moto import mock_aws
from PIL import Image

LAMBDAS = Path(__file__).parents[2] / "lambdas"
sys.path.append(str(LAMBDAS / "layers" / "recogniser"))  # as Lambda does with a layer's python/

IMAGES = "awstack-example-images"
THUMBNAILS = "awstack-example-thumbnails"
TABLE = "awstack-example-reco-results"
TOPIC = "awstack-example-reco-results"


@dataclass
class Context:
    """The part of Lambda's context that the functions use."""

    aws_request_id: str = field(default_factory=lambda: str(uuid.uuid4()))


@dataclass
class Clients:
    """How the tests reach the account."""

    s3: Any
    sns: Any
    sqs: Any
    dynamodb: Any


@dataclass
class Account:
    """What stands in the account before a function runs."""

    s3: Any
    sns: Any
    sqs: Any
    table: Any
    topic_arn: str
    queue_url: str

    def put(self, key: str, content: bytes) -> None:
        self.s3.put_object(Bucket=IMAGES, Key=key, Body=content)

    def read_messages(self) -> list[dict[str, Any]]:
        """The envelopes that the topic's subscriber has received."""
        answer = self.sqs.receive_message(QueueUrl=self.queue_url, MaxNumberOfMessages=10)
        return [json.loads(message["Body"]) for message in answer.get("Messages", [])]


@pytest.fixture(scope="module")
def clients() -> Iterator[Clients]:
    """An AWS in memory, for one file of tests; making clients takes longer than using them."""
    with pytest.MonkeyPatch.context() as environment, mock_aws():
        environment.delenv("AWS_ENDPOINT_URL", raising=False)
        environment.setenv("AWS_DEFAULT_REGION", "us-east-1")
        s3, sns, sqs = (boto3.client(service) for service in ("s3", "sns", "sqs"))
        yield Clients(s3, sns, sqs, boto3.resource("dynamodb"))


@pytest.fixture
def account(clients: Clients) -> Account:
    """Empty buckets, an empty table, a topic with one subscriber."""
    requests.post("http://motoapi.amazonaws.com/moto-api/reset", timeout=10).raise_for_status()
    s3, sns, sqs = clients.s3, clients.sns, clients.sqs
    for bucket in (IMAGES, THUMBNAILS):
        s3.create_bucket(Bucket=bucket)
    topic_arn = sns.create_topic(Name=TOPIC)["TopicArn"]
    queue_url = sqs.create_queue(QueueName="reader")["QueueUrl"]
    attributes = sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=["QueueArn"])
    queue_arn = attributes["Attributes"]["QueueArn"]
    sns.subscribe(TopicArn=topic_arn, Protocol="sqs", Endpoint=queue_arn)
    return Account(s3, sns, sqs, create_table(clients.dynamodb), topic_arn, queue_url)


def create_table(dynamodb: Any) -> Any:
    return dynamodb.create_table(
        TableName=TABLE,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[
            {"AttributeName": name, "AttributeType": "S"}
            for name in ("id", "collection", "timestamp")
        ],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "by-time",
                "KeySchema": [
                    {"AttributeName": "collection", "KeyType": "HASH"},
                    {"AttributeName": "timestamp", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
        BillingMode="PAY_PER_REQUEST",
    )


@pytest.fixture(scope="module")
def load(clients: Clients) -> Callable[..., ModuleType]:
    """Loads a function's handler anew, as a cold start does: load("db_save", TABLE_NAME=…)."""

    def load_handler(name: str, **variables: str) -> ModuleType:
        file = LAMBDAS / name / "handler.py"
        specification = importlib.util.spec_from_file_location(f"handler_of_{name}", file)
        assert specification
        assert specification.loader
        module = importlib.util.module_from_spec(specification)
        with pytest.MonkeyPatch.context() as environment:
            for variable, value in variables.items():
                environment.setenv(variable, value)
            specification.loader.exec_module(module)
        return module

    return load_handler


@pytest.fixture
def context() -> Context:
    return Context()


@pytest.fixture
def event() -> Callable[[str, str], dict[str, Any]]:
    """Reads a test event: event("db_save", "good_result")."""

    def read(function: str, name: str) -> dict[str, Any]:
        text = (LAMBDAS / function / "events" / f"{name}.json").read_text(encoding="utf-8")
        contents: dict[str, Any] = json.loads(text)
        return contents

    return read


@pytest.fixture
def logged(capsys: pytest.CaptureFixture[str]) -> Callable[[], list[dict[str, Any]]]:
    """The lines that the function has logged since the last look, each one JSON."""

    def read() -> list[dict[str, Any]]:
        return [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    return read


# Pictures -------------------------------------------------------------------------------------


def draw(mode: str = "RGB", size: tuple[int, int] = (640, 480)) -> Image.Image:
    """Blue, with a red top left quarter, so that a turn can be seen."""
    picture = Image.new("RGB", size, (20, 40, 200))
    picture.paste((220, 20, 20), (0, 0, size[0] // 2, size[1] // 2))
    return picture.convert(mode)


def encode(picture: Image.Image, image_format: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, image_format, **options)
    return buffer.getvalue()


def sixteen_bit() -> bytes:
    """A 16-bit grey PNG, dark on the left (a quarter of full light) and bright on the right."""
    dark, bright = struct.pack("<H", 16_384), struct.pack("<H", 49_152)
    pixels = (dark * 320 + bright * 320) * 480
    return encode(Image.frombytes("I;16", (640, 480), pixels), "PNG")


def rotated(image_format: str = "JPEG") -> bytes:
    """The usual picture, stored lying on its side, with EXIF data that say so."""
    exif = Image.Exif()
    exif[0x0112] = 6  # Orientation: turn by 90 degrees clockwise to see it upright
    exif[0x010F] = "A camera"
    lying = draw().transpose(Image.Transpose.ROTATE_90)
    return encode(lying, image_format, exif=exif)


def animated() -> bytes:
    frames = [Image.new("RGB", (640, 480), colour) for colour in ("white", "black")]
    return encode(draw(), "GIF", save_all=True, append_images=frames, duration=100)


def transparent() -> bytes:
    """A red half, and a half that is not there."""
    picture = Image.new("RGBA", (640, 480), (0, 0, 0, 0))
    picture.paste((220, 20, 20, 255), (0, 0, 320, 480))
    return encode(picture, "PNG")


def bomb(side: int) -> bytes:
    """A PNG of a few hundred bytes that says it has side × side pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        checksum = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + checksum

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    data = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(100_000)))
    return b"\x89PNG\r\n\x1a\n" + data + chunk(b"IEND", b"")


def heic() -> bytes:
    return struct.pack(">I4s4sI4s4s", 24, b"ftyp", b"heic", 0, b"mif1", b"heic") + bytes(5_000)


def make_readable_pictures() -> dict[str, bytes]:
    return {
        "JPEG": encode(draw(), "JPEG"),
        "progressive JPEG": encode(draw(), "JPEG", progressive=True),
        "grey JPEG": encode(draw("L"), "JPEG"),
        "CMYK JPEG": encode(draw("CMYK"), "JPEG"),
        "EXIF-rotated JPEG": rotated(),
        "two-picture JPEG": encode(draw(), "MPO", save_all=True, append_images=[draw()]),
        "PNG": encode(draw(), "PNG"),
        "EXIF-rotated PNG": rotated("PNG"),
        "palette PNG": encode(draw("P"), "PNG"),
        "palette PNG with a hole": encode(draw("P"), "PNG", transparency=0),
        "black and white PNG": encode(draw("1"), "PNG"),
        "16-bit PNG": sixteen_bit(),
        "alpha PNG": transparent(),
        "grey alpha PNG": encode(draw("LA"), "PNG"),
        "animated GIF": animated(),
        "WebP": encode(draw(), "WEBP"),
        "one pixel": encode(draw(size=(1, 1)), "PNG"),
        "a thin line": encode(draw(size=(3000, 2)), "PNG"),
    }


def make_unreadable_files() -> dict[str, bytes]:
    jpeg, png = encode(draw(), "JPEG"), encode(draw(), "PNG")
    return {
        "empty": b"",
        "text": "This is no picture, whatever its name says: été.".encode(),
        "JPEG cut short": jpeg[: len(jpeg) // 2],
        "PNG cut short": png[: len(png) // 2],
        "JPEG header alone": jpeg[:20],
        "HEIC": heic(),
        "small bomb": bomb(9_000),
        "large bomb": bomb(60_000),
        "vector drawing": b'<svg xmlns="http://www.w3.org/2000/svg"><rect/></svg>',
        "PostScript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\nquit\n",
    }


READABLE = make_readable_pictures()
UNREADABLE = make_unreadable_files()


@pytest.fixture(params=READABLE)
def readable_picture(request: pytest.FixtureRequest) -> bytes:
    """Every kind of picture that can be read, in turn."""
    return READABLE[request.param]


@pytest.fixture(params=UNREADABLE)
def unreadable_file(request: pytest.FixtureRequest) -> bytes:
    """Every kind of file that cannot, in turn."""
    return UNREADABLE[request.param]


@pytest.fixture
def pictures() -> dict[str, bytes]:
    """All of them by name."""
    return READABLE | UNREADABLE
