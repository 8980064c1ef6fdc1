"""How a function of ours is put around one of moto's."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

Hook = Callable[..., Any]


def around(owner: Any, name: str) -> Callable[[Hook], Hook]:
    """Put the decorated function around a method or a function: it is called with that one first.

    Several stand around one method, the latest outermost. Put there again, a hook takes its own
    place anew; so hooks may be installed more than once.

    Args:
        owner: moto's class or module.
        name: the method's; a moto without it fails here, at the start.
    """

    def put(hook: Hook) -> Hook:
        held = getattr(owner, name)
        plain, hooks = getattr(held, "hooked", (held, {}))
        hooks = {**hooks, f"{hook.__module__}.{hook.__qualname__}": hook}
        method = plain
        for one in hooks.values():
            method = _call_with(one, method, plain)
        method.hooked = (plain, hooks)
        setattr(owner, name, method)
        return hook

    return put


def _call_with(hook: Hook, inner: Hook, plain: Hook) -> Any:
    @functools.wraps(plain)
    def call(*arguments: Any, **named: Any) -> Any:
        return hook(inner, *arguments, **named)

    return call
