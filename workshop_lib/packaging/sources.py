"""A handler's source with some of its functions written anew."""

from __future__ import annotations

import ast

from workshop_lib.errors import PackagingError


def replace_functions(handler: str, source: str) -> str:
    """Return a handler's text in which the functions of another text take their namesakes' place.

    Args:
        handler: the text of a handler.py.
        source: Python with one function or more, each of a name that the handler has.

    Raises:
        PackagingError: Python cannot read the source, or the handler has no such function.
    """
    written = {name for name, _, _ in _list_functions(source)}
    known = {name for name, _, _ in _list_functions(handler)}
    if not written or not written <= known:
        names = ", ".join(sorted(written - known)) or "no function"
        raise PackagingError(
            f"The source defines {names}, and the handler has {', '.join(sorted(known))}.",
            "Give your function the name of the one whose place it takes.",
        )
    lines = handler.splitlines()
    replaced = [span for span in _list_functions(handler) if span[0] in written]
    for _, first, last in reversed(replaced):
        lines[first:last] = []
    place = replaced[0][1]
    lines[place:place] = source.strip("\n").splitlines()
    return "\n".join(lines) + "\n"


def _list_functions(source: str) -> list[tuple[str, int, int]]:
    """Return the name, first line and line after the last of every function, counted from 0."""
    try:
        module = ast.parse(source)
    # A text may hold a null byte, or nest deeper than the parser goes.
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise PackagingError(
            f"Python cannot read the source: {error}.", "Mend it where the message points."
        ) from error
    return [
        (
            node.name,
            min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)]) - 1,
            node.end_lineno or node.lineno,
        )
        for node in module.body
        if isinstance(node, ast.FunctionDef)
    ]
