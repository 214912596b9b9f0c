"""Keys of originals and names of folders, read from the command line and from files."""

import re
import shlex
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote

import click

from common.invalidation import has_tag
from ops.errors import Usage

_MAX_KEY_BYTES: Final = 1024
"""The maximum length of a key in UTF-8. https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html"""
_KEY_FORMAT: Final = (
    "a key is the name of an original in its bucket, such as cats/1.jpg, and a folder ends with a slash, such as cats/"
)


_LOOKALIKES: Final = (
    (re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://|arn:[a-z-]+:s3:::"), "is an address"),
    (re.compile(r".*\?[A-Za-z]+=", re.DOTALL), "contains a query"),
    (re.compile(r".*\*", re.DOTALL), "contains a wildcard"),
    (re.compile(r".*%[0-9A-Fa-f]{2}", re.DOTALL), "is percent-encoded"),
    (re.compile("/"), "begins with a slash"),
)
"""Texts that look like a key or a folder but almost never are one, and what is wrong with them."""
_SELECT_EVERYTHING: Final = "to invalidate everything, use invalidate --all"


def literal_option(callback: Callable[..., Any]) -> Callable[..., Any]:
    """Add the flag `--literal`, whose value callers pass to `read_names` or `read_keys`."""
    return click.option(
        "--literal",
        is_flag=True,
        help="Accept keys that contain * or %20, begin with a slash, or look like a URL, as they are.",
    )(callback)


def read_names(arguments: Sequence[str], file: str | None, *, literal: bool = False) -> list[str]:
    """Return the keys and folders of the command line and of a file, in order and without duplicates.

    The file `-` is standard input. `literal` accepts URLs, wildcards and other texts that look like a key. Raises Usage
    if a text cannot be a key.
    """
    lines = [] if file is None else [line for line in _read_lines(file) if line.strip()]
    return list(dict.fromkeys(_check_name(text, literal=literal) for text in (*arguments, *lines)))


def read_keys(arguments: Sequence[str], file: str | None, *, literal: bool = False) -> list[str]:
    """Return the keys as `read_names` does. Raises Usage also if a name is a folder."""
    names = read_names(arguments, file, literal=literal)
    for name in names:
        if name.endswith("/"):
            raise Usage(f"{name} is a folder: give the keys of the originals in it")
    return names


def refuse_hosts(names: Iterable[str], hosts: Collection[str], bucket: str) -> None:
    """Raise Usage if a name begins with a host name of the stack, or with the bucket of the originals."""
    for name in names:
        first, _, rest = name.partition("/")
        if first in hosts or (bucket and (first == bucket or first.startswith(f"{bucket}.s3"))):
            raise Usage(f"{name} begins with {first}, which is no folder: {_advice(rest)}")


def suspicious_keys(names: Iterable[str]) -> Iterator[str]:
    """Yield a warning for each name that is valid but probably a mistake."""
    for name in names:
        if name != name.strip():
            yield f"{name!r} starts or ends with white space, which the command uses as part of the key"


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


def _check_name(name: str, *, literal: bool) -> str:
    """Return the name unchanged. Raises Usage if it is not a key or a folder."""
    if not name.strip("/"):
        raise Usage(f"{name!r} is not a key: {_KEY_FORMAT}; {_SELECT_EVERYTHING}")
    if not literal:
        _refuse_lookalike(name)
    try:
        size = len(name.encode())
    except UnicodeEncodeError:
        raise Usage(
            f"{name!r} is not UTF-8, but keys are UTF-8: write the key into a UTF-8 file, and pass the file with --from"
        ) from None
    if size > _MAX_KEY_BYTES:
        raise Usage(f"{name[:40]}... has {size} bytes, but a key has at most {_MAX_KEY_BYTES}")
    if not has_tag(name):
        raise Usage(
            f"{name[:40]}... cannot be invalidated: only the 48 outermost folders of a key have a cache tag. "
            "Give one of these folders"
        )
    return name


def _refuse_lookalike(text: str) -> None:
    for pattern, problem in _LOOKALIKES:
        if pattern.match(text):
            raise Usage(f"{text} {problem}: {_advice(_intended_name(text))}")


def _intended_name(text: str) -> str:
    """Return the key or folder that a look-alike probably means; an empty text for everything.

    A wildcard means the folder in which it begins.
    """
    path = re.sub(r"^(?:[A-Za-z][A-Za-z0-9+.-]*://|arn:[a-z-]+:s3:::)[^/?]*", "", text)
    if path != text or re.search(r"\?[A-Za-z]+=", path):
        path = path.partition("?")[0]
    name = unquote(path).lstrip("/")
    folder, star, _ = name.partition("*")
    return folder[: folder.rfind("/") + 1] if star else name


def _advice(name: str) -> str:
    kind = "folder" if name.endswith("/") else "key"
    return (
        f"write the {kind} {shlex.quote(name)}, or add --literal" if name else f"{_SELECT_EVERYTHING}, or add --literal"
    )
