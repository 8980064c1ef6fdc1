"""Something named in running text, and shown as what it stands for."""

from __future__ import annotations

from docutils import nodes
from sphinx.util.docutils import SphinxRole

from workshop_lib.errors import WorkshopError


class LookUpRole(SphinxRole):
    """A role whose errors are the workshop's: what is wrong, and what to do."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Look the name up; an error gets the file and the line."""
        try:
            return [self.look_up(self.text)], []
        except WorkshopError as error:
            what = f"{error.what} {error.next_step}"
            message = self.inliner.reporter.error(what, line=self.lineno)
            return [nodes.inline(self.text, self.text)], [message]

    def look_up(self, name: str) -> nodes.Node:
        """Return what is shown for this name.

        Raises:
            WorkshopError: nothing has it.
        """
        raise NotImplementedError
