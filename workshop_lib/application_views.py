"""The application as a notebook shows it."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any

from workshop_lib.application import Application
from workshop_lib.aws import functions, logs
from workshop_lib.background_applications import BackgroundApplication
from workshop_lib.places import PICTURES

PICTURE_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".gif"})


class ApplicationViews(Application):
    """One attendee's application, with its results, its page and its functions' reports."""

    @property
    def pictures(self) -> list[Path]:
        """The sample photos that come with the workshop, sorted by name."""
        return sorted(
            file for file in PICTURES.iterdir() if file.suffix.lower() in PICTURE_SUFFIXES
        )

    def upload_pictures(self, *paths: Path | str) -> Any:
        """Return a widget that uploads pictures through your API.

        Args:
            paths: files that are uploaded now, for who cannot use the widget.

        Raises:
            LessonError: a file is no picture that can be used, or was refused.
        """
        from workshop_lib.ui.uploads import PictureUploads

        # The cup comes first: it is what the model is surest of.
        uploads = PictureUploads(self._in_background, self.pictures[::-1])
        uploads.add(*paths)
        return uploads

    @cached_property
    def _in_background(self) -> BackgroundApplication:
        return BackgroundApplication(self._cloud, self._names)

    def gallery(self, limit: int = 6) -> Any:
        """Return the newest results with their thumbnails, by way of the API.

        In JupyterLab it fills in by itself for some minutes.

        Raises:
            LessonError: the API refused; the message is its own.
        """
        from workshop_lib.ui.live_galleries import Gallery

        return Gallery(self._in_background, limit)

    def website_link(self) -> Any:
        """Return a link to the website, for the attendee's browser."""
        from workshop_lib.ui.links import LinkView

        return LinkView(self.browser_website_url, "Open your website")

    def reports(self, *names: str) -> list[dict[str, Any]]:
        """Return the newest REPORT of each of these functions, as their logs have it."""
        return [
            {"function": name, **({} if report is None else _tell(report))}
            for name, report in ((name, self._newest_report(name)) for name in names)
        ]

    def _newest_report(self, function: str) -> functions.Report | None:
        lines = logs.read_log(
            self._cloud.client("logs"),
            self._names.log_group(function),
            contains="REPORT RequestId:",
        )
        return functions.parse_report(lines[-1].message) if lines else None


def _tell(report: functions.Report) -> dict[str, Any]:
    return {
        "took, ms": report.duration_ms,
        "billed, ms": report.billed_ms,
        "cold start, ms": report.init_ms,
        "memory, MB": report.memory_mb,
        "most used, MB": report.max_memory_mb,
    }
