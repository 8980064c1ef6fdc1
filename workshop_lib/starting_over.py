"""`lesson.start_over()`: what one lesson has made goes, and nothing of another lesson.

A thing belongs to the lesson that makes it by its name, or else to the lesson that it is tagged
with. What several lessons share stays for as long as another one uses it. What lies inside of a
thing goes with it: whoever starts lesson 1 over loses the pictures, and the bucket's notification.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from workshop_lib import cleanup
from workshop_lib.aws import functions, rest_apis, roles, tags, topics
from workshop_lib.cleanup import Removal
from workshop_lib.cleanup.candidates import ARN_PATTERNS
from workshop_lib.errors import LessonError
from workshop_lib.lessons import LESSONS
from workshop_lib.lessons.builds import build_function
from workshop_lib.lessons.contracts import FUNCTION_CONTRACTS
from workshop_lib.naming import API_STAGE, ROLE_PATH, Names
from workshop_lib.workplaces import LessonWorkplace

API_LESSON = 2
# The routes that other lessons than the API's own add to it.
LATER_ROUTES = {"/results": 6}


def start_over(place: LessonWorkplace, answer: Any, say: Callable[[str], object]) -> bool:
    """Remove what this lesson has made, if the answer is "yes"; tell whether that was done.

    Raises:
        LessonError: the answer is another one.
        WorkshopError: something could not be removed.
    """
    number = place.lesson.number
    if answer not in (..., "yes"):
        raise LessonError(f"{answer!r} is no answer.", 'Write "yes", with the quotes.')
    plan = plan_start_over(place)
    if not plan:
        say(f"Nothing of lesson {number} stands: begin at the top of the notebook.")
        return answer is not ...
    if answer is ...:
        for removal in plan:
            say(str(removal))
        say('Nothing is removed yet. To do it: lesson.start_over("yes").')
        return False
    cleanup.run_cleanup(plan, say)
    left = plan_start_over(place)
    if left:
        say(f"Still there: {', '.join(map(str, left))} Run the cell again.")
        return False
    say(f"Listed again: nothing of lesson {number} is left. Begin at the top of the notebook.")
    if later := _later_lessons_begun(place):
        say(f"Lesson {later} builds on this one: its lesson.catch_up() brings back what it needs.")
    return True


def plan_start_over(place: LessonWorkplace) -> list[Removal]:
    """Return what this lesson has made and would go, in the order of its removal."""
    return [
        *_find_subscriptions(place),
        *_find_later_routes(place),
        *_own_things(place),
        # Last: what a function is given depends on what stands.
        *_find_additions_to_functions(place),
    ]


# What the lesson made ----------------------------------------------------------------------------


def _own_things(place: LessonWorkplace) -> list[Removal]:
    standing = cleanup.plan_cleanup(place.cloud, place.names)
    owners, tagged = _owners(place.names), _find_tagged(place)
    shared = _find_shared(place.names, {(thing.kind, thing.name) for thing in standing})

    def belongs(thing: Removal) -> bool:
        if thing.kind == "REST API":
            return False
        key = (thing.kind, thing.name)
        if thing.kind == "log group" and key not in owners:
            # Lambda made it, for an experiment's function.
            key = ("function", thing.name.rsplit("/", 1)[-1])
        owner = 3 if thing.kind == "event notification" else owners.get(key)
        if owner is None:
            return key in tagged
        return owner == place.lesson.number and key not in shared

    apis = [thing for thing in standing if thing.kind == "REST API"]
    return [thing for thing in standing if belongs(thing)] + _find_own_apis(place, apis)


def _owners(names: Names) -> dict[tuple[str, str], int]:
    """Return which lesson makes each thing that has a name of its own."""
    owners = {
        ("bucket", names.images_bucket): 1,
        ("topic", names.topic): 4,
        ("table", names.table): 5,
        ("bucket", names.thumbnails_bucket): 7,
        ("bucket", names.website_bucket): 8,
        ("bucket", names.artifacts_bucket): 3,
        ("queue", names.queue("failed")): 3,
        ("queue", names.queue("reader")): 4,
    }
    for name, contract in FUNCTION_CONTRACTS.items():
        owners["function", names.function(name)] = contract.lesson
        owners["log group", names.log_group(name)] = contract.lesson
        # Lesson 1 makes the first role, before there is a function.
        owners["role", names.role(name)] = 1 if name == "presigned-url" else contract.lesson
        for layer in contract.layers:
            owners["layer", names.layer(layer)] = contract.lesson
    return owners


def _find_shared(names: Names, standing: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """Return what lesson 3 makes and a later lesson's function still uses."""
    later = [
        contract
        for name, contract in FUNCTION_CONTRACTS.items()
        if contract.lesson > 3 and ("function", names.function(name)) in standing
    ]
    shared = set()
    if any(contract.asynchronous for contract in later):
        shared.add(("queue", names.queue("failed")))
    if any(contract.layers for contract in later):
        shared.add(("bucket", names.artifacts_bucket))
    return shared


