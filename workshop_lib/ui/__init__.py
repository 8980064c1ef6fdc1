"""What a notebook shows: cards, calls, values, pictures, waiting, and the widgets.

Only :mod:`workshop_lib.ui.uploads` needs ipywidgets, and loads it when a widget is made.
"""

from workshop_lib.ui.values import show

__all__ = ["show"]
