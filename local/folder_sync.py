"""The folder of pictures, kept equal to the originals bucket: put, replaced and deleted as the files are."""

import logging
import mimetypes
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from watchfiles import Change, watch

# What mimetypes of an older Python does not know.
mimetypes.add_type("image/webp", ".webp")
mimetypes.add_type("image/avif", ".avif")
logging.getLogger("watchfiles").setLevel(logging.WARNING)


class Uploads:
    """Subfolders are part of the key; hidden files are left out."""

    def __init__(self, folder: Path, client: Any, bucket: str, say: Callable[[str], None]) -> None:
        self._folder = folder.resolve()
        self._client = client
        self._bucket = bucket
        self._say = say
        self._put_at: dict[str, tuple[int, int]] = {}

    def put_all(self) -> Iterator[str]:
        """The keys, each after it was put."""
        for key, path in self._files():
            self._put(key, path)
            yield key

    def follow(self, stop: Any) -> None:
        """Until `stop`, an event, is set. Blocks."""
        behind = True
        for changes in watch(
            self._folder, stop_event=stop, debounce=400, step=50, rust_timeout=200, yield_on_timeout=True
        ):
            if behind:  # what changed after it was put and before anybody watched
                behind = False
                self._catch_up()
            for change, name in changes:
                path = Path(name)
                key = self._key(path)
                if not key:
                    continue
                if change is Change.deleted:
                    self._put_at.pop(key, None)
                    self._client.delete_object(Bucket=self._bucket, Key=key)
                elif path.is_file() and self._put_at.get(key) != _state(path):
                    self._put(key, path)

    def _catch_up(self) -> None:
        for key, path in self._files():
            if self._put_at.get(key) != _state(path):
                self._put(key, path)

    def _files(self) -> Iterator[tuple[str, Path]]:
        for path in sorted(self._folder.rglob("*")):
            key = self._key(path)
            if key and path.is_file():
                yield key, path

    def _key(self, path: Path) -> str:
        parts = path.relative_to(self._folder).parts
        return "" if any(part.startswith(".") for part in parts) else "/".join(parts)

    def _put(self, key: str, path: Path) -> None:
        kind = mimetypes.guess_type(path.name)[0] or "binary/octet-stream"
        try:
            self._put_at[key] = _state(path)
            with path.open("rb") as body:
                self._client.put_object(Bucket=self._bucket, Key=key, Body=body, ContentType=kind)
        except OSError as error:  # it may not be read, or is gone already
            self._say(f"{path} is left out: {error.strerror}")


def _state(path: Path) -> tuple[int, int]:
    """What tells a file that was written again."""
    known = path.stat()
    return known.st_mtime_ns, known.st_size
