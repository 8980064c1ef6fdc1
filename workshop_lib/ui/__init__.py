"""What a notebook shows: cards, calls, values, pictures, waiting, and the widgets.

Only `quizzes` and the modules named `…_widgets` need ipywidgets, and only when a widget is made.
"""

from workshop_lib.ui.values import show

__all__ = ["show"]
