"""Lesson 5's questions."""

from __future__ import annotations

from workshop_lib.checks.quizzes import Option, Quiz

QUIZZES = (
    Quiz(
        name="which-read",
        question=(
            "You write an item, and read it a moment later by its key, with the default. What may "
            "happen?"
        ),
        options=(
            Option(
                "You may get what was there before",
                "The default is eventually consistent: it asks one of three copies, and that one "
                "may be a moment behind.",
            ),
            Option(
                "You always get what you wrote",
                "Only ConsistentRead=True promises that, for twice the units.",
            ),
            Option(
                "The read waits until all copies agree",
                "No read waits for that; a strong read asks for the last acknowledged value.",
            ),
        ),
        right="a",
    ),
    Quiz(
        name="delivered-twice",
        question="SNS delivers the same result to db-save twice. How many items are there after?",
        options=(
            Option("Two, with the same id", "A key is unique: a table cannot hold it twice."),
            Option(
                "One, and the second write changed nothing",
                "The id is made of the event, and the condition holds only while it is new.",
            ),
            Option(
                "None, the second delivery is an error",
                "db-save takes the refused condition for what it is: the work is done already.",
            ),
        ),
        right="b",
    ),
    Quiz(
        name="ask-by-result",
        question="Next year you want to list all pictures of a cup. What does the table need?",
        options=(
            Option(
                "Nothing, a query can ask by any attribute",
                "A query asks by a key. A scan could, and reads every item to find a few.",
            ),
            Option(
                "A new table, keys cannot change",
                "The table's own key cannot; an index can be added at any time.",
            ),
            Option(
                "An index whose partition key is result",
                "DynamoDB fills it from what is there and keeps it up to date; a query then goes "
                "straight to the cups.",
            ),
        ),
        right="c",
    ),
)
