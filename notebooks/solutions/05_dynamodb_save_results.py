# %% [markdown]
# Lesson 5's solutions. Each block is the whole content of the notebook's cell of that name.

# %% setup
from workshop_lib import open_lesson

lesson = open_lesson(5)
names = lesson.names
dynamodb = lesson.client("dynamodb")

# %% exercise-strong-read
strong = dynamodb.get_item(
    TableName=names.table,
    Key={"id": {"S": "trial"}},
    ConsistentRead=True,
    ReturnConsumedCapacity="TOTAL",
)

lesson.check("strong-read", strong)

# %% exercise-capacity
units = {"write": 9, "strong": 3, "eventual": 1.5}

lesson.check("capacity", units)

# %% exercise-key-condition
since_then = "#collection = :pictures AND #timestamp >= :since"

lesson.check("key-condition", since_then)

# %% exercise-conditional-write
keep_the_surer = "attribute_not_exists(id) OR confidence < :new"

lesson.check("conditional-write", keep_the_surer)
