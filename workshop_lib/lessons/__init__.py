"""The lessons. :data:`LESSONS` is the only register: another hands-on is one line here."""

from workshop_lib.lessons import (
    lesson_01_s3_iam_image_bucket,
    lesson_02_lambda_api_gateway_upload_image,
    lesson_03_lambda_image_recognition,
    lesson_04_sns_publish_results,
    lesson_05_dynamodb_save_results,
    lesson_06_api_gateway_list_items,
    lesson_07_lambda_thumbnails,
    lesson_08_s3_static_website,
)
from workshop_lib.lessons.lesson import Lesson

LESSONS: tuple[Lesson, ...] = (
    lesson_01_s3_iam_image_bucket.LESSON,
    lesson_02_lambda_api_gateway_upload_image.LESSON,
    lesson_03_lambda_image_recognition.LESSON,
    lesson_04_sns_publish_results.LESSON,
    lesson_05_dynamodb_save_results.LESSON,
    lesson_06_api_gateway_list_items.LESSON,
    lesson_07_lambda_thumbnails.LESSON,
    lesson_08_s3_static_website.LESSON,
)

__all__ = ["LESSONS", "Lesson"]
