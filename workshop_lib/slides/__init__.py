"""The slide decks: from Markdown in `slides/` to pages and handouts in `build/slides/`.

`builds` runs Sphinx with `sphinx_extension`; the blocks that a deck may use are in `blocks`,
`looked_up` and `timing`; `outlines` holds the minutes together; `theme/` is the look.
"""
