"""Lesson 6's questions."""

from __future__ import annotations

from workshop_lib.checks.quizzes import Option, Quiz

QUIZZES = (
    Quiz(
        name="what-a-filter-costs",
        question=(
            "A scan with a filter reads a table of 1 GB and returns three items. What is paid?"
        ),
        options=(
            Option("Three items", "The filter is applied after reading, and reading is billed."),
            Option(
                "The whole gigabyte",
                "A scan pays for what it reads. A query on the right key would have read three.",
            ),
            Option(
                "Nothing but storage", "Every read is billed in read units, filtered out or not."
            ),
        ),
        right="b",
    ),
    Quiz(
        name="when-is-the-end",
        question="A page of a query comes back with no items, and with a LastEvaluatedKey. Now?",
        options=(
            Option(
                "The list is empty, stop",
                "A page may be empty, when a filter left nothing of it, and more may follow.",
            ),
            Option("Something is broken, raise", "That is an ordinary page."),
            Option(
                "Ask for the next page",
                "Only a missing LastEvaluatedKey says that this was the end.",
            ),
        ),
        right="c",
    ),
    Quiz(
        name="what-429-means",
        question="A visitor's page gets 429 from GET /results. What is the best it can do?",
        options=(
            Option(
                "Wait a little, try again, and wait longer each time",
                "The limit is on calls in a time. Longer waits, with a bit of chance in them, let "
                "everyone through in the end.",
            ),
            Option(
                "Try again at once until it works",
                "That is more calls in the same time, for this visitor and all others.",
            ),
            Option(
                "Show that the results are lost",
                "Nothing is lost: API Gateway turned the call away before any function ran.",
            ),
        ),
        right="a",
    ),
)
