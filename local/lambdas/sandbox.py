"""Runs inside the sandbox's process: makes AWS's runtime client importable, and starts it.

The engine starts it as `python -I -S -B sandbox.py SITE_PACKAGES HANDLER`, so that only the bundle, the standard
library and the runtime client are importable. This module itself imports only what the runtime client imports on AWS
as well, so that it does not change the measured cold start.
"""

import fcntl
import importlib
import os
import select
import signal
import sys
from importlib.machinery import ModuleSpec, PathFinder

_RUNTIME_CLIENT = frozenset({"awslambdaric", "runtime_client", "simplejson", "snapshot_restore_py"})
"""The modules of https://pypi.org/project/awslambdaric and of its dependencies."""


class RuntimeClientFinder:
    """Finds the modules of the runtime client in site-packages, and no others."""

    def __init__(self, site_packages: str) -> None:
        self._path = [site_packages]

    def find_spec(self, name: str, path: object = None, _target: object = None) -> ModuleSpec | None:
        """Return where a top-level module is. See importlib.abc.MetaPathFinder."""
        return PathFinder.find_spec(name, self._path) if path is None and name in _RUNTIME_CLIENT else None


def main() -> None:
    """Handle invocations until the engine ends this process, or ends itself."""
    site_packages, handler = sys.argv[1:]
    _end_with_the_engine()
    # On AWS, too, the folder of the bundle is first, and a package in it hides the same package of the runtime.
    sys.path.insert(0, os.environ["LAMBDA_TASK_ROOT"])
    sys.meta_path.append(RuntimeClientFinder(site_packages))
    importlib.import_module("awslambdaric.__main__").main(["awslambdaric", handler])


def _end_with_the_engine() -> None:
    """Let Linux kill this process and its children when the engine has ended, however it has ended.

    The engine holds the other end of standard input. Linux sends the signal when that end is closed, even while the
    handler runs. https://man7.org/linux/man-pages/man2/F_SETSIG.2const.html
    """
    fcntl.fcntl(0, fcntl.F_SETOWN, -os.getpgrp())
    fcntl.fcntl(0, fcntl.F_SETSIG, signal.SIGKILL)
    fcntl.fcntl(0, fcntl.F_SETFL, os.O_ASYNC)
    if select.select([0], [], [], 0)[0]:  # The engine had already ended.
        sys.exit("the engine has ended")


if __name__ == "__main__":
    main()
