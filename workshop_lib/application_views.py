"""The application as a notebook shows it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from workshop_lib.application import Application
from workshop_lib.aws import functions, logs


class ApplicationViews(Application):
    """One attendee's application, with its results, its page and its functions' reports."""

    def gallery(self, limit: int = 6) -> Any:
        """Return the newest results with their thumbnails, by way of the API."""
        from workshop_lib.ui.galleries import GalleryView

        items = self.list_results(limit)["items"]
        pictures = {item["name"]: self.read_picture(item) for item in items}
        return GalleryView(items, {name: found for name, found in pictures.items() if found})

    def website_link(self) -> Any:
        """Return a link to the website, for the attendee's browser."""
        from workshop_lib.ui.links import LinkView

        return LinkView(self.browser_website_url, "Open your website")

    def reports(self, *names: str) -> list[dict[str, Any]]:
        """Return the newest REPORT of each of these functions, as their logs have it."""
        return [
            {"function": name, **({} if report is None else asdict(report))}
            for name, report in ((name, self._newest_report(name)) for name in names)
        ]

    def _newest_report(self, function: str) -> functions.Report | None:
        lines = logs.read_log(
            self._cloud.client("logs"),
            self._names.log_group(function),
            contains="REPORT RequestId:",
        )
        return functions.parse_report(lines[-1].message) if lines else None
