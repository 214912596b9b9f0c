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

    def put_all(self) -> Iterator[str]:
        """The keys, each after it was put."""
        for path in sorted(self._folder.rglob("*")):
            key = self._key(path)
            if key and path.is_file():
                self._put(key, path)
                yield key

    def follow(self, stop: Any) -> None:
        """Until `stop`, an event, is set. Blocks."""
        for changes in watch(self._folder, stop_event=stop, debounce=400, step=50, rust_timeout=500):
            for change, name in changes:
                path = Path(name)
                key = self._key(path)
                if not key:
                    continue
                if change is Change.deleted:
                    self._client.delete_object(Bucket=self._bucket, Key=key)
                elif path.is_file():
                    self._put(key, path)

    def _key(self, path: Path) -> str:
        parts = path.relative_to(self._folder).parts
        return "" if any(part.startswith(".") for part in parts) else "/".join(parts)

    def _put(self, key: str, path: Path) -> None:
        kind = mimetypes.guess_type(path.name)[0] or "binary/octet-stream"
        try:
            with path.open("rb") as body:
                self._client.put_object(Bucket=self._bucket, Key=key, Body=body, ContentType=kind)
        except OSError as error:  # it may not be read, or is gone already
            self._say(f"{path} is left out: {error.strerror}")
