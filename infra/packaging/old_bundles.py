"""Removes the bundles that nothing needs any more. Every change of a source makes another bundle of up to 40 MB.

A bundle is removed if no program has used it for an hour, and no local engine runs it. This is safe for a deployment:
`pulumi up` runs the program again after a preview, also after a saved one, so that a removed bundle is built again with
equal bytes, and uploads it within an hour. A local engine, which can run for days, locks its bundles.
"""

import fcntl
import os
import shutil
import tempfile
import time
from pathlib import Path
from typing import Final

_UNUSED_SECONDS: Final = 3600


def mark_as_used(bundle: Path) -> bool:
    """Set the modification time of the bundle's folder to now, and return whether the bundle exists."""
    try:
        os.utime(bundle)
    except FileNotFoundError:
        return False
    return True


def remove_old_bundles(bundles: Path, kind: str) -> None:
    """Remove the unused bundles of one kind, such as `edge-host`, and what interrupted builds have left."""
    for folder in [*bundles.glob(f"{kind}-*"), *bundles.glob(".*")]:
        if _is_unused(folder):
            _remove(folder)


def _is_unused(folder: Path) -> bool:
    try:
        if time.time() - folder.stat().st_mtime < _UNUSED_SECONDS:
            return False
        descriptor = os.open(folder, os.O_RDONLY)
    except FileNotFoundError:  # another process has removed the folder in the meantime
        return False
    try:
        # A local engine holds a shared lock as long as it runs: local/lambdas/function.py.
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return True


def _remove(folder: Path) -> None:
    """Rename the folder before removing it, because a program must never find a part of a bundle."""
    with tempfile.TemporaryDirectory(prefix=".removing-", dir=folder.parent) as workspace:
        try:
            removed = folder.rename(Path(workspace, folder.name))
        except FileNotFoundError:
            return
        shutil.rmtree(removed, ignore_errors=True)
