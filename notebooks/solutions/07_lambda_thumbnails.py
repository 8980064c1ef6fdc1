# %% [markdown]
# Lesson 7's solutions. Each block is the whole content of the notebook's cell of that name.

# %% setup
import io

from PIL import ExifTags, Image

from workshop_lib import open_lesson
from workshop_lib.aws import topics

lesson = open_lesson(7)
sns, names = lesson.client("sns"), lesson.names
subscription = topics.subscribe_function(sns, names.topic_arn, names.function_arn("thumbnail-gen"))
photo, orientation = Image.open(lesson.pictures[-1]), Image.Exif()
orientation[ExifTags.Base.Orientation] = 6
stored = io.BytesIO()
photo.transpose(Image.Transpose.ROTATE_90).save(stored, "JPEG", exif=orientation)
sideways = Image.open(stored)

# %% exercise-upright
from PIL import ImageOps

upright = ImageOps.exif_transpose(sideways)

lesson.check("upright", upright)

# %% exercise-loop-guard
event_filter = {"Key": {"FilterRules": [{"Name": "prefix", "Value": "uploads/"}]}}

lesson.check("loop-guard", event_filter)

# %% exercise-recognised-only
import json

filtered = sns.set_subscription_attributes(
    SubscriptionArn=subscription.arn,
    AttributeName="FilterPolicy",
    AttributeValue=json.dumps({"status": ["ok"]}),
)

lesson.check("recognised-only", filtered)
