# %% [markdown]
# Lesson 3's solutions. Each block is the whole content of the notebook's cell of that name.

# %% setup
from workshop_lib import open_lesson

lesson = open_lesson(3)

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
