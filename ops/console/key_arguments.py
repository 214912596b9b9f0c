"""Keys of originals and names of folders, read from the command line and from files."""

import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final
from urllib.parse import unquote

from common.invalidation import has_tag
from ops.errors import Usage

_MAX_KEY_BYTES: Final = 1024
"""The maximum length of a key in UTF-8. https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html"""
_KEY_FORMAT: Final = (
    "a key is the name of an original in its bucket, such as cats/1.jpg, and a folder ends with a slash, such as cats/"
)


def read_names(arguments: Sequence[str], file: str | None) -> list[str]:
    """Return the keys and folders of the command line and of a file, in order and without duplicates.

    A leading slash is removed. The file `-` is standard input. Raises Usage if a text cannot be a key.
    """
    lines = [] if file is None else [line for line in _read_lines(file) if line.strip()]
    return list(dict.fromkeys(_parse_name(text) for text in (*arguments, *lines)))


def read_keys(arguments: Sequence[str], file: str | None) -> list[str]:
    """Return the keys as `read_names` does. Raises Usage also if a name is a folder."""
    names = read_names(arguments, file)
    for name in names:
        if name.endswith("/"):
            raise Usage(f"{name} is a folder: give the keys of the originals in it")
    return names


def suspicious_keys(names: Iterable[str]) -> Iterator[str]:
    """Yield a warning for each name that is valid but probably a mistake."""
    for name in names:
        if name != name.strip():
            yield f"{name!r} starts or ends with white space, which the command uses as part of the key"
        if unquote(name) != name:
            yield f"{name} is used unchanged: the command does not decode percent-encoding such as %20 in a key"


def _read_lines(file: str) -> list[str]:
    try:
        content = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise Usage(f"{file} cannot be read: {error.strerror}") from None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise Usage(f"{file} is not UTF-8 at line {line}: save the file as UTF-8, with one key per line") from None
    return text.replace("\r\n", "\n").split("\n")


def _parse_name(text: str) -> str:
    _refuse_url(text)
    name = text.removeprefix("/")
    if not name:
        raise Usage(f"{text!r} is not a key: {_KEY_FORMAT}. To invalidate everything, use invalidate --all")
    try:
        size = len(name.encode())
    except UnicodeEncodeError:
        raise Usage(
            f"{text!r} is not UTF-8, but keys are UTF-8: write the key into a UTF-8 file, and pass the file with --from"
        ) from None
    if size > _MAX_KEY_BYTES:
        raise Usage(f"{name[:40]}... has {size} bytes, but a key has at most {_MAX_KEY_BYTES}")
    if not has_tag(name):
        raise Usage(
            f"{name[:40]}... cannot be invalidated: only the 48 outermost folders of a key have a cache tag. "
            "Give one of these folders"
        )
    return name


def _refuse_url(text: str) -> None:
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]*://", text):
        path = unquote(text.split("://", 1)[1].partition("/")[2].partition("?")[0])
        raise Usage(f"{text} is a URL: {_KEY_FORMAT}{f'. The key of this URL may be {path}' if path else ''}")
    if re.search(r"\?[A-Za-z]+=", text):
        key = text.partition("?")[0].removeprefix("/")
        raise Usage(
            f"{text} contains a query, but a key has none: give {key}, which selects all renditions of this original"
        )
