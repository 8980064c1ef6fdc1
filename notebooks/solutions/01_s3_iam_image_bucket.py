# %% [markdown]
# Lesson 1's solutions. Each block is the whole content of the notebook's cell of that name.

# %% setup
from workshop_lib import open_lesson

lesson = open_lesson(1)
s3, bucket, origin = lesson.client("s3"), lesson.names.images_bucket, lesson.website_origin

# %% exercise-presigned-minute
minute_url = s3.generate_presigned_url(
    "get_object",
    Params={"Bucket": bucket, "Key": "notes/hello.txt"},
    ExpiresIn=60,
)

lesson.check("presigned-minute", minute_url)

# %% exercise-cors-rule
rule = {
    "AllowedOrigins": [origin],
    "AllowedMethods": ["GET", "PUT"],
    "AllowedHeaders": ["content-type"],
}
stored_rule = s3.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": [rule]})

lesson.check("cors-rule", stored_rule)

# %% exercise-narrow-policy
read_pictures = {
    "Effect": "Allow",
    "Action": "s3:GetObject",
    "Resource": f"arn:aws:s3:::{bucket}/uploads/*",
}

lesson.check("narrow-policy", read_pictures)
