"""The theme's colours: those of the design tokens, and which of them code is written in."""

from __future__ import annotations

from workshop_lib.design import load_tokens, notebook_colours

# Kinds of words in code, as Pygments calls them in its classes, and the token each is shown in.
CODE_COLOURS = {
    "accent": ("k", "kc", "kd", "kn", "kr", "kt", "ow"),
    "good": ("s", "s1", "s2", "sa", "sd", "se", "sb", "si"),
    "quiet": ("c", "c1", "cm", "ch"),
    "service-apigateway": ("mi", "mf", "m", "nb", "bp"),
    "service-dynamodb": ("nf", "nc", "fm", "nt", "nd"),
}


def theme_colours() -> str:
    """CSS that gives the page its colours, each service's slides theirs, and code its own."""
    return "\n".join(
        [
            notebook_colours(".deck"),
            *(
                f".service-{service} {{ --own: var(--service-{service}); }}"
                for service in load_tokens().services
            ),
            *(
                f"{', '.join(f'.highlight .{kind}' for kind in kinds)} {{ color: var(--{token}); }}"
                for token, kinds in CODE_COLOURS.items()
            ),
        ]
    )
