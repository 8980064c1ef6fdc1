"""What the workshop adds to any Jupyter server of its environment.

The local cloud runs once the server does, and the slides are served under the server's own
authentication. `labextension/` is the part that runs in JupyterLab's page.
"""

from __future__ import annotations

from typing import Any


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "workshop_lib.jupyter_extension"}]


def _load_jupyter_server_extension(server: Any) -> None:
    # Every Jupyter of the environment imports this package to find out what it has.
    from workshop_lib.jupyter_extension.cloud_starts import start_cloud
    from workshop_lib.jupyter_extension.slides_pages import slides_handlers

    base_url = server.web_app.settings["base_url"]
    server.web_app.add_handlers(".*$", slides_handlers(base_url, server.log))
    start_cloud(server.log)
