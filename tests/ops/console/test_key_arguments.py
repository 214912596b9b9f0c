"""Keys and folders as people type and list them."""

import io
from pathlib import Path

import pytest

from ops.console.key_arguments import read_keys, read_names, suspicious_keys
from ops.errors import Usage


@pytest.mark.parametrize(
    "key",
    [
        "cats/1.jpg",
        "a b.jpg",
        "1+1.png",
        "100%.png",
        "\u00fcber/caf\u00e9.jpg",
        "\u732b.webp",
        "it's(1)!*.png",
        "a//b",
        "why?.jpg",
        "[x].jpg",
    ],
)
def test_a_key_is_taken_as_it_is(key: str) -> None:
    assert read_names([key], None) == [key]


def test_a_slash_in_front_is_not_part_of_it() -> None:
    assert read_names(["/cats/1.jpg", "/cats/"], None) == ["cats/1.jpg", "cats/"]


def test_each_is_taken_once_and_blank_lines_never(tmp_path: Path) -> None:
    file = tmp_path / "keys.txt"
    file.write_bytes(b"\xef\xbb\xbfb.jpg\r\n\n  \n/a.jpg\nb.jpg\nc d.jpg")

    assert read_names(["a.jpg"], str(file)) == ["a.jpg", "b.jpg", "c d.jpg"]


def test_a_minus_is_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO("\u00fc.jpg\ncats/\n".encode())))

    assert read_names([], "-") == ["\u00fc.jpg", "cats/"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("https://images.example.com/cats/a%20b.jpg?width=9", "is a URL: a key is an original's name in its bucket"),
        ("https://images.example.com/cats/a%20b.jpg?width=9", "here it may be cats/a b.jpg"),
        ("s3://bucket/cats/1.jpg", "here it may be cats/1.jpg"),
        ("https://images.example.com", "is a URL"),
        ("cats/1.jpg?width=320&format=webp", "has a query"),
        ("/cats/1.jpg?width=320", "every size of it goes with its key, cats/1.jpg"),
        ("", "'' is no key"),
        ("/", "all there is goes with --all"),
        ("a" * 1025, "has 1025 bytes, and a key at most 1024"),
        ("\u00fc" * 513, "has 1026 bytes"),
        ("a/" * 49, "is deeper than the 48 folders that have cache tags"),
        ("\udcff.jpg", "is not UTF-8"),
    ],
)
def test_what_is_no_key_is_refused_with_what_a_key_is(text: str, said: str) -> None:
    with pytest.raises(Usage) as refused:
        read_names([text], None)

    assert said in str(refused.value)


def test_a_url_in_a_file_is_refused_too(tmp_path: Path) -> None:
    (tmp_path / "keys.txt").write_text("a.jpg\nhttps://example.com/b.jpg\n")

    with pytest.raises(Usage, match="is a URL"):
        read_names([], str(tmp_path / "keys.txt"))


def test_a_file_that_cannot_be_read_says_so(tmp_path: Path) -> None:
    (tmp_path / "latin").write_bytes(b"a.jpg\n\xfc.jpg\n")

    with pytest.raises(Usage, match="none cannot be read: No such file or directory"):
        read_names([], str(tmp_path / "none"))
    with pytest.raises(Usage, match="latin is not UTF-8, at line 2"):
        read_names([], str(tmp_path / "latin"))


def test_where_originals_are_needed_folders_are_refused() -> None:
    with pytest.raises(Usage, match="cats/ is a folder: name the originals in it"):
        read_keys(["a.jpg", "cats/"], None)


@pytest.mark.parametrize(
    ("key", "said"),
    [("a%20b.jpg", "in a key, %20 is no space"), (" a.jpg", "with the space"), ("100%.png", ""), ("a b+c.jpg", "")],
)
def test_what_looks_like_a_mistake_is_taken_and_mentioned(key: str, said: str) -> None:
    sentences = list(suspicious_keys([key]))

    assert len(sentences) == bool(said)
    assert said in "".join(sentences)
