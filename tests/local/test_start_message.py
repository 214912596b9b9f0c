import re
from pathlib import Path
from typing import Any

import pytest

from local.start_message import start_message

SAMPLES = ["arc_banner.png", "chelsea.png", "coffee.webp", "hubble_deep_field.jpg", "people/astronaut caf\u00e9.jpg"]


def message(keys: list[str], **values: Any) -> str:
    options: dict[str, Any] = {
        "name": "dev",
        "stack": "dev",
        "url": "http://localhost:8080",
        "images": Path("samples"),
        "environment_file": Path("build/local/dev.env"),
        "distribution": "E5334834C3C5A6",
    }
    return start_message(keys=keys, **(options | values))


def example_urls(text: str) -> list[str]:
    return re.findall(r"^  (http://\S+)$", text, re.MULTILINE)


@pytest.mark.parametrize("name", ["IMG_0001.JPG", "scan.Tif", "IMG_2.HEIC", "photo.jpeg"])
def test_suffix_of_a_picture_may_have_upper_case(name: str) -> None:
    urls = example_urls(message(["notes.txt", name]))

    assert urls
    assert all(url.startswith(f"http://localhost:8080/{name}") for url in urls)


@pytest.mark.parametrize("keys", [[], ["README.md"]], ids=["empty", "no picture"])
def test_folder_without_pictures_gives_no_url_to_open(keys: list[str]) -> None:
    text = message(keys, images=Path("/nowhere/pictures"))

    assert example_urls(text) == []
    assert "The folder contains no picture" in text
    assert "/nowhere/pictures" in text


@pytest.mark.parametrize("keys", [SAMPLES, []], ids=["samples", "empty"])
def test_every_line_has_at_most_100_columns(keys: list[str]) -> None:
    text = message(keys, name="dev-39507", url="http://localhost:39507")

    assert max(len(line) for line in text.splitlines()) <= 100


def test_commands_name_the_second_engine_of_a_stack(tmp_path: Path) -> None:
    text = message(["it's.png"], name="dev-8081", environment_file=tmp_path / "a b.env")

    assert """-m ops invalidate 'it'"'"'s.png' --local --stack dev-8081\n""" in text
    assert f"  . '{tmp_path}/a b.env'\n" in text
    assert "stack dev is ready" in text
