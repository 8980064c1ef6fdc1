"""Where a notebook's links lead in the site: lessons to pages, files of the project to copies."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

# What stands between the brackets may be a picture with a link of its own.
_LINK = re.compile(r"(\]\()((?!https?:|mailto:|#|attachment:|data:)[^)\s#]+)")


class Links:
    """The links of notebooks that lie in one folder.

    Args:
        source: the folder that the notebooks' relative links start from.
        site: the folder of the site.
    """

    def __init__(self, source: Path, site: Path) -> None:
        self._source = source
        self._site = site

    def rewrite(self, markdown: str) -> str:
        """Return the text with links that hold in the site; the files they need are copied there.

        A link to what is not there is left as it is, for the tests to find.
        """
        return _LINK.sub(lambda match: match[1] + self._lead(match[2]), markdown)

    def _lead(self, link: str) -> str:
        if re.fullmatch(r"\d\d_\w+\.ipynb", link):
            return link.removesuffix(".ipynb") + ".html"
        file = (self._source / link).resolve()
        if not file.is_file():
            return link
        copy = Path("files") / Path(*(part for part in Path(link).parts if part != ".."))
        if copy.suffix in (".py", ".js", ".toml", ".md", ".yml"):
            # As text, a browser shows it instead of saving it.
            copy = copy.with_name(f"{copy.name}.txt")
        target = self._site / copy
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, target)
        return copy.as_posix()