def _find_tagged(place: LessonWorkplace) -> set[tuple[str, str]]:
    """Return what bears the lesson's tag, experiments for instance, by kind and name."""
    wanted = place.names.tags(place.lesson.stem)
    found = set()
    for arn in tags.find_tagged_arns(place.client("resourcegroupstaggingapi"), wanted):
        for kind, pattern in ARN_PATTERNS.items():
            if match := pattern.fullmatch(arn):
                found.add((kind, match[1].rsplit(":", 1)[-1]))
    iam = place.client("iam")
    own = [name for name in roles.list_roles(iam, ROLE_PATH) if place.names.may_own(name)]
    described = [roles.describe_role(iam, name) for name in own]
    found |= {
        ("role", role.name) for role in described if role and wanted.items() <= role.tags.items()
    }
    return found


# What the lesson added to another lesson's things ------------------------------------------------


def _find_subscriptions(place: LessonWorkplace) -> Iterator[Removal]:
    sns, names = place.client("sns"), place.names
    topic = topics.describe_topic(sns, names.topic_arn)
    if topic is None or place.lesson.number == 4:
        return
    endpoints = {subscription.endpoint for subscription in topic.subscriptions}
    for name in _own_functions(place):
        arn = names.function_arn(name)
        if arn in endpoints:
            yield Removal(
                "subscription", f"of {names.function(name)} to the topic {topic.name}",
                remove=partial(topics.unsubscribe, sns, topic.arn, arn),
            )  # fmt: skip


def _find_additions_to_functions(place: LessonWorkplace) -> Iterator[Removal]:
    """Find the functions of earlier lessons that this lesson gave variables and rights to."""
    names, number = place.names, place.lesson.number
    for name in place.lesson.functions:
        contract = FUNCTION_CONTRACTS[name]
        standing = functions.describe_function(place.client("lambda"), names.function(name))
        if contract.lesson >= number or standing is None:
            continue
        added = {variable.name for variable in contract.variables if variable.since == number}
        if added & set(standing.environment):
            yield Removal(
                "lesson's variables and rights", f"from the function {names.function(name)}",
                details=f"; it is again as lesson {number - 1} left it",
                remove=partial(_put_back, place, name),
            )  # fmt: skip


def _put_back(place: LessonWorkplace, function: str) -> None:
    maker = next(
        lesson for lesson in LESSONS if lesson.number == FUNCTION_CONTRACTS[function].lesson
    )
    before = LessonWorkplace(maker, place.settings, place.cloud, place.lesson.number - 1)
    build_function(before, function)


# The API, which two lessons build ----------------------------------------------------------------


def _find_own_apis(place: LessonWorkplace, apis: list[Removal]) -> list[Removal]:
    """Return the API whole where no other lesson has a route in it, else this lesson's routes."""
    if place.lesson.number != API_LESSON:
        return []
    api = rest_apis.find_api(place.client("apigateway"), place.names.api)
    later = set(LATER_ROUTES) & _paths(place, api.id) if api else set()
    if api is None or not later:
        return apis
    own = _paths(place, api.id) - set(LATER_ROUTES)
    return [_route_removal(place, api.id, path) for path in sorted(own)]


def _find_later_routes(place: LessonWorkplace) -> Iterator[Removal]:
    api = rest_apis.find_api(place.client("apigateway"), place.names.api)
    if api is None:
        return
    for path, lesson in LATER_ROUTES.items():
        if lesson == place.lesson.number and path in _paths(place, api.id):
            yield _route_removal(place, api.id, path)


def _paths(place: LessonWorkplace, api_id: str) -> set[str]:
    return set(rest_apis.list_paths(place.client("apigateway"), api_id)) - {"/"}


def _route_removal(place: LessonWorkplace, api_id: str, path: str) -> Removal:
    return Removal(
        "route", f"{path} of the API {place.names.api}",
        details="; the rest of the API stays",
        remove=partial(_remove_route, place, api_id, path),
    )  # fmt: skip


def _remove_route(place: LessonWorkplace, api_id: str, path: str) -> None:
    apigateway = place.client("apigateway")
    rest_apis.delete_path(apigateway, api_id, path)
    api = rest_apis.describe_api(apigateway, api_id)
    if api is None or not any(stage.name == API_STAGE for stage in api.stages):
        return
    if api.routes:
        rest_apis.deploy_api(apigateway, api_id, API_STAGE, description=f"without {path}")
    else:
        # An API without methods cannot be deployed.
        rest_apis.delete_stage(apigateway, api_id, API_STAGE)


def _own_functions(place: LessonWorkplace) -> list[str]:
    return [
        name
        for name, contract in FUNCTION_CONTRACTS.items()
        if contract.lesson == place.lesson.number
    ]


def _later_lessons_begun(place: LessonWorkplace) -> int | None:
    """Return the number of the first later lesson of which something stands."""
    standing = place.standing_parts()
    for lesson in LESSONS[place.lesson.number :]:
        if standing & set(lesson.parts):
            return lesson.number
    return None
