"""Names of originals and folders, as people type them and as files list them."""

import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final
from urllib.parse import unquote

from common.invalidation import has_tag
from ops.errors import Usage

_LONGEST: Final = 1024
"""Bytes of UTF-8 that a key can have. https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html"""
_IS: Final = "a key is an original's name in its bucket, as in cats/1.jpg; a folder ends in a slash, as in cats/"


def read_names(typed: Sequence[str], file: str | None) -> list[str]:
    """Each once, in order, without a slash in front. Usage for what is no key; `-` as file is standard input."""
    lines = [] if file is None else [line for line in _lines(file) if line.strip()]
    return list(dict.fromkeys(_name(text) for text in (*typed, *lines)))


def read_keys(typed: Sequence[str], file: str | None) -> list[str]:
    """As `names`, but no folders."""
    found = read_names(typed, file)
    for name in found:
        if name.endswith("/"):
            raise Usage(f"{name} is a folder: name the originals in it")
    return found


def suspicious_keys(found: Iterable[str]) -> Iterator[str]:
    """A sentence for each name that is possible and looks like a mistake."""
    for name in found:
        if name != name.strip():
            yield f"{name!r} is taken with the space at its start or end"
        if unquote(name) != name:
            yield f"{name} is taken as it is written: in a key, %20 is no space"


def _lines(file: str) -> list[str]:
    try:
        raw = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise Usage(f"{file} cannot be read: {error.strerror}") from None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise Usage(f"{file} is not UTF-8, at line {line}: save it so, with one key per line") from None
    return text.replace("\r\n", "\n").split("\n")


def _name(text: str) -> str:
    _refuse_url(text)
    name = text.removeprefix("/")
    if not name:
        raise Usage(f"{text!r} is no key: {_IS}; all there is goes with --all")
    try:
        size = len(name.encode())
    except UnicodeEncodeError:
        raise Usage(f"{text!r} is not UTF-8, as every key is: list it in a file, and name that with --from") from None
    if size > _LONGEST:
        raise Usage(f"{name[:40]}... has {size} bytes, and a key at most {_LONGEST}")
    if not has_tag(name):
        raise Usage(f"{name[:40]}... is deeper than the 48 folders that have cache tags: name one further up")
    return name


def _refuse_url(text: str) -> None:
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]*://", text):
        path = unquote(text.split("://", 1)[1].partition("/")[2].partition("?")[0])
        raise Usage(f"{text} is a URL: {_IS}{f'; here it may be {path}' if path else ''}")
    if re.search(r"\?[A-Za-z]+=", text):
        key = text.partition("?")[0].removeprefix("/")
        raise Usage(f"{text} has a query: {_IS}; every size of it goes with its key, {key}")
