"""IPython settings for kernels; the package installs this file into etc/ipython."""

from typing import Any

c: Any = get_config()  # type: ignore[name-defined]  # noqa: F821  IPython provides it

c.InteractiveShellApp.extensions = ["workshop_lib.kernel_extension"]
