"""Keeps the originals bucket equal to a folder of pictures: files are uploaded, replaced and deleted."""

import logging
import mimetypes
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from watchfiles import Change, watch

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

# Older versions of Python do not contain these types.
mimetypes.add_type("image/webp", ".webp")
mimetypes.add_type("image/avif", ".avif")
logging.getLogger("watchfiles").setLevel(logging.WARNING)


class FolderSync:
    """A folder and its bucket. Names of subfolders are part of the key; hidden files are ignored."""

    def __init__(self, folder: Path, s3: "S3Client", bucket: str, report: Callable[[str], None]) -> None:
        self._folder = folder.resolve()
        self._s3 = s3
        self._bucket = bucket
        self._report = report
        self._uploaded: dict[str, tuple[int, int]] = {}
        """The `_file_state` of each uploaded file, by key."""

    def upload_all(self) -> Iterator[str]:
        """Upload all files and yield each key after its upload."""
        for key, path in self._files():
            self._upload(key, path)
            yield key

    def follow_changes(self, stop: threading.Event) -> None:
        """Repeat the folder's changes in the bucket, and block the thread until `stop` is set."""
        is_watching = False
        for changes in watch(
            self._folder, stop_event=stop, debounce=400, step=50, rust_timeout=200, yield_on_timeout=True
        ):
            if not is_watching:
                # Files may have changed between their upload and the start of the watch.
                is_watching = True
                self._upload_changed()
            for change, name in changes:
                path = Path(name)
                key = self._key(path)
                if not key:
                    continue
                if change is Change.deleted:
                    self._uploaded.pop(key, None)
                    self._s3.delete_object(Bucket=self._bucket, Key=key)
                elif path.is_file() and self._uploaded.get(key) != _file_state(path):
                    self._upload(key, path)

    def _upload_changed(self) -> None:
        for key, path in self._files():
            if self._uploaded.get(key) != _file_state(path):
                self._upload(key, path)

    def _files(self) -> Iterator[tuple[str, Path]]:
        for path in sorted(self._folder.rglob("*")):
            key = self._key(path)
            if key and path.is_file():
                yield key, path

    def _key(self, path: Path) -> str:
        """Return the object's key, or an empty string for a hidden file."""
        parts = path.relative_to(self._folder).parts
        return "" if any(part.startswith(".") for part in parts) else "/".join(parts)

    def _upload(self, key: str, path: Path) -> None:
        content_type = mimetypes.guess_type(path.name)[0] or "binary/octet-stream"
        try:
            self._uploaded[key] = _file_state(path)
            with path.open("rb") as body:
                self._s3.put_object(Bucket=self._bucket, Key=key, Body=body, ContentType=content_type)
        except OSError as error:  # the file is not readable, or was deleted in the meantime
            self._report(f"cannot upload {path}: {error.strerror}")


def _file_state(path: Path) -> tuple[int, int]:
    """Return the modification time (nanoseconds) and the size (bytes), which show that a file was written again."""
    status = path.stat()
    return status.st_mtime_ns, status.st_size
