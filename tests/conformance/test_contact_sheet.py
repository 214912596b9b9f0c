from pathlib import Path

import pytest
from PIL import Image

from conformance.__main__ import IMAGES
from conformance.case import Case, CaseResult, check_upright
from conformance.contact_sheet import draw_contact_sheet
from conformance.pictures import encode, quadrants


def _case(name: str) -> Case:
    return Case(group="size", name=name, original=lambda: b"", check=check_upright())


def _colors(path: Path) -> set[object]:
    with Image.open(path) as image:
        return {color for _, color in image.convert("RGB").getcolors(1 << 24) or []}


def test_sheet_shows_pictures_with_green_and_red_bars(tmp_path: Path) -> None:
    path = tmp_path / "sheet.png"
    picture = encode(quadrants(60, 40), "png")

    draw_contact_sheet(
        path,
        [_case("first"), _case("second")],
        {
            "ours": [CaseResult(picture, None)] * 2,
            "sharp": [CaseResult(picture, "size 1x1"), CaseResult(None, "error")],
        },
    )

    assert {(30, 140, 60), (200, 40, 40), (220, 40, 40), (40, 70, 220)} <= _colors(path)


def test_sheet_grows_with_the_lines_of_its_captions(tmp_path: Path) -> None:
    heights: list[int] = []
    for name in ("short", "a long name that needs several lines " * 4):
        path = tmp_path / "sheet.png"
        draw_contact_sheet(path, [_case(name)], {"ours": [CaseResult(None, None)]})
        with Image.open(path) as image:
            heights.append(image.height)

    assert heights[1] > heights[0]


def test_sheet_shows_the_colors_of_a_rendition_without_a_palette(tmp_path: Path) -> None:
    path = tmp_path / "sheet.png"
    ramp = Image.linear_gradient("L")
    gradient = Image.merge("RGB", [ramp, ramp.rotate(90), ramp])

    draw_contact_sheet(path, [_case("gradient")], {"ours": [CaseResult(encode(gradient, "png"), None)]})

    assert len(_colors(path)) > 256


@pytest.mark.parametrize("path", sorted(IMAGES.glob("*.png")), ids=lambda path: path.name)
def test_image_of_the_pages_is_in_true_color_and_below_a_megabyte(path: Path) -> None:
    with Image.open(path) as image:
        assert image.mode in ("RGB", "RGBA")
    assert path.stat().st_size < 1_000_000
