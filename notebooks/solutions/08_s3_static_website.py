# %% [markdown]
# Lesson 8's solutions. Each block is the whole content of the notebook's cell of that name.

# %% setup
from workshop_lib import open_lesson

lesson = open_lesson(8)
s3, names = lesson.client("s3"), lesson.names

# %% exercise-same-origin
same_origin = ["a", "e"]

lesson.check("same-origin", same_origin)

# %% exercise-own-page
own_page = s3.put_object(
    Bucket=names.website_bucket,
    Key="about.html",
    Body=b"<!doctype html><title>About</title><h1>Made without a server</h1>",
    ContentType="text/html; charset=utf-8",
)

lesson.check("own-page", own_page)

# %% exercise-redirect
redirect = s3.put_object(Bucket=names.website_bucket, Key="pictures", WebsiteRedirectLocation="/")

lesson.check("redirect", redirect)
