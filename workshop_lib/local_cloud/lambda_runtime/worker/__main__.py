"""Start as a worker or as the prepared process.

python -I -S worker worker PRELOAD SITE_DIRECTORY…    serves one function
python -I -S worker zygote SOCKET SITE_DIRECTORY…     forks workers that have boto3 loaded
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import socket
import sys

FOLDER = os.path.dirname(os.path.abspath(__file__))
PACKAGE = "_worker"


def load_package() -> None:
    """Make this folder a package by a name of its own, without any folder on the search path."""
    spec = importlib.util.spec_from_file_location(
        PACKAGE, os.path.join(FOLDER, "__init__.py"), submodule_search_locations=[FOLDER]
    )
    if spec is None or spec.loader is None:
        raise ModuleNotFoundError(f"{FOLDER} is no package.")
    sys.modules[PACKAGE] = importlib.util.module_from_spec(spec)
    sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry) != FOLDER]


def main(arguments: list[str]) -> None:
    """Start in the way that the arguments say; it never returns."""
    mode, parameter, *site_directories = arguments
    load_package()
    runtime_packages = importlib.import_module(f"{PACKAGE}.runtime_packages")
    own_processes = importlib.import_module(f"{PACKAGE}.own_processes")
    sys.meta_path.append(runtime_packages.RuntimePackages(site_directories))
    folder = own_processes.TemporaryFolder()
    if mode == "zygote" or parameter == "preload":
        runtime_packages.preload()
    folder.prepare()
    if mode == "zygote":
        zygotes = importlib.import_module(f"{PACKAGE}.zygotes")
        zygotes.Zygote(socket.socket(fileno=int(parameter)), folder).serve()
    workers = importlib.import_module(f"{PACKAGE}.workers")
    # Until it is settled, the end of its input tells a worker that it is alone.
    workers.run_worker(folder, settled=own_processes.watch_parent)


if __name__ == "__main__":
    main(sys.argv[1:])
