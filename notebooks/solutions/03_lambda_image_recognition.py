# %% [markdown]
# Lesson 3's solutions. Each block is the whole content of the notebook's cell of that name.

# %% setup
import json

from workshop_lib import open_lesson

lesson = open_lesson(3)
lambda_ = lesson.client("lambda")
event = lesson.test_event("reco-image", "good_picture")
event["Records"][0]["s3"]["bucket"]["name"] = lesson.names.images_bucket

# %% exercise-do-not-wait
taken = lambda_.invoke(
    FunctionName=lesson.names.function("reco-image"),
    InvocationType="Event",
    Payload=json.dumps(event),
)

lesson.check("do-not-wait", taken)

# %% exercise-decode-key
from urllib.parse import unquote_plus


def read_key(record):
    return unquote_plus(record["s3"]["object"]["key"])


lesson.check("decode-key", read_key)

# %% exercise-client-once
faster = """
import boto3

s3 = boto3.client("s3")


def handler(event, context):
    return s3.meta.region_name
"""

lesson.check("client-once", faster)

# %% exercise-size-memory
memory = 1024

lesson.check("size-memory", memory)
