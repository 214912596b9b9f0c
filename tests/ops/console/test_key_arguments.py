"""Keys and folders on the command line and in files."""

import io
from pathlib import Path

import pytest

from ops.console.key_arguments import read_keys, read_names, refuse_hosts, suspicious_keys
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
        "it's(1)!.png",
        "a//b",
        "why?.jpg",
        "[x].jpg",
    ],
)
def test_valid_key_is_returned_unchanged(key: str) -> None:
    assert read_names([key], None) == [key]


@pytest.mark.parametrize("key", ["it's(1)!*.png", "100%25.png", "/a.jpg", "https://a/b.jpg", "a.jpg?width=1"])
def test_lookalike_with_literal_is_a_key(key: str) -> None:
    assert read_names([key], None, literal=True) == [key]


def test_file_without_blank_lines_and_duplicates_is_read(tmp_path: Path) -> None:
    file = tmp_path / "keys.txt"
    file.write_bytes(b"\xef\xbb\xbfb.jpg\r\n\n  \na.jpg\nb.jpg\nc d.jpg")

    assert read_names(["a.jpg"], str(file)) == ["a.jpg", "b.jpg", "c d.jpg"]


def test_file_dash_is_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO("\u00fc.jpg\ncats/\n".encode())))

    assert read_names([], "-") == ["\u00fc.jpg", "cats/"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("https://images.example.com/cats/a%20b.jpg?width=9", "is an address: write the key 'cats/a b.jpg'"),
        ("s3://bucket/cats/1.jpg", "is an address: write the key cats/1.jpg"),
        ("arn:aws:s3:::bucket/cats/", "is an address: write the folder cats/"),
        ("https://images.example.com", "is an address: to invalidate everything, use invalidate --all"),
        ("cats/1.jpg?width=320&format=webp", "contains a query: write the key cats/1.jpg"),
        ("/cats/1.jpg?width=320", "contains a query: write the key cats/1.jpg"),
        ("/cats/1.jpg", "/cats/1.jpg begins with a slash: write the key cats/1.jpg"),
        ("//cats/", "begins with a slash: write the folder cats/"),
        ("summer%202026/a%2Bb.jpg", "is percent-encoded: write the key 'summer 2026/a+b.jpg'"),
        ("*", "* contains a wildcard: to invalidate everything, use invalidate --all"),
        ("/*", "/* contains a wildcard: to invalidate everything, use invalidate --all"),
        ("*.jpg", "contains a wildcard: to invalidate everything, use invalidate --all"),
        ("cats/*", "cats/* contains a wildcard: write the folder cats/"),
        ("/cats/tabby/1*.jpg", "contains a wildcard: write the folder cats/tabby/"),
        ("", "'' is not a key"),
        ("/", "to invalidate everything, use invalidate --all"),
        ("a" * 1025, "has 1025 bytes, but a key has at most 1024"),
        ("\u00fc" * 513, "has 1026 bytes"),
        ("a/" * 49, "cannot be invalidated: only the 48 outermost folders of a key have a cache tag"),
        ("\udcff.jpg", "is not UTF-8"),
    ],
)
def test_invalid_key_is_refused_with_the_format_of_a_key(text: str, message: str) -> None:
    with pytest.raises(Usage) as raised:
        read_names([text], None)

    assert message in str(raised.value)


def test_url_in_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "keys.txt").write_text("a.jpg\nhttps://example.com/b.jpg\n")

    with pytest.raises(Usage, match="is an address"):
        read_names([], str(tmp_path / "keys.txt"))


def test_unreadable_file_is_refused_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "latin").write_bytes(b"a.jpg\n\xfc.jpg\n")

    with pytest.raises(Usage, match="none cannot be read: No such file or directory"):
        read_names([], str(tmp_path / "none"))
    with pytest.raises(Usage, match="latin is not UTF-8 at line 2"):
        read_names([], str(tmp_path / "latin"))


def test_folder_is_refused_where_a_key_is_needed() -> None:
    with pytest.raises(Usage, match="cats/ is a folder: give the keys of the originals in it"):
        read_keys(["a.jpg", "cats/"], None)


@pytest.mark.parametrize(
    ("key", "warning"),
    [
        (" a.jpg", "with white space"),
        ("100%.png", ""),
        ("a b+c.jpg", ""),
    ],
)
def test_probable_mistake_is_accepted_with_a_warning(key: str, warning: str) -> None:
    warnings = list(suspicious_keys([key]))

    assert len(warnings) == bool(warning)
    assert warning in "".join(warnings)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "images.example.com/cats/1.jpg",
            "begins with images.example.com, which is no folder: write the key cats/1.jpg",
        ),
        ("images.example.com", "to invalidate everything, use invalidate --all"),
        ("originals-1a2b3c4/cats/", "write the folder cats/"),
        ("originals-1a2b3c4.s3.eu-central-1.amazonaws.com/a.jpg", "write the key a.jpg"),
    ],
)
def test_host_or_bucket_of_the_stack_is_not_a_folder(name: str, message: str) -> None:
    with pytest.raises(Usage) as raised:
        refuse_hosts([name], {"images.example.com"}, "originals-1a2b3c4")

    assert message in str(raised.value)


def test_other_host_names_can_be_folders() -> None:
    refuse_hosts(["example.com/a.jpg", "originals/a.jpg"], {"images.example.com"}, "")
