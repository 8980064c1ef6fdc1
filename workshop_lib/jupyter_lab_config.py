"""JupyterLab's settings for the workshop; `workshop lab` passes this file by --config."""

from typing import Any

c: Any = get_config()  # type: ignore[name-defined]  # noqa: F821  Jupyter provides it

c.ServerApp.ip = "127.0.0.1"
c.ServerApp.allow_root = True
c.ServerApp.open_browser = False

# Cells show pictures; above this limit Jupyter would drop a cell's output.
c.ServerApp.iopub_data_rate_limit = 1e9

# Nothing is fetched from anywhere: no news, no update checks, no extension catalogue.
c.LabApp.news_url = None
c.LabApp.check_for_updates_class = "jupyterlab.handlers.announcements.NeverCheckForUpdate"
c.LabApp.extension_manager = "readonly"
